package io.bitbuilder.hypervisor.activation;

import io.bitbuilder.hypervisor.compiler.Installation;
import io.bitbuilder.hypervisor.model.HostUnits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is to be done when the host's own units change.
 *
 * @param removed units that are no longer there
 * @param changed units that are new, or of which the file or a drop-in is another; those of which
 *     there are drop-ins alone are not among them: they are the distribution's, and read them at
 *     their next start
 * @param wanted units that start by themselves, to who wants them
 */
public record HostChanges(
    SortedSet<String> removed,
    SortedSet<String> changed,
    SortedMap<String, SortedSet<String>> wanted) {

  /** Compares two. */
  public static HostChanges between(HostUnits from, HostUnits to) {
    SortedMap<String, SortedMap<String, String>> before = byUnit(from);
    SortedMap<String, SortedMap<String, String>> after = byUnit(to);
    SortedSet<String> removed = new TreeSet<>();
    SortedSet<String> changed = new TreeSet<>();
    before.forEach((unit, files) -> {
      if (files.containsKey(unit) && !after.getOrDefault(unit, new TreeMap<>()).containsKey(unit)) {
        removed.add(unit);
      }
    });
    after.forEach((unit, files) -> {
      if (files.containsKey(unit) && !files.equals(before.get(unit))) {
        changed.add(unit);
      }
    });
    return new HostChanges(removed, changed, wanted(to));
  }

  /** What happens to each unit, for people, in the order it is done. */
  public static List<Change> described(HostUnits from, HostUnits to) {
    HostChanges changes = between(from, to);
    List<Change> described = new ArrayList<>();
    changes.removed.forEach(
        unit -> described.add(new Change(unit, unit, Change.Kind.STOP, "no longer declared")));
    for (String unit : changes.changed) {
      boolean isNew = !from.units().containsKey(unit);
      boolean starts = changes.wanted.containsKey(unit);
      Change.Kind kind =
          !isNew && restarts(unit)
              ? Change.Kind.RESTART
              : isNew && starts ? Change.Kind.START : Change.Kind.LIVE;
      String why =
          isNew
              ? starts ? "new" : "new, and started by others"
              : restarts(unit) ? "its definition changed, if it runs" : "its definition changed";
      described.add(new Change(unit, unit, kind, why));
    }
    foreign(byUnit(from), byUnit(to), described);
    foreign(byUnit(to), byUnit(from), described);
    for (String generator : different(from.generators(), to.generators())) {
      described.add(
          new Change(generator, "", Change.Kind.LIVE, "a generator, which runs at each reload"));
    }
    for (String image : different(from.images(), to.images())) {
      boolean isNew = !from.images().containsKey(image);
      boolean isGone = !to.images().containsKey(image);
      boolean runs = image.endsWith(HostUnits.PORTABLE);
      Change.Kind another = runs ? Change.Kind.RESTART : Change.Kind.LIVE;
      described.add(
          new Change(
              image,
              "",
              isNew ? Change.Kind.START : isGone ? Change.Kind.STOP : another,
              isNew ? "new" : isGone ? "no longer declared" : "another image"));
    }
    described.sort(Comparator.comparing(Change::kind).thenComparing(Change::resource));
    return described.stream().distinct().toList();
  }

  /** Units of which one of the two has drop-ins alone, and other ones than the other has. */
  private static void foreign(
      SortedMap<String, SortedMap<String, String>> one,
      SortedMap<String, SortedMap<String, String>> other,
      List<Change> into) {
    one.forEach((unit, files) -> {
      SortedMap<String, String> others = other.getOrDefault(unit, new TreeMap<>());
      if (!files.containsKey(unit) && !others.containsKey(unit) && !files.equals(others)) {
        into.add(new Change(unit, unit, Change.Kind.LIVE, "drop-ins, for its next start"));
      }
    });
  }

  private static SortedSet<String> different(
      SortedMap<String, String> one, SortedMap<String, String> other) {
    SortedSet<String> names = new TreeSet<>(one.keySet());
    names.addAll(other.keySet());
    names.removeIf(name -> Objects.equals(one.get(name), other.get(name)));
    return names;
  }

  private static SortedMap<String, SortedMap<String, String>> byUnit(HostUnits host) {
    SortedMap<String, SortedMap<String, String>> units = new TreeMap<>();
    for (Map.Entry<String, String> file : host.units().entrySet()) {
      String path = file.getKey();
      int slash = path.indexOf('/');
      String unit = slash < 0 ? path : path.substring(0, slash - ".d".length());
      units.computeIfAbsent(unit, _ -> new TreeMap<>()).put(path, file.getValue());
    }
    return units;
  }

  private static SortedMap<String, SortedSet<String>> wanted(HostUnits host) {
    SortedMap<String, SortedSet<String>> wanted = new TreeMap<>();
    for (String link : Installation.links(host).keySet()) {
      int slash = link.indexOf('/');
      if (slash >= 0) {
        String by = link.substring(0, link.lastIndexOf('.', slash));
        wanted.computeIfAbsent(link.substring(slash + 1), _ -> new TreeSet<>()).add(by);
      }
    }
    return wanted;
  }

  /**
   * Whether a unit starts again when it is another: of slices and targets that would end others.
   */
  static boolean restarts(String unit) {
    return !unit.endsWith(".slice") && !unit.endsWith(".target");
  }

  /** A unit as systemctl(1) is asked about it: all instances of a template that are loaded. */
  static String pattern(String unit) {
    return unit.replace("@.", "@*.");
  }
}
