package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.schema.Amounts;
import io.bitbuilder.hypervisor.schema.MapOf;
import io.bitbuilder.hypervisor.schema.Scalar;
import io.bitbuilder.hypervisor.schema.Type;
import io.bitbuilder.hypervisor.schema.Types;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The names and paths of our documents. Each is an allow-list: what is not named is refused. */
final class Vocabulary {
  /** A name for people. */
  static final Scalar<String> LABEL = Types.text(128);

  /** One word of a command line. */
  static final Scalar<String> ARGUMENT = Types.text(4096);

  /** The interface name of a bridge: ours to give, so it must not look like any other. */
  static final Scalar<String> BRIDGE =
      Types.text(
          "bridge name",
          "`br-` and 1 to 12 of a-z, 0-9 and -, not ending in -",
          Code.BB207,
          Map.of("type", "string", "pattern", "^br-[a-z0-9-]{0,11}[a-z0-9]$"),
          Vocabulary::isBridge);

  /** The name of an interface, and of the network behind it. */
  static final Scalar<String> INTERFACE =
      Types.text(
          "interface name",
          "1 to 15 of a-z, 0-9 and -, starting with a letter and not ending in -",
          Code.BB207,
          Map.of("type", "string", "pattern", "^[a-z]([a-z0-9-]{0,13}[a-z0-9])?$"),
          text -> text.length() <= 15 && ResourceName.isValid(text));

  /** The name of an image: {@code host}, or one of the catalogue. */
  static final Scalar<String> IMAGE =
      Types.text(
          "image name",
          "`host`, or a name of the catalogue: 1 to 64 of a-z, 0-9, . and -",
          Code.BB207,
          Map.of("type", "string", "pattern", "^[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?$"),
          Vocabulary::isImage);

  /** The immutable id of a resource, which was or may be its name. */
  static final Scalar<String> UID =
      Types.text(
          "uid", ResourceName.EXPECTED, Code.BB207, Types.NAME.json(), ResourceName::isValid);

  /** An absolute path inside a container. */
  static final Scalar<String> PATH =
      Types.text(
          "path",
          "an absolute path without . and .., of letters, digits and . _ + @ = , ~ -",
          Code.BB210,
          Map.of("type", "string", "pattern", "^(/[A-Za-z0-9._+@=,~-]+)+$", "maxLength", 255),
          Vocabulary::isPath);

  /** A path inside the repository. */
  static final Scalar<String> FILE =
      Types.text(
          "path",
          "a path inside the repository, without . and ..",
          Code.BB210,
          Map.of("type", "string", "pattern", "^[A-Za-z0-9._+@=,~-]+(/[A-Za-z0-9._+@=,~-]+)*$"),
          text -> isPath("/" + text));

  /** The name of a credential (systemd.exec(5), CREDENTIALS). */
  static final Scalar<String> CREDENTIAL =
      Types.text(
          "credential name",
          "1 to 128 of letters, digits, . _ and -, starting with a letter or digit",
          Code.BB207,
          Map.of("type", "string", "pattern", "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"),
          Vocabulary::isCredential);

  /** A branch. */
  static final Scalar<String> REF =
      Types.text(
          "branch name",
          "a branch of letters, digits and . _ / -",
          Code.BB207,
          Map.of("type", "string", "pattern", "^[A-Za-z0-9][A-Za-z0-9._/-]*$"),
          Vocabulary::isRef);

  /** A user of the tenant (systemd.io/USER_NAMES, strict). */
  static final Scalar<String> USER =
      Types.text(
          "user name",
          "1 to 31 of a-z, 0-9, _ and -, starting with a letter or _",
          Code.BB207,
          Map.of("type", "string", "pattern", "^[a-z_][a-z0-9_-]{0,30}$"),
          Vocabulary::isUser);

  /** An extension or portable service, without its suffix. */
  static final Scalar<String> STEM =
      Types.text(
          "image name",
          "a file name without its suffix, of letters, digits, . _ and -",
          Code.BB207,
          Map.of("type", "string", "pattern", "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"),
          text -> isCredential(text) && text.length() <= 64);

  /** A tag of a host. */
  static final Scalar<String> TAG =
      Types.text(
          "tag",
          "1 to 64 of letters, digits and . _ = -, starting with a letter or digit",
          Code.BB207,
          Map.of("type", "string", "pattern", "^[A-Za-z0-9][A-Za-z0-9._=-]{0,63}$"),
          Vocabulary::isTag);

  /** Who signs. */
  static final Scalar<String> SIGNER =
      Types.text(
          "signer name",
          "1 to 64 of letters, digits and . _ @ + -, starting with a letter or digit",
          Code.BB207,
          Map.of("type", "string", "pattern", "^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$"),
          text -> isMadeOf(text, 64, "._@+-") && Character.isLetterOrDigit(text.charAt(0)));

  /** A unit of the container's own systemd (systemd.unit(5)). */
  static final Scalar<String> UNIT =
      Types.text(
          "unit name",
          "a unit name with its suffix, such as nginx.service",
          Code.BB207,
          Map.of("type", "string", "pattern", "^[A-Za-z0-9:_.@\\\\][A-Za-z0-9:_.@\\\\-]*$"),
          Vocabulary::isUnit);

