package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.model.TenantId;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that is chosen on this host. What one run gives up is free for the next run only, so that a
 * tenant that turns out to have errors still has what it had.
 */
final class Ledger {
  private final String seed;
  private final SortedMap<String, String> rest = new TreeMap<>();
  private final Map<String, SortedMap<String, String>> tenants = new HashMap<>();
  private final Set<String> macs = new HashSet<>();

  final UidRanges uids = new UidRanges();
  final HostLinks links = new HostLinks();
  final Bridges bridges = new Bridges();
  final TunnelNumbers tunnels = new TunnelNumbers();
  final Subnets subnets;
  final Subnets6 subnets6;

  /**
   * Takes note of all choices so far.
   *
   * @throws IllegalArgumentException when they contradict each other, as only damage makes them
   */
  Ledger(Allocations before, Subnet pool, Subnet6 pool6) {
    this.seed = before.seed();
    this.subnets = new Subnets(pool);
    this.subnets6 = new Subnets6(pool6);
    before.entries().forEach(this::note);
  }

  private void note(String text, String value) {
    Key key = Key.of(text);
    String tenant = key.tenant();
    switch (key.kind()) {
      case UID -> uids.take(Long.parseLong(value));
      case SUBNET ->
          subnets.hold(
              Subnet.parse(value)
                  .orElseThrow(() -> new IllegalArgumentException("not a subnet: " + value)),
              tenant);
      case SUBNET6 ->
          subnets6.hold(
              Subnet6.parse(value)
                  .orElseThrow(() -> new IllegalArgumentException("not a subnet: " + value)),
              tenant);
      case BRIDGE -> bridges.hold(value, tenant);
      case LINK -> links.hold(value, tenant);
      case TUNNEL -> tunnels.hold(Integer.parseInt(value), tenant);
      case MAC -> macs.add(value);
      case ADDRESS, MACHINE_ID, OTHER -> {}
    }
    if (tenant.isEmpty()) {
      rest.put(text, value);
    } else {
      tenants.computeIfAbsent(tenant, _ -> new TreeMap<>()).put(text, value);
    }
  }

  /** The tenants something is chosen for. */
  Set<String> tenants() {
    return Collections.unmodifiableSet(tenants.keySet());
  }

  /** What is chosen for a tenant. */
  SortedMap<String, String> of(TenantId tenant) {
    return tenants.getOrDefault(tenant.value(), Collections.emptySortedMap());
  }

  /** Replaces what is chosen for a tenant. */
  void replace(TenantId tenant, SortedMap<String, String> chosen) {
    tenants.put(tenant.value(), chosen);
  }

  /** A MAC address nobody has, the same one for the same ids. */
  String allocateMac(TenantId tenant, String guest) {
    for (int round = 0; ; round++) {
      String mac = Digests.mac("mac", seed, tenant, guest, round);
      if (macs.add(mac)) {
        return mac;
      }
    }
  }

  /** A machine id, the same one for the same ids on this host. */
  String allocateMachineId(TenantId tenant, String guest) {
    return Digests.machineId("machine-id", seed, tenant, guest);
  }

  Allocations allocations() {
    SortedMap<String, String> entries = new TreeMap<>(rest);
    tenants.values().forEach(chosen -> entries.putAll(chosen));
    return new Allocations(entries);
  }
}
