package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What units of the host may be called and whom they may name, whoever brings them. */
public final class HostUnitRules {
  static final String TYPES = "service, socket, timer, path, mount, automount, swap, target, slice";

  /** A name with its type, as unit_name_is_valid() of systemd has it. */
  private static final Pattern UNIT =
      Pattern.compile(
          "[A-Za-z0-9:_.\\\\-]+(@[A-Za-z0-9:_.\\\\-]*)?\\.(" + TYPES.replace(", ", "|") + ")");

  private static final Pattern INSTANCE = Pattern.compile("[A-Za-z0-9:_.\\\\-]+");

  /** Names of units that are the product's, or become a tenant's. */
  private static final Pattern OURS =
      Pattern.compile(
          "(bitbuilder|tenants?|setup-tenant|run-tenants|var-lib-tenants|run-bitbuilder|var-lib-bitbuilder)([-@.].*)?");

  private HostUnitRules() {}

  static boolean isUnit(String name) {
    return UNIT.matcher(name).matches();
  }

  static boolean isOurs(String name) {
    return OURS.matcher(name).matches();
  }

  /** A name in an [Install] section that cannot become the name of a link. */
  record Wrong(String message, String expected) {}

  /** What becomes names of links has to be a name. */
  static List<Wrong> links(UnitFile file) {
    List<Wrong> wrong = new ArrayList<>();
    for (String key : List.of("WantedBy", "RequiredBy", "UpheldBy", "Alias")) {
      for (String unit : installed(file, key)) {
        if (!isUnit(unit) || isOurs(unit)) {
          wrong.add(wrong(unit, key, "NAME.TYPE; TYPE is one of " + TYPES));
        }
      }
    }
    for (String instance : installed(file, "DefaultInstance")) {
      if (!INSTANCE.matcher(instance).matches()) {
        wrong.add(wrong(instance, "DefaultInstance", "what stands behind the @ of a unit"));
      }
    }
    return wrong;
  }

  private static Wrong wrong(String text, String key, String expected) {
    return new Wrong(
        Quote.quote(text) + " in " + key + "= is not a name the host can have", expected);
  }

  /** The words of a key of the [Install] section. */
  static List<String> installed(UnitFile file, String key) {
    return file.values("Install", key).stream()
        .flatMap(value -> Stream.of(value.split("\\s+", -1)))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  /**
   * What is wrong with the units an image of a portable service brings.
   *
   * @param inside their texts by name
   * @param taken names that other units of the host have
   * @return empty when they are well
   */
  public static Optional<String> wrong(SortedMap<String, String> inside, Set<String> taken) {
    Set<String> names = new TreeSet<>(taken);
    for (String unit : inside.keySet()) {
      if (!isUnit(unit) || isOurs(unit)) {
        return Optional.of(Quote.quote(unit) + " cannot be the name of a unit here");
      }
      if (!names.add(unit)) {
        return Optional.of("there are two of " + Quote.quote(unit));
      }
    }
    for (Map.Entry<String, String> unit : inside.entrySet()) {
      try {
        UnitFile file = UnitFile.parse(unit.getValue());
        Optional<String> wrong = links(file).stream().findFirst().map(Wrong::message);
        for (String alias : installed(file, "Alias")) {
          if (wrong.isEmpty() && !names.add(alias)) {
            wrong = Optional.of("there are two of " + Quote.quote(alias));
          }
        }
        if (wrong.isPresent()) {
          return Optional.of(unit.getKey() + ": " + wrong.get());
        }
      } catch (IllegalArgumentException e) {
        return Optional.of(unit.getKey() + ": " + Quote.escape(e.getMessage() + "", 300));
      }
    }
    return Optional.empty();
  }
}
