package io.bitbuilder.hypervisor.networkd;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The settings systemd knows in files of networkd and udev. systemd itself drops an unknown one
 * with a line in the journal, and systemd-analyze does not look at these files.
 *
 * <p>A list is shipped, of the version the product is built for. On a host the programs themselves
 * are asked: what they no longer have is unknown, and what they have beyond the list is known.
 */
public final class Directives {
  private static final String SHIPPED = "directives";
  private static final String NETWORKD = "usr/lib/systemd/systemd-networkd";
  private static final String UDEVD = "usr/bin/udevadm";

  private final int version;
  private final Known known;

  /** Names of networkd.conf(5), which the same program has in a table of its own. */
  private final Set<String> elsewhere;

  private Directives(int version, Known known, Set<String> elsewhere) {
    this.version = version;
    this.known = known;
    this.elsewhere = elsewhere;
  }

  /** Keys by section by kind of file. */
  private static final class Known {
    private final Map<FileKind, SortedMap<String, SortedSet<String>>> byKind =
        new EnumMap<>(FileKind.class);

    void add(FileKind kind, String section, String key) {
      byKind
          .computeIfAbsent(kind, _ -> new TreeMap<>())
          .computeIfAbsent(section, _ -> new TreeSet<>())
          .add(key);
    }

    SortedMap<String, SortedSet<String>> sections(FileKind kind) {
      return byKind.getOrDefault(kind, Collections.emptySortedMap());
    }

    boolean has(FileKind kind, String section) {
      return sections(kind).containsKey(section);
    }
  }

  /** The shipped list. */
  public static Directives shipped() {
    InputStream in = Directives.class.getResourceAsStream(SHIPPED);
    if (in == null) {
      throw new IllegalStateException("the list of directives is missing");
    }
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return parse(reader.lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code systemd 262}, then one line for each section: kind, section, keys. */
  static Directives parse(List<String> lines) {
    Known known = new Known();
    Set<String> elsewhere = new HashSet<>();
    int version = 0;
    for (String line : lines) {
      List<String> words = List.of(line.split(" ", -1));
      List<String> keys = words.subList(Math.min(2, words.size()), words.size());
      switch (words.getFirst()) {
        case "#" -> {}
        case "systemd" -> version = Integer.parseInt(words.get(1));
        case "conf" -> keys.forEach(key -> elsewhere.add(words.get(1) + "." + key));
        default -> {
          FileKind kind = FileKind.of("." + words.getFirst()).orElseThrow();
          keys.forEach(key -> known.add(kind, words.get(1), key));
        }
      }
    }
    return new Directives(version, known, elsewhere);
  }

  /**
   * Those of the systemd that is installed. One that is older than the product can use is
   * somebody's workstation, where files for hosts are written: there, and where there is none, the
   * shipped list says what hosts know.
   *
   * @param root the directory the host's files are under
   */
  public static Directives of(Path root) {
    Directives shipped = shipped();
    Directives installed = shipped;
    Optional<NamesInBinary> networkd = NamesInBinary.of(root.resolve(NETWORKD));
    if (networkd.isPresent() && networkd.get().version() >= shipped.version) {
      installed = installed.asIn(networkd.get(), List.of(FileKind.NETDEV, FileKind.NETWORK));
    }
    Optional<NamesInBinary> udevd = NamesInBinary.of(root.resolve(UDEVD));
    if (udevd.isPresent() && udevd.get().version() >= shipped.version) {
      installed = installed.asIn(udevd.get(), List.of(FileKind.LINK));
    }
    return installed;
  }

  /** These, less what a program does not have, and with what it has beyond them. */
  Directives asIn(NamesInBinary program, List<FileKind> kinds) {
    Known here = new Known();
    Set<String> listed = new HashSet<>(elsewhere);
    for (FileKind kind : FileKind.values()) {
      known
          .sections(kind)
          .forEach((section, keys) -> {
            for (String key : keys) {
              listed.add(section + "." + key);
              if (!kinds.contains(kind) || program.has(section, key)) {
                here.add(kind, section, key);
              }
            }
          });
    }
    for (String name : program.whole()) {
      if (!listed.contains(name)) {
        int dot = name.indexOf('.');
        String section = name.substring(0, dot);
        boolean novel = !isListed(section, kinds);
        for (FileKind kind : kinds) {
          if (novel || known.has(kind, section)) {
            here.add(kind, section, name.substring(dot + 1));
          }
        }
      }
    }
    return new Directives(program.version(), here, elsewhere);
  }

  private boolean isListed(String section, List<FileKind> kinds) {
    return kinds.stream().anyMatch(kind -> known.has(kind, section))
        || elsewhere.stream().anyMatch(name -> name.startsWith(section + "."));
  }

  /** The version of systemd they are of. */
  public int version() {
    return version;
  }

  /** The sections files of a kind may have. */
  public Set<String> sections(FileKind kind) {
    return Collections.unmodifiableSet(known.sections(kind).keySet());
  }

  /** The keys a section of a kind of file may have. */
  public Set<String> keys(FileKind kind, String section) {
    return Collections.unmodifiableSet(
        known.sections(kind).getOrDefault(section, Collections.emptySortedSet()));
  }
}
