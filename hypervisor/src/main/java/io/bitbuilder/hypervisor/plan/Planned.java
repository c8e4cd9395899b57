package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.model.TenantId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What planning gave.
 *
 * @param tenants the tenants that fit; one with errors is left out
 * @param allocations all choices, those of tenants that were not planned unchanged
 */
public record Planned(SortedMap<TenantId, ResolvedTenant> tenants, Allocations allocations) {
  public Planned {
    tenants = Collections.unmodifiableSortedMap(new TreeMap<>(tenants));
  }
}
