package io.bitbuilder.hypervisor.injection;

import io.bitbuilder.hypervisor.compiler.FileTree;
import io.bitbuilder.hypervisor.unitfile.Systemd;
import io.bitbuilder.hypervisor.unitfile.SystemdFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Files of generations taken apart as those who read them do: each setting with the words it comes
 * to once quotes, escapes, specifiers and variables are resolved. Nothing here is the product's.
 */
final class Anatomy {
  /** Variables that a command line of a template takes apart again. */
  private static final List<String> TAKEN_APART = List.of("ARGUMENTS", "COMMAND");

  private final List<Part> parts = new ArrayList<>();

  /** A place, and the words there. */
  record Part(String place, List<String> words) {}

  void add(FileTree tree) {
    tree.nodes()
        .forEach((path, node) -> {
          switch (node) {
            case FileTree.Link(String target) -> part(path, List.of(target));
            case FileTree.Text(String content) -> file(path, content);
          }
        });
  }

  private void part(String place, List<String> words) {
    parts.add(new Part(place, List.copyOf(words)));
  }

  private void file(String path, String content) {
    switch (path.substring(0, Math.max(0, path.indexOf('/')))) {
      case "units", "mounts" -> settings(path, content, true);
      case "nspawn", "network", "wireguard" -> settings(path, content, false);
      case "" -> lines(path, content);
      default -> part(path, List.of(content));
    }
  }

  private void settings(String path, String content, boolean unit) {
    for (SystemdFile.Setting setting : SystemdFile.read(content)) {
      String place = path + " [" + setting.section() + "] " + setting.key();
      if (unit && setting.key().equals("Environment")) {
        environment(place, Systemd.environment(setting.value()));
      } else if (unit && !setting.key().equals("CPUQuota")) {
        part(place, Systemd.words(setting.value()));
      } else if (setting.key().startsWith("Bind")) {
        part(place, Systemd.fields(setting.value()));
      } else {
        part(place, List.of(setting.value().split("[ \t]+", -1)));
      }
    }
  }

  private void environment(String place, List<String> assignments) {
    for (String assignment : assignments) {
      int equals = assignment.indexOf('=');
      String name = assignment.substring(0, equals);
      String value = assignment.substring(equals + 1);
      part(
          place + " " + name,
          TAKEN_APART.contains(name) ? Systemd.variable(value) : List.of(value));
    }
  }

  /** firewall.nft and tenant.conf: a line is a command, or a variable a shell takes apart. */
  private void lines(String path, String content) {
    for (String line : content.split("[\n\r]", -1)) {
      part(path, List.of(line.split("[ \t]+", -1)));
    }
  }

  /** A file of JSON; each of its texts is a part. */
  void json(String path, String content) {
    value(path, new Load(LoadSettings.builder().build()).loadFromString(content));
  }

  private void value(String place, @Nullable Object value) {
    switch (value) {
      case Map<?, ?> map -> map.forEach((key, inner) -> value(place + "/" + key, inner));
      case List<?> list -> list.forEach(inner -> value(place + "/*", inner));
      case null -> part(place, List.of());
      default -> part(place, List.of(value.toString()));
    }
  }

  /**
   * The first place where something else is said than the same with one text for another. What is
   * sorted may change places.
   */
  Optional<String> difference(Anatomy now, String from, String to) {
    Optional<String> first = difference(parts, now.parts, from, to);
    return first.isEmpty()
            || difference(sorted(parts, from, to), sorted(now.parts, "", ""), "", "").isEmpty()
        ? Optional.empty()
        : first;
  }

  private static List<Part> sorted(List<Part> parts, String from, String to) {
    return parts.stream()
        .map(part ->
            new Part(
                part.place,
                part.words.stream().map(word -> with(word, from, to)).sorted().toList()))
        .sorted(Comparator.comparing(Part::place).thenComparing(part -> part.words.toString()))
        .toList();
  }

  private static String with(String word, String from, String to) {
    return from.isEmpty() ? word : word.replace(from, to);
  }

  private static Optional<String> difference(
      List<Part> parts, List<Part> others, String from, String to) {
    for (int i = 0; i < Math.min(parts.size(), others.size()); i++) {
      Part before = parts.get(i);
      Part after = others.get(i);
      if (!isSame(before.place, after.place, from, to)) {
        return Optional.of(before.place + " is now " + after.place);
      }
      boolean same = before.words.size() == after.words.size();
      for (int word = 0; same && word < before.words.size(); word++) {
        same = isSame(before.words.get(word), after.words.get(word), from, to);
      }
      if (!same) {
        return Optional.of(before.place + ": " + before.words + " is now " + after.words);
      }
    }
    return parts.size() == others.size()
        ? Optional.empty()
        : Optional.of(parts.size() + " settings are now " + others.size());
  }

  /** How many settings there are, and how many words each has. */
  List<Integer> shape() {
    return parts.stream().map(part -> part.words.size()).sorted().toList();
  }

  /** The same without the parts of a place. */
  Anatomy without(String place) {
    Anatomy others = new Anatomy();
    parts.stream().filter(part -> !part.place.startsWith(place)).forEach(others.parts::add);
    return others;
  }

  /** The same without a setting of files of networks. */
  Anatomy withoutSetting(String setting) {
    Anatomy others = new Anatomy();
    parts.stream()
        .filter(part -> !part.place.startsWith("network/") || !part.place.endsWith(setting))
        .forEach(others.parts::add);
    return others;
  }

  /** As a part of the name of a unit, of what names of resources are made of. */
  private static String inUnit(String text) {
    return text.replace("-", "\\x2d");
  }

  /** A digest of it may be another. */
  private static boolean isSame(String before, String after, String from, String to) {
    return after.equals(before)
        || after.equals(with(before, from, to))
        || after.equals(with(before, inUnit(from), inUnit(to)))
        || digests(before).equals(digests(after));
  }

  private static String digests(String text) {
    return text.length() > 4096 ? text : text.replaceAll("[0-9a-f]{64}|-[0-9a-f]{8}$", "#");
  }
}
