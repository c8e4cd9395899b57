package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.document.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A file that says since when something is so, by name: what has to wait for its time is there. */
public final class SinceFile {
  private final Path file;
  private final Disk disk;

  private SinceFile(Path file, Disk disk) {
    this.file = file;
    this.disk = disk;
  }

  /**
   * Since when data of containers and machines belongs to none that is declared, by its path under
   * /var/lib/tenants.
   *
   * @param root /var/lib/bitbuilder; the file need not exist
   */
  public static SinceFile leftovers(Path root) {
    return new SinceFile(root.resolve("leftovers.json"), Disk.LOCAL);
  }

  /** Since when tenants are no longer registered, by their ids. */
  static SinceFile removed(Path root, Disk disk) {
    return new SinceFile(root.resolve("removed.json"), disk);
  }

  /**
   * All that is in it.
   *
   * @throws IOException when the file is damaged: never taken for empty, nor for old enough
   */
  public SortedMap<String, Instant> read() throws IOException {
    SortedMap<String, Instant> found = new TreeMap<>();
    String text = Durable.read(file).orElse("{}");
    try {
      Fields fields = new Fields(Json.parseObject(text));
      for (String name : fields.map().keySet()) {
        found.put(name, Instant.parse(fields.text(name)));
      }
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      throw damaged(e);
    }
    return Collections.unmodifiableSortedMap(found);
  }

  /** What is said of a name in it that makes no sense. */
  IOException damaged(Exception cause) {
    return new IOException("damaged file " + file + ": " + cause.getMessage(), cause);
  }

  /** Replaces all; nothing is written when they are the same. */
  public void write(SortedMap<String, Instant> since) throws IOException {
    if (since.equals(read())) {
      return;
    }
    Map<String, Object> map = new LinkedHashMap<>();
    since.forEach((name, at) -> map.put(name, at.toString()));
    Durable.replace(disk, file, Json.pretty(map));
  }
}
