package io.bitbuilder.hypervisor.host;

import java.util.List;

/**
 * A running machine as systemd-machined knows it.
 *
 * @param unit the unit it runs in
 * @param leader the process ID of its first process
 * @param addresses its addresses as text, IPv4 first; link-local ones are left out
 */
public record Machine(String name, String unit, long leader, List<String> addresses) {
  public Machine {
    addresses = List.copyOf(addresses);
  }
}
