package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.Machine;
import io.bitbuilder.hypervisor.model.Origin;
import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.model.Tenant;
import java.util.List;
import java.util.Optional;

/** Whether what a tenant declares fits what the operator grants it. */
final class Quotas {
  /** Networks one tenant may have, so that no tenant can use up the pool of addresses. */
  static final int NETWORKS = 16;

  /**
   * Processes and threads of one tenant unless it sets a limit, so that none uses up the host's.
   */
  static final int DEFAULT_TASKS = 16384;

  private final Request request;
  private final Tenant tenant;
  private final Quota quota;
  private final Report report;

  private Quotas(Request request, Report report) {
    this.request = request;
    this.tenant = request.tenant();
    this.quota = request.entry().quota();
    this.report = report;
  }

  /** Reports everything the tenant declares beyond its quota. */
  static void check(Request request, Report report) {
    new Quotas(request, report).check();
  }

  /** What the tenant gets of its quota: what it claims, all where it claims nothing. */
  static Quota claim(Tenant tenant, Quota quota) {
    Quota claim = tenant.resources();
    return new Quota(
        claim.cpuMillis() == 0 ? quota.cpuMillis() : claim.cpuMillis(),
        claim.memory().bytes() == 0 ? quota.memory() : claim.memory(),
        claim.storage().bytes() == 0 ? quota.storage() : claim.storage(),
        tenant.machines().size(),
        tenant.containers().size());
  }

  /** The tenant's limits with our defaults where it sets none. */
  static Tenant.Limits limits(Tenant.Limits limits) {
    return new Tenant.Limits(
        limits.cpuMillis(),
        limits.cpuWeight(),
        limits.memoryMax(),
        limits.memoryHigh(),
        limits.memorySwapMax(),
        limits.tasksMax().or(() -> Optional.of(DEFAULT_TASKS)),
        limits.ioWeight(),
        limits.storageMax());
  }

  private void check() {
    Quota claim = tenant.resources();
    cpu(at("/resources/cpu"), claim.cpuMillis());
    memory(at("/resources/memory"), claim.memory());
    storage(at("/resources/storage"), claim.storage());
    Origin limits = tenant.limitsOrigin();
    tenant.limits().cpuMillis().ifPresent(cpu -> cpu(limits.at("/cpu"), cpu));
    tenant.limits().memoryMax().ifPresent(size -> memory(limits.at("/memory"), size));
    tenant.limits().memoryHigh().ifPresent(size -> memory(limits.at("/memoryHigh"), size));
    tenant.limits().storageMax().ifPresent(size -> storage(limits.at("/storage"), size));
    memoryOfMachines();
    int machines = tenant.machines().size();
    if (machines > quota.machines()) {
      Location first = tenant.machines().get(quota.machines()).origin().at("");
      count("machines", machines, quota.machines(), first);
    }
    int containers = tenant.containers().size();
    if (containers > quota.containers()) {
      Location first = tenant.containers().get(quota.containers()).origin().at("");
      count("containers", containers, quota.containers(), first);
    }
    if (tenant.networks().size() > NETWORKS) {
      report.add(
          Code.BB403,
          tenant.networks().get(NETWORKS).origin().at(""),
          "tenant `"
              + request.id()
              + "` declares "
              + tenant.networks().size()
              + " networks, a tenant can have "
              + NETWORKS,
          "at most " + NETWORKS + " networks",
          "let containers and machines share a network");
    }
  }

  /** A machine's memory is promised to it, so what all have must be there at once. */
  private void memoryOfMachines() {
    long claimed = claim(tenant, quota).memory().bytes();
    long total = 0;
    for (Machine machine : tenant.machines()) {
      total += machine.memory().bytes();
      if (total > claimed) {
        report.add(
            Code.BB403,
            machine.origin().at("/memory"),
            "with machine `"
                + machine.name()
                + "` the machines of tenant `"
                + request.id()
                + "` have "
                + Amounts.bytes(total)
                + " of memory, the tenant claims "
                + Amounts.bytes(claimed),
            "at most " + Amounts.bytes(claimed) + " for all machines together",
            "lower `memory` of a machine, or raise `resources/memory` in metadata.json");
        return;
      }
    }
  }

  private void cpu(Location location, int millis) {
    if (millis > quota.cpuMillis()) {
      over(location, "cpu", Amounts.cpu(millis), Amounts.cpu(quota.cpuMillis()));
    }
  }

  private void memory(Location location, ByteSize size) {
    if (size.compareTo(quota.memory()) > 0) {
      over(location, "memory", Amounts.bytes(size.bytes()), Amounts.bytes(quota.memory().bytes()));
    }
  }

  private void storage(Location location, ByteSize size) {
    if (size.compareTo(quota.storage()) > 0) {
      over(
          location, "storage", Amounts.bytes(size.bytes()), Amounts.bytes(quota.storage().bytes()));
    }
  }

  private void over(Location location, String what, String asked, String granted) {
    String pointer = location.pointer();
    finding(
        location,
        "tenant `"
            + request.id()
            + "` asks for "
            + asked
            + " of "
            + what
            + ", its quota is "
            + granted,
        "at most " + granted,
        what,
        "lower `" + pointer.substring(pointer.lastIndexOf('/') + 1) + "`");
  }

  private void count(String what, int declared, int granted, Location location) {
    if (declared > granted) {
      finding(
          location,
          "tenant `"
              + request.id()
              + "` declares "
              + declared
              + " "
              + what
              + ", its quota is "
              + granted,
          "at most " + granted + " " + what,
          what,
          "remove " + (declared - granted) + " of the " + what);
    }
  }

  private void finding(
      Location location, String message, String expected, String what, String edit) {
    String raise = ", or ask the host operator to raise `quota/" + what + "` of the tenant";
    Location origin = request.entry().origin().at("/quota/" + what);
    report.add(
        new Diagnostic(
            Code.BB403,
            message,
            location,
            expected,
            edit + raise,
            List.of(new Diagnostic.Note("quota set by the host operator", origin))));
  }

  private Location at(String pointer) {
    return tenant.origin().at(pointer);
  }
}
