package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Since when tenants are no longer registered ({@code removed.json}): their data is kept for a time
 * and then deleted.
 */
public final class RemovedTenants {
  private final SinceFile file;

  /**
   * Opens the file, which need not exist.
   *
   * @param root /var/lib/bitbuilder
   */
  public RemovedTenants(Path root) {
    this(root, Disk.LOCAL);
  }

  RemovedTenants(Path root, Disk disk) {
    this.file = SinceFile.removed(root, disk);
  }

  /**
   * When each was found removed.
   *
   * @throws IOException when the file is damaged: never taken for empty, nor for old enough
   */
  public SortedMap<TenantId, Instant> read() throws IOException {
    SortedMap<TenantId, Instant> removed = new TreeMap<>();
    try {
      file.read().forEach((id, at) -> removed.put(new TenantId(id), at));
    } catch (IllegalArgumentException e) {
      throw file.damaged(e);
    }
    return Collections.unmodifiableSortedMap(removed);
  }

  /** Replaces all; nothing is written when they are the same. */
  public void write(SortedMap<TenantId, Instant> removed) throws IOException {
    SortedMap<String, Instant> since = new TreeMap<>();
    removed.forEach((tenant, at) -> since.put(tenant.value(), at));
    file.write(since);
  }
}
