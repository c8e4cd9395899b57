package io.bitbuilder.hypervisor.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which tenants start after which others. */
public final class TenantOrder {
  private TenantOrder() {}

  /**
   * Looks for tenants that wait for each other: systemd would break such a circle by leaving one of
   * them out (systemd.unit(5), Before=).
   *
   * @param after of each tenant those it starts after; others than its keys wait for nobody
   * @return the tenants of one circle, each after the next, the last after the first
   */
  public static Optional<List<TenantId>> circle(Map<TenantId, List<TenantId>> after) {
    Set<TenantId> clear = new HashSet<>();
    for (TenantId start : after.keySet()) {
      List<TenantId> path = new ArrayList<>(List.of(start));
      List<Integer> next = new ArrayList<>(List.of(0));
      // A walk with a list of its own: ten thousand in a row are more than a stack has.
      while (!path.isEmpty()) {
        TenantId last = path.getLast();
        List<TenantId> others = after.getOrDefault(last, List.of());
        int index = next.removeLast();
        if (index == others.size() || clear.contains(last)) {
          clear.add(path.removeLast());
          continue;
        }
        next.add(index + 1);
        int met = path.indexOf(others.get(index));
        if (met >= 0) {
          return Optional.of(List.copyOf(path.subList(met, path.size())));
        }
        path.add(others.get(index));
        next.add(0);
      }
    }
    return Optional.empty();
  }
}
