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

/**
 * Since when data of containers and machines belongs to none that is declared ({@code
 * leftovers.json}), by its path under /var/lib/tenants.
 */
public final class LeftoverFile {
  private final Path file;
  private final Disk disk;

  /**
   * Opens the file, which need not exist.
   *
   * @param root /var/lib/bitbuilder
   */
  public LeftoverFile(Path root) {
    this.file = root.resolve("leftovers.json");
    this.disk = Disk.LOCAL;
  }

  /**
   * When each was found left over.
   *
   * @throws IOException when the file is damaged: never taken for empty, nor for old enough
   */
  public SortedMap<String, Instant> read() throws IOException {
    SortedMap<String, Instant> found = new TreeMap<>();
    String text = Durable.read(file).orElse("{}");
    try {
      Fields fields = new Fields(Json.parseObject(text));
      for (String path : fields.map().keySet()) {
        found.put(path, Instant.parse(fields.text(path)));
      }
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      throw new IOException("damaged file " + file + ": " + e.getMessage(), e);
    }
    return Collections.unmodifiableSortedMap(found);
  }

  /** Replaces all; nothing is written when they are the same. */
  public void write(SortedMap<String, Instant> leftovers) throws IOException {
    if (leftovers.equals(read())) {
      return;
    }
    Map<String, Object> map = new LinkedHashMap<>();
    leftovers.forEach((path, at) -> map.put(path, at.toString()));
    Durable.replace(disk, file, Json.pretty(map));
  }
}
