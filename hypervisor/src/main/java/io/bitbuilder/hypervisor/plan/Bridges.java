package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.TenantId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Names of bridges, each the interface of one tenant. A tenant may wish for a name that begins with
 * {@code br-}; all others get {@code bb-} and a digest. Neither prefix is one of systemd's, whose
 * own interfaces of containers are {@code ve-}, {@code vb-} and {@code vz-} (systemd-nspawn(1)).
 */
final class Bridges {
  /** What a wish looks like, for messages. */
  static final String EXPECTED = "br- and 1 to 12 of a-z, 0-9 and -, not ending in -";

  private static final String WISHED = "br-";
  private static final String OURS = "bb-";
  private static final int LIMIT = 15;

  /** Who holds a name; the place is known when it was claimed just now. */
  record Holder(String tenant, Optional<Location> place) {}

  private final Map<String, Holder> holders = new HashMap<>();

  void hold(String name, String tenant) {
    holders.put(name, new Holder(tenant, Optional.empty()));
  }

  /** Whether a tenant may wish for the name at all. */
  static boolean isAllowed(String name) {
    if (!name.startsWith(WISHED) || name.length() > LIMIT || name.endsWith("-")) {
      return false;
    }
    return name.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
  }

  /** Takes the name for a tenant, or gives the other tenant that has it. */
  Optional<Holder> claim(String name, TenantId tenant, Location place) {
    Holder holder = holders.get(name);
    if (holder != null && !holder.tenant.equals(tenant.value())) {
      return Optional.of(holder);
    }
    holders.put(name, new Holder(tenant.value(), Optional.of(place)));
    return Optional.empty();
  }

  /** A name nobody holds, the same one for the same ids. */
  String allocate(TenantId tenant, ResourceName network) {
    for (int round = 0; ; round++) {
      String name = OURS + Digests.letters(10, "bridge", tenant.value(), network.value(), round);
      if (!holders.containsKey(name)) {
        hold(name, tenant.value());
        return name;
      }
    }
  }
}
