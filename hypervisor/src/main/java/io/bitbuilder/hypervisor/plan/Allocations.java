package io.bitbuilder.hypervisor.plan;

import java.util.SortedMap;

/**
 * The choices that must never change by themselves, by key. Keys are made of immutable ids:
 *
 * <ul>
 *   <li>{@code uid/<tenant>/<container uid>} to the first UID of its range of 65536
 *   <li>{@code subnet/<tenant>/<network>} to a subnet in CIDR notation
 *   <li>{@code address/<tenant>/<network>/<container uid>} to an address
 *   <li>{@code mac/<tenant>/<container uid>} to a MAC address
 *   <li>{@code machine-id/<tenant>/<container uid>} to 32 hexadecimal digits
 *   <li>{@code bridge/<tenant>/<network>} to an interface name
 * </ul>
 */
public record Allocations(SortedMap<String, String> entries) {
  public Allocations {
    entries = java.util.Collections.unmodifiableSortedMap(new java.util.TreeMap<>(entries));
  }

  /** Nothing chosen yet. */
  public static Allocations empty() {
    return new Allocations(java.util.Collections.emptySortedMap());
  }
}
