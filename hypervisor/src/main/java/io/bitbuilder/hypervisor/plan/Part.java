package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.model.SystemConfig.Fleet;

/**
 * The addresses of a subnet that this host hands out: all but the first, which is the host's own,
 * and those at the two ends; of a network across hosts one part of them.
 *
 * @param first the lowest address
 * @param end the address after the highest
 */
record Part(long first, long end) {
  /** All of a subnet. */
  static Part whole(Subnet subnet) {
    return new Part(subnet.base() + 2, subnet.base() + subnet.size() - 1);
  }

  /** One of the parts that hosts share a subnet in. */
  static Part slot(Subnet subnet, int slot) {
    long size = subnet.size() / Fleet.SLOTS;
    long start = subnet.base() + slot * size;
    Part whole = whole(subnet);
    return new Part(Math.max(start, whole.first), Math.min(start + size, whole.end));
  }

  /** How many addresses it has. */
  long room() {
    return Math.max(0, end - first);
  }

  boolean contains(long address) {
    return address >= first && address < end;
  }
}
