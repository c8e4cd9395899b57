package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.HostConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What this host is, as far as planning asks: its size and its tags.
 *
 * @param cpuMillis processors that are online, in thousandths
 * @param memory its main memory
 * @param storage size of the file system of /var/lib
 * @param addresses of the host, as far as fetch has seen them
 * @param name of the host: {@code name} of host.yaml, or /etc/hostname
 * @param tags of the machine: TAGS= of machine-info(5) and {@code tags} of host.yaml
 */
record HostFacts(
    int cpuMillis,
    ByteSize memory,
    ByteSize storage,
    List<String> addresses,
    String name,
    Set<String> tags) {
  private static final Pattern MEMORY = Pattern.compile("MemTotal:\\s+(\\d+) kB");
  private static final Path NODES = Path.of("/sys/devices/system/node");

  HostFacts {
    addresses = List.copyOf(addresses);
    tags = Set.copyOf(tags);
  }

  /**
   * Looks at the host.
   *
   * @param root the directory the host's files are under
   * @param config what it is told by hand
   */
  static HostFacts read(Path root, HostConfig config) throws IOException {
    Set<String> tags = new TreeSet<>(config.tags());
    tags.addAll(tags(root.resolve("etc/machine-info")));
    Path data = root.resolve("var/lib");
    return new HostFacts(
        Runtime.getRuntime().availableProcessors() * 1000,
        new ByteSize(memoryBytes()),
        // Not through FileStore, which wants /proc/mounts (also hidden by ProcSubset=pid).
        new ByteSize(data.toFile().getTotalSpace()),
        HostAddresses.read(root),
        config.name().isEmpty() ? hostname(root.resolve("etc/hostname")) : config.name(),
        tags);
  }

  /** The name of hostname(5), or empty. */
  private static String hostname(Path file) throws IOException {
    try {
      return Files.readString(file, StandardCharsets.UTF_8)
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .findFirst()
          .orElse("");
    } catch (NoSuchFileException _) {
      return "";
    }
  }

  /**
   * Per node from sysfs, since the service that compiles does not see /proc/meminfo
   * (ProcSubset=pid); from there where the kernel knows no nodes.
   */
  private static long memoryBytes() throws IOException {
    long sum = 0;
    try (DirectoryStream<Path> nodes = Files.newDirectoryStream(NODES, "node[0-9]*")) {
      for (Path node : nodes) {
        sum += memoryBytes(node.resolve("meminfo"));
      }
    } catch (NoSuchFileException | NotDirectoryException _) {
      sum = 0;
    }
    return sum > 0 ? sum : memoryBytes(Path.of("/proc/meminfo"));
  }

  private static long memoryBytes(Path file) throws IOException {
    Matcher matcher = MEMORY.matcher(Files.readString(file));
    return matcher.find() ? Long.parseLong(matcher.group(1)) * 1024 : 0;
  }

  private static Set<String> tags(Path file) throws IOException {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException _) {
      return Set.of();
    }
    Set<String> tags = new TreeSet<>();
    for (String line : text.lines().toList()) {
      if (line.startsWith("TAGS=")) {
        String value = line.substring("TAGS=".length()).strip();
        if (value.length() > 1 && (value.startsWith("\"") || value.startsWith("'"))) {
          value = value.substring(1, value.length() - 1);
        }
        for (String tag : value.split("[:\\s]+", -1)) {
          if (!tag.isEmpty()) {
            tags.add(tag);
          }
        }
      }
    }
    return tags;
  }
}
