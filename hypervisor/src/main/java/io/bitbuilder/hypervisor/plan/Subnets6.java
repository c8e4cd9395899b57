package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.model.TenantId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Hands out IPv6 networks of a pool, lowest first. None is two tenants'. */
final class Subnets6 {
  private final Subnet6 pool;
  private final Map<Long, String> holders = new HashMap<>();
  private long next = 1;

  Subnets6(Subnet6 pool) {
    this.pool = pool;
  }

  Subnet6 pool() {
    return pool;
  }

  /** Notes that a tenant holds a network, in the pool or not. */
  void hold(Subnet6 network, String tenant) {
    holders.put(network.high(), tenant);
  }

  /** Whether another tenant holds the network. */
  boolean isForeign(Subnet6 network, TenantId tenant) {
    String holder = holders.get(network.high());
    return holder != null && !holder.equals(tenant.value());
  }

  /** Whether a tenant may have the network at all. */
  boolean isAllowed(Subnet6 network) {
    return network.prefix() == Subnet6.NETWORK && pool.contains(network);
  }

  /** Takes a free network of the pool; empty when there is none left. */
  Optional<Subnet6> allocate(TenantId tenant) {
    while (next < pool.networks() && holders.containsKey(pool.network(next).high())) {
      next++;
    }
    if (next >= pool.networks()) {
      return Optional.empty();
    }
    Subnet6 network = pool.network(next);
    hold(network, tenant.value());
    return Optional.of(network);
  }
}
