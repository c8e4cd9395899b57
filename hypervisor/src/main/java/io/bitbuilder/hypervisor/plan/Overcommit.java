package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the quotas of all tenants of this host together fit the operator's policy: processors and
 * memory less the host's reserve, times how often each may be promised. Storage is thin and not
 * part of the policy.
 *
 * <p>Tenants this host has chosen something for come before new ones, each in the order of their
 * ids; one that does not fit is refused alone and does not count for those after it.
 */
final class Overcommit {
  private final Amount cpu;
  private final Amount memory;
  private final Map<TenantId, Finding> refused = new HashMap<>();

  private record Amount(String key, long limit, long total, long reserve, double factor) {
    static Amount of(String key, long total, long reserve, double factor) {
      long limit = (long) ((double) Math.max(0, total - reserve) * factor);
      return new Amount(key, limit, total, reserve, factor);
    }

    String text(long value) {
      return key.equals("cpu") ? Amounts.cpu(value) : Amounts.bytes(value);
    }
  }

  private record Finding(Amount amount, TenantEntry entry, long asked, long used) {}

  Overcommit(
      SystemConfig.Host policy,
      Capacity capacity,
      Collection<TenantEntry> entries,
      Set<String> known) {
    Quota reserve = policy.reserve();
    this.cpu = Amount.of("cpu", capacity.cpuMillis(), reserve.cpuMillis(), policy.cpuOvercommit());
    this.memory =
        Amount.of(
            "memory",
            capacity.memory().bytes(),
            reserve.memory().bytes(),
            policy.memoryOvercommit());
    List<TenantEntry> order = new ArrayList<>(entries);
    order.sort(
        Comparator.comparing((TenantEntry entry) -> !known.contains(entry.id().value()))
            .thenComparing(TenantEntry::id));
    admit(order);
  }

  private void admit(List<TenantEntry> order) {
    long usedCpu = 0;
    long usedMemory = 0;
    for (TenantEntry entry : order) {
      long askedCpu = entry.quota().cpuMillis();
      long askedMemory = entry.quota().memory().bytes();
      if (askedCpu > cpu.limit - usedCpu) {
        refused.put(entry.id(), new Finding(cpu, entry, askedCpu, usedCpu));
      } else if (askedMemory > memory.limit - usedMemory) {
        refused.put(entry.id(), new Finding(memory, entry, askedMemory, usedMemory));
      } else {
        usedCpu += askedCpu;
        usedMemory += askedMemory;
      }
    }
  }

  /** Why a tenant does not fit; empty when it does. */
  Optional<Diagnostic> finding(TenantId tenant, Location whole) {
    return Optional.ofNullable(refused.get(tenant)).map(finding -> diagnostic(finding, whole));
  }

  private static Diagnostic diagnostic(Finding finding, Location whole) {
    Amount amount = finding.amount;
    String limit = amount.text(amount.limit);
    String message =
        "the quota of tenant `"
            + finding.entry.id()
            + "` does not fit this host: "
            + amount.key
            + " "
            + amount.text(finding.asked)
            + ", "
            + amount.text(amount.limit - finding.used)
            + " left of "
            + limit;
    String expected =
        "quotas of all tenants within "
            + limit
            + " (the host's "
            + amount.text(amount.total)
            + " less a reserve of "
            + amount.text(amount.reserve)
            + ", times "
            + amount.factor
            + ")";
    String help =
        "lower a quota in the registry, or raise `host/overcommit/"
            + amount.key
            + "` in .gitops/config.yaml of the system repository";
    Location origin = finding.entry.origin().at("/quota/" + amount.key);
    return new Diagnostic(
        Code.BB404,
        message,
        whole,
        expected,
        help,
        List.of(new Diagnostic.Note("quota set by the host operator", origin)));
  }
}
