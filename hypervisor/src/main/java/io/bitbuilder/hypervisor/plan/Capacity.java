package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.model.ByteSize;
import java.util.List;

/**
 * What a host has, before anything is kept back for itself.
 *
 * @param cpuMillis processors that are online, in thousandths
 * @param memory main memory
 * @param storage size of the file system tenants' data lies on
 * @param addresses of the host itself
 */
public record Capacity(int cpuMillis, ByteSize memory, ByteSize storage, List<String> addresses) {
  public Capacity {
    addresses = List.copyOf(addresses);
  }

  /** A host whose addresses are not known. */
  public Capacity(int cpuMillis, ByteSize memory, ByteSize storage) {
    this(cpuMillis, memory, storage, List.of());
  }
}
