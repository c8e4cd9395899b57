package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.plan.Allocations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.TreeMap;

/**
 * {@code allocations.json}: the choices that must survive everything. Written by activation, from
 * what compile staged.
 */
public final class AllocationFile {
  private final Path file;
  private final Disk disk;

  /**
   * Opens the file.
   *
   * @param root /var/lib/bitbuilder
   */
  public AllocationFile(Path root) {
    this(root, Disk.LOCAL);
  }

  AllocationFile(Path root, Disk disk) {
    this.file = root.resolve("allocations.json");
    this.disk = disk;
  }

  /**
   * The choices so far.
   *
   * @throws IOException when the file is damaged; it is never taken for empty, since that would
   *     give every tenant new addresses and UIDs
   */
  public Allocations read() throws IOException {
    String text = Durable.read(file).orElse("{}");
    try {
      return fromJson(text);
    } catch (IllegalArgumentException e) {
      throw new IOException("damaged file " + file + ": " + e.getMessage(), e);
    }
  }

  /** Replaces the choices; nothing is written when they are the same. */
  public void write(Allocations allocations) throws IOException {
    if (!allocations.equals(read())) {
      Durable.replace(disk, file, toJson(allocations));
    }
  }

  static String toJson(Allocations allocations) {
    return Json.pretty(new LinkedHashMap<>(allocations.entries()));
  }

  static Allocations fromJson(String text) {
    TreeMap<String, String> entries = new TreeMap<>();
    Fields fields = new Fields(Json.parseObject(text));
    for (String key : fields.map().keySet()) {
      entries.put(key, fields.text(key));
    }
    return new Allocations(entries);
  }
}
