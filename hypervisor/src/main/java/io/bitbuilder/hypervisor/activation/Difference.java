package io.bitbuilder.hypervisor.activation;

import io.bitbuilder.hypervisor.compiler.TenantUnits;
import io.bitbuilder.hypervisor.generation.Generation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What differs between the files of two generations, as far as somebody must be told. Files are
 * compared as they are; nothing is understood of them.
 *
 * @param units whether systemd must load its units again
 * @param placed whether setup-tenant@ must run again: for nspawn or network files, directories, or
 *     the limit of storage
 * @param network whether the bridges must be brought up again
 */
record Difference(boolean units, boolean placed, boolean network) {
  /** What tenant-network@ is told. */
  private static final Pattern LINKS =
      Pattern.compile("(BRIDGES|FILTERED|TAPS|UPLINK|SPANS|REMOTES)=");

  /** As after a crash, when nobody knows what was told to whom. */
  static final Difference ALL = new Difference(true, true, true);

  static Difference between(Optional<Generation> from, Optional<Generation> to) throws IOException {
    if (from.isEmpty() || to.isEmpty()) {
      return ALL;
    }
    Path before = from.get().directory();
    Path after = to.get().directory();
    boolean network =
        !same(before, after, "network")
            || !same(before, after, "firewall.nft")
            || !links(before).equals(links(after));
    return new Difference(
        !same(before, after, "units") || !same(before, after, "mounts"),
        network
            || !same(before, after, "nspawn")
            || !same(before, after, "tenant.conf")
            || !same(before, after, "units/" + TenantUnits.setup(to.get().tenant()) + ".d"),
        network);
  }

  /** Whether a file or directory of two generations is the same, or in neither. */
  static boolean same(Path before, Path after, String name) throws IOException {
    return same(before.resolve(name), after.resolve(name));
  }

  private static boolean same(Path before, Path after) throws IOException {
    if (Files.isSymbolicLink(before) || Files.isSymbolicLink(after)) {
      return Files.isSymbolicLink(before)
          && Files.isSymbolicLink(after)
          && Files.readSymbolicLink(before).equals(Files.readSymbolicLink(after));
    }
    if (!Files.exists(before, LinkOption.NOFOLLOW_LINKS)
        || !Files.exists(after, LinkOption.NOFOLLOW_LINKS)) {
      return !Files.exists(before, LinkOption.NOFOLLOW_LINKS)
          && !Files.exists(after, LinkOption.NOFOLLOW_LINKS);
    }
    if (!Files.isDirectory(before) || !Files.isDirectory(after)) {
      return Files.isRegularFile(before)
          && Files.isRegularFile(after)
          && Files.mismatch(before, after) < 0;
    }
    List<String> names = names(before);
    if (!names.equals(names(after))) {
      return false;
    }
    for (String name : names) {
      if (!same(before, after, name)) {
        return false;
      }
    }
    return true;
  }

  private static List<String> names(Path directory) {
    String[] names = directory.toFile().list();
    if (names == null) {
      return List.of();
    }
    Arrays.sort(names);
    return List.of(names);
  }

  private static List<String> links(Path generation) throws IOException {
    try {
      return Files.readString(generation.resolve("tenant.conf"), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> LINKS.matcher(line).lookingAt())
          .toList();
    } catch (NoSuchFileException _) {
      return List.of();
    }
  }

  /** The mount units a generation brings for one container, by the name of its service. */
  static List<String> mounts(Generation generation, String unit) {
    int at = unit.indexOf('@');
    // Dashes inside ids and names are escaped, so the one that is left stands between them.
    int dash = unit.indexOf('-', at);
    int end = unit.lastIndexOf(".service");
    String prefix =
        "run-tenants-"
            + unit.substring(at + 1, dash)
            + "-containers-"
            + unit.substring(dash + 1, end)
            + "-";
    return names(generation.directory().resolve("mounts")).stream()
        .filter(name -> name.startsWith(prefix) && name.endsWith(".mount"))
        .toList();
  }
}
