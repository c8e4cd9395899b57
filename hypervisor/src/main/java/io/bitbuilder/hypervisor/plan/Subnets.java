package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.model.TenantId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Hands out subnets of a pool: a /24, or the smaller one a tenant wishes. What a tenant holds is
 * never given to another one.
 */
final class Subnets {
  /** The prefix of a subnet nobody wished for, and the shortest one can wish for. */
  static final int WIDEST = 24;

  /** The longest prefix one can wish for: the host, five containers, and the two ends. */
  static final int NARROWEST = 29;

  private record Held(Subnet subnet, String tenant) {}

  private final Subnet pool;
  private final Map<Long, List<Held>> blocks = new HashMap<>();
  private long next;

  Subnets(Subnet pool) {
    this.pool = pool;
    this.next = block(pool.base() + Subnets.blockSize() - 1);
  }

  Subnet pool() {
    return pool;
  }

  /** Notes that a tenant holds a subnet, in the pool or not. */
  void hold(Subnet subnet, String tenant) {
    blocks
        .computeIfAbsent(block(subnet.base()), _ -> new ArrayList<>())
        .add(new Held(subnet, tenant));
  }

  /** Whether another tenant holds a part of the subnet. */
  boolean isForeign(Subnet subnet, TenantId tenant) {
    return blocks.getOrDefault(block(subnet.base()), List.of()).stream()
        .anyMatch(held -> held.subnet.overlaps(subnet) && !held.tenant.equals(tenant.value()));
  }

  /** Whether a tenant may have the subnet at all. */
  boolean isAllowed(Subnet subnet) {
    return pool.contains(subnet) && subnet.prefix() >= WIDEST && subnet.prefix() <= NARROWEST;
  }

  /** Takes a free /24 of the pool; empty when there is none left. */
  Optional<Subnet> allocate(TenantId tenant) {
    while (blocks.containsKey(next)) {
      next++;
    }
    Subnet subnet = new Subnet(next * blockSize(), WIDEST);
    if (!pool.contains(subnet)) {
      return Optional.empty();
    }
    hold(subnet, tenant.value());
    return Optional.of(subnet);
  }

  private static long blockSize() {
    return 1L << (32 - WIDEST);
  }

  private static long block(long address) {
    return address / blockSize();
  }
}
