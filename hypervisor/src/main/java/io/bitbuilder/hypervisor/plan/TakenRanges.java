package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import java.util.ArrayList;
import java.util.List;

/** Ranges of addresses that belong to somebody, so that they cannot be behind a tenant's peer. */
final class TakenRanges {
  private final List<TunnelRanges.Taken> all = new ArrayList<>();
  private final List<Delegated> delegated = new ArrayList<>();

  /** What is routed to the host for one tenant. */
  private record Delegated(TenantId tenant, TunnelRanges.Taken taken) {}

  TakenRanges(SystemConfig.Network network, Capacity capacity, List<TenantEntry> tenants) {
    for (String pool : List.of(network.ipv4Pool(), network.ipv6Pool())) {
      TunnelRanges.Taken.of(pool, pool + ", which subnets of tenants are cut from")
          .ifPresent(all::add);
    }
    for (String address : capacity.addresses()) {
      TunnelRanges.Taken.of(address, "an address of this host, " + address).ifPresent(all::add);
    }
    for (TenantEntry tenant : tenants) {
      for (String prefix : tenant.prefixes()) {
        TunnelRanges.Taken.of(prefix, prefix + " of tenant " + tenant.id())
            .ifPresent(taken -> delegated.add(new Delegated(tenant.id(), taken)));
      }
    }
  }

  /** All a tenant's peers cannot have, but for what is the tenant's own. */
  List<TunnelRanges.Taken> of(TenantId tenant) {
    List<TunnelRanges.Taken> taken = new ArrayList<>(all);
    delegated.stream()
        .filter(one -> !one.tenant.equals(tenant))
        .map(Delegated::taken)
        .forEach(taken::add);
    return taken;
  }
}