  /** A path of an HTTP request. */
  static final Scalar<String> HTTP_PATH =
      Types.text(
          "HTTP path",
          "a path that starts with / and holds no spaces",
          Code.BB210,
          Map.of("type", "string", "pattern", "^/[!-~]*$", "maxLength", 255),
          text ->
              text.startsWith("/")
                  && text.length() <= 255
                  && text.chars().allMatch(c -> c > ' ' && c < 0x7f));

  /** A TCP or UDP port. */
  static final Scalar<Integer> PORT = Amounts.integer(1, 65535);

  /** A capability a container may have beyond nspawn's default. */
  static final List<String> CAPABILITIES = Container.CAPABILITIES;

  /** One of {@link #CAPABILITIES}. */
  static final Scalar<String> CAPABILITY =
      Scalar.ofText(
          "capability",
          String.join(", ", CAPABILITIES),
          Map.of("enum", CAPABILITIES),
          (text, node, reading) -> {
            if (CAPABILITIES.contains(text)) {
              return text;
            }
            boolean known = text.startsWith("CAP_") && isMadeOf(text, 40, "_");
            reading.error(
                known ? Code.BB407 : Code.BB204,
                node,
                Quote.quote(text) + (known ? " is not allowed" : " is not a capability"),
                String.join(", ", CAPABILITIES),
                known ? "" : "write it as capabilities(7) does: CAP_NET_ADMIN");
            return null;
          });

  private static final Set<String> UNIT_SUFFIXES =
      Set.of("service", "socket", "target", "timer", "path", "mount", "slice", "scope", "device");

  private Vocabulary() {}

  static boolean isTag(String text) {
    return isMadeOf(text, 64, "._=-") && Character.isLetterOrDigit(text.charAt(0));
  }

  /** Environment variables. */
  static MapOf<String> environment() {
    return new MapOf<>(
        "variable name",
        "letters, digits and _, not starting with a digit",
        Vocabulary::isVariable,
        Types.loose(4096));
  }

  /** Credentials: the name inside to the name outside. */
  static MapOf<String> credentials() {
    return new MapOf<>(
        "credential name", CREDENTIAL.expected(), Vocabulary::isCredential, CREDENTIAL);
  }

  /** Things under image names of the catalogue. */
  static <T> MapOf<T> byImage(Type<T> value) {
    return new MapOf<>("image name", IMAGE.expected(), Vocabulary::isImage, value);
  }

  static boolean isImage(String text) {
    return isMadeOf(text, 64, ".-")
        && text.equals(text.toLowerCase(Locale.ROOT))
        && !".-".contains(text.substring(0, 1))
        && !".-".contains(text.substring(text.length() - 1));
  }

  static boolean isUser(String text) {
    return isMadeOf(text, 31, "_-")
        && text.equals(text.toLowerCase(Locale.ROOT))
        && !Character.isDigit(text.charAt(0))
        && text.charAt(0) != '-';
  }

  static boolean isCredential(String text) {
    return isMadeOf(text, 128, "._-") && Character.isLetterOrDigit(text.charAt(0));
  }

  static boolean isPath(String text) {
    if (!text.startsWith("/") || text.length() > 255 || text.length() < 2 || text.endsWith("/")) {
      return false;
    }
    int start = 1;
    while (start <= text.length()) {
      int slash = text.indexOf('/', start);
      int end = slash < 0 ? text.length() : slash;
      String part = text.substring(start, end);
      if (part.equals(".") || part.equals("..") || !isMadeOf(part, 255, "._+@=,~-")) {
        return false;
      }
      start = end + 1;
    }
    return true;
  }

  private static boolean isBridge(String text) {
    return text.startsWith("br-")
        && text.length() <= 15
        && !text.endsWith("-")
        && isMadeOf(text.substring(3), 12, "-")
        && text.equals(text.toLowerCase(Locale.ROOT));
  }

  private static boolean isVariable(String text) {
    return isMadeOf(text, 128, "_") && !Character.isDigit(text.charAt(0));
  }

  private static boolean isRef(String text) {
    return isMadeOf(text, 200, "._/-")
        && Character.isLetterOrDigit(text.charAt(0))
        && !text.contains("..")
        && !text.contains("//")
        && !text.contains("/.")
        && !text.endsWith("/")
        && !text.endsWith(".")
        && !text.endsWith(".lock");
  }

  private static boolean isUnit(String text) {
    int dot = text.lastIndexOf('.');
    return dot > 0
        && isMadeOf(text, 255, ":_.@\\-")
        && text.charAt(0) != '-'
        && UNIT_SUFFIXES.contains(text.substring(dot + 1));
  }

  /** Whether a text is 1 to so many ASCII letters, digits and some others. */
  static boolean isMadeOf(String text, int limit, String others) {
    if (text.isEmpty() || text.length() > limit) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!plain && others.indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }
}
