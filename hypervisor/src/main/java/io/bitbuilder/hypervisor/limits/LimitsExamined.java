package io.bitbuilder.hypervisor.limits;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.host.Doctor.Examined;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** Whether limits of tenants are what they are said to be: one finding for all of them. */
public final class LimitsExamined {
  private static final String TENANTS = "/var/lib/tenants";

  /** Tenants that are named; the others are counted. */
  private static final int NAMED = 5;

  private LimitsExamined() {}

  /**
   * Looks at the limits, and at what limits storage.
   *
   * @param root the directory the host's files are under
   * @param tenants their limits, as they were set and as the kernel has them
   */
  public static List<Examined> examine(Path root, SortedMap<String, List<Limit>> tenants)
      throws IOException {
    return List.of(limits(tenants), storage(root, tenants));
  }

  /** Where the kernel can limit, but does it otherwise. */
  private static Examined limits(SortedMap<String, List<Limit>> tenants) {
    List<String> different = new ArrayList<>();
    for (Map.Entry<String, List<Limit>> tenant : tenants.entrySet()) {
      for (Limit limit : tenant.getValue()) {
        if (limit.state() == Limit.State.DIFFERENT) {
          different.add(limit.kind().word() + " of " + tenant.getKey());
        }
      }
    }
    return different.isEmpty()
        ? Examined.good("limits", "those of " + count(tenants.size()) + " are as they were set")
        : Examined.bad(
            "limits",
            Code.BB708,
            "the kernel has other limits than were set: " + named(different),
            "the limits of each tenant's generation, which `bitbuilder describe` shows",
            "find what overrides them with `systemctl cat` of the tenant's slice and"
                + " setup-tenant@ service, and remove it");
  }

  private static Examined storage(Path root, SortedMap<String, List<Limit>> tenants)
      throws IOException {
    List<String> without = with(tenants, Limit.State.NOT_ENFORCED);
    boolean held =
        !with(tenants, Limit.State.HELD).isEmpty()
            || !with(tenants, Limit.State.DIFFERENT).isEmpty();
    Optional<ProjectQuotas> quotas = ProjectQuotas.of(root, TENANTS);
    boolean possible = held || quotas.filter(ProjectQuotas::enforced).isPresent();
    if (possible && without.isEmpty()) {
      return Examined.good("storage", "limited by project quotas of " + TENANTS);
    }
    if (possible) {
      return Examined.bad(
          "storage",
          Code.BB707,
          "limits of storage are not enforced for " + named(without),
          "a project quota on the directory of each tenant",
          "systemctl reload 'setup-tenant@*.service', and see `journalctl -u` of one that fails");
    }
    return Examined.bad(
        "storage",
        Code.BB707,
        "limits of storage are not enforced: "
            + TENANTS
            + " has no project quotas"
            + quotas
                .map(one ->
                    " ("
                        + Quote.escape(one.type())
                        + " on "
                        + Quote.escape(one.device(), 100)
                        + ")")
                .orElse(""),
        "ext4 or xfs, mounted with prjquota",
        quotas.map(LimitsExamined::mend).orElse("mount a file system that can on " + TENANTS));
  }

  private static String mend(ProjectQuotas quotas) {
    return switch (quotas.type()) {
      case "ext4" ->
          "while it is not mounted: tune2fs -O project,quota -Q prjquota -E mount_opts=prjquota "
              + Quote.escape(quotas.device(), 100);
      case "xfs" -> "add prjquota to its options in /etc/fstab, then boot or mount it anew";
      default -> "mount an ext4 or xfs with prjquota on " + TENANTS;
    };
  }

  private static List<String> with(SortedMap<String, List<Limit>> tenants, Limit.State state) {
    return tenants.entrySet().stream()
        .filter(tenant ->
            tenant.getValue().stream()
                .anyMatch(limit -> limit.kind() == Limit.Kind.STORAGE && limit.state() == state))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static String named(List<String> all) {
    String first = String.join(", ", all.subList(0, Math.min(NAMED, all.size())));
    return all.size() > NAMED ? first + " and " + (all.size() - NAMED) + " more" : first;
  }

  private static String count(int tenants) {
    return tenants == 1 ? "one tenant" : tenants + " tenants";
  }
}
