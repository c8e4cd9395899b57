package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.TenantId;
import java.util.HashMap;
import java.util.Map;

/**
 * Numbers of tunnels, each that of one tunnel of this host: its interface is named by it, and it
 * has a routing table of its own.
 */
final class TunnelNumbers {
  /** Nine digits, so that the name of the interface is short enough. */
  private static final int LIMIT = 1_000_000_000;

  private final Map<Integer, String> holders = new HashMap<>();

  void hold(int number, String tenant) {
    holders.put(number, tenant);
  }

  /** A number nobody holds, the same one for the same ids. */
  int allocate(TenantId tenant, ResourceName tunnel) {
    for (int round = 0; ; round++) {
      int number = Digests.number(LIMIT, "tunnel", tenant.value(), tunnel.value(), round);
      if (!holders.containsKey(number)) {
        hold(number, tenant.value());
        return number;
      }
    }
  }
}
