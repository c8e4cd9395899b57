package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Since when tenants are no longer registered ({@code removed.json}): their data is kept for a time
 * and then deleted.
 */
public final class RemovedTenants {
  private final Path file;
  private final Disk disk;

  /**
   * Opens the file, which need not exist.
   *
   * @param root /var/lib/bitbuilder
   */
  public RemovedTenants(Path root) {
    this(root, Disk.LOCAL);
  }

  RemovedTenants(Path root, Disk disk) {
    this.file = root.resolve("removed.json");
    this.disk = disk;
  }

  /**
   * When each was found removed.
   *
   * @throws IOException when the file is damaged: never taken for empty, nor for old enough
   */
  public SortedMap<TenantId, Instant> read() throws IOException {
    SortedMap<TenantId, Instant> removed = new TreeMap<>();
    String text = Durable.read(file).orElse("{}");
    try {
      Fields fields = new Fields(Json.parseObject(text));
      for (String id : fields.map().keySet()) {
        removed.put(new TenantId(id), Instant.parse(fields.text(id)));
      }
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      throw new IOException("damaged file " + file + ": " + e.getMessage(), e);
    }
    return Collections.unmodifiableSortedMap(removed);
  }

  /** Replaces all; nothing is written when they are the same. */
  public void write(SortedMap<TenantId, Instant> removed) throws IOException {
    if (removed.equals(read())) {
      return;
    }
    Map<String, Object> map = new LinkedHashMap<>();
    removed.forEach((tenant, at) -> map.put(tenant.value(), at.toString()));
    Durable.replace(disk, file, Json.pretty(map));
  }
}
