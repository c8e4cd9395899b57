package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.model.TenantId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The choices that must never change by themselves, by key. Keys are made of immutable ids:
 *
 * <ul>
 *   <li>{@code uid/<tenant>/<guest uid>} to the first UID of its range of 65536
 *   <li>{@code subnet/<tenant>/<network>} to a subnet in CIDR notation
 *   <li>{@code subnet6/<tenant>/<network>} likewise, of IPv6
 *   <li>{@code address/<tenant>/<network>/<guest uid>} to an address
 *   <li>{@code mac/<tenant>/<guest uid>} to a MAC address
 *   <li>{@code machine-id/<tenant>/<guest uid>} to 32 hexadecimal digits
 *   <li>{@code bridge/<tenant>/<network>} to an interface name
 *   <li>{@code tunnel/<tenant>/<tunnel>} to the number its interface and routing table go by
 *   <li>{@code seed} to the secret of this host that machine ids and MAC addresses are made with
 * </ul>
 *
 * <p>What was chosen for a guest or network that its tenant no longer declares is kept, so that it
 * gets the same back when it returns, as far as the tenant's quota of containers and machines and
 * the limit of networks reach. What was chosen for a tenant goes with {@link #without}.
 */
public record Allocations(SortedMap<String, String> entries) {
  private static final String SEED = "seed";

  public Allocations {
    entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
  }

  /** Nothing chosen yet. */
  public static Allocations empty() {
    return new Allocations(Collections.emptySortedMap());
  }

  /** The same with a seed, from the supplier when there is none yet. */
  public Allocations seeded(Supplier<String> seed) {
    if (entries.containsKey(SEED)) {
      return this;
    }
    SortedMap<String, String> more = new TreeMap<>(entries);
    more.put(SEED, seed.get());
    return new Allocations(more);
  }

  /** The same without all that was chosen for a tenant, for when its data is gone. */
  public Allocations without(TenantId tenant) {
    SortedMap<String, String> rest = new TreeMap<>(entries);
    rest.keySet().removeIf(key -> Key.of(key).tenant().equals(tenant.value()));
    return new Allocations(rest);
  }

  String seed() {
    return entries.getOrDefault(SEED, "");
  }
}
