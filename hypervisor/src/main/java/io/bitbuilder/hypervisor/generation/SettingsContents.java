package io.bitbuilder.hypervisor.generation;

import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code tenant.conf} may say: it becomes the environment of programs of root. */
final class SettingsContents {
  private static final String BRIDGES = "BRIDGES=";
  private static final String FILTERED = "FILTERED=";
  private static final String UPLINK = "UPLINK=";
  private static final String SPANS = "SPANS=";
  private static final String REMOTES = "REMOTES=";
  private static final String DIRECTORIES = "DIRECTORIES=";
  private static final String TAPS = "TAPS=";
  private static final String USERS = "USERS=";
  private static final String CONFIG = "CONFIG=";
  private static final String FILES = "FILES=";
  private static final String RESOLVERS = "RESOLVERS=";
  private static final String FORWARD = "FORWARD=";

  private static final Pattern SETTING =
      Pattern.compile("[A-Z][A-Z0-9_]*=(?:[A-Za-z0-9._/:,@+\\-]*|\"[A-Za-z0-9 ._/:,@+=~-]*\")");

  private static final Pattern SPAN = Pattern.compile("bx-[0-9]{1,8}");
  private static final Pattern REMOTE = Pattern.compile("[0-9a-f:.]{2,39}");
  private static final Pattern UPLINK_NAME =
      Pattern.compile("\"?[A-Za-z0-9][A-Za-z0-9._-]{0,14}\"?");

  private final Reach reach;

  SettingsContents(Reach reach) {
    this.reach = reach;
  }

  /** These variables and no others. */
  boolean admits(String content) {
    return content.lines().allMatch(line -> line.isEmpty() || setting(line));
  }

  private boolean setting(String line) {
    if (!SETTING.matcher(line).matches()) {
      return false;
    }
    return switch (line.substring(0, line.indexOf('=') + 1)) {
      case BRIDGES -> words(line, BRIDGES).allMatch(Contents::isBridge);
      case FILTERED -> words(line, FILTERED).allMatch(Contents::isBridge);
      case SPANS -> words(line, SPANS).allMatch(word -> SPAN.matcher(word).matches());
      case REMOTES -> words(line, REMOTES).allMatch(word -> REMOTE.matcher(word).matches());
      case UPLINK -> UPLINK_NAME.matcher(line.substring(UPLINK.length())).matches();
      // "UID:PATH …": volumes belong to 0, all else to a container of this tenant.
      case DIRECTORIES -> words(line, DIRECTORIES).allMatch(new Contents(reach)::directory);
      case FILES -> words(line, FILES).allMatch(reach.names()::isPoint);
      case RESOLVERS -> words(line, RESOLVERS).allMatch(reach.names()::isLink);
      case FORWARD -> words(line, FORWARD).allMatch(reach.names()::isForward);
      case TAPS -> words(line, TAPS).allMatch(reach.machines()::isTap);
      case CONFIG -> Admission.isDigest(line.substring(CONFIG.length()).replace("\"", ""));
      case USERS -> words(line, USERS).allMatch(reach.machines()::isUser);
      default -> false;
    };
  }

  private static Stream<String> words(String line, String name) {
    String list = line.substring(name.length()).replace("\"", "");
    return Stream.of(list.split(" ", -1)).filter(word -> !word.isEmpty());
  }
}
