package io.bitbuilder.hypervisor.cases;

import io.bitbuilder.hypervisor.compiler.Compiler;
import io.bitbuilder.hypervisor.compiler.FileTree;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.discovery.HostFile;
import io.bitbuilder.hypervisor.discovery.RepositoryKind;
import io.bitbuilder.hypervisor.discovery.Systems;
import io.bitbuilder.hypervisor.discovery.Tenants;
import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.HostUnits;
import io.bitbuilder.hypervisor.model.NetworkTemplates;
import io.bitbuilder.hypervisor.model.PortRange;
import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.model.Signers;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.SystemModel;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.networkd.Networkd;
import io.bitbuilder.hypervisor.networkd.Templates;
import io.bitbuilder.hypervisor.plan.Allocations;
import io.bitbuilder.hypervisor.plan.Capacity;
import io.bitbuilder.hypervisor.plan.Planned;
import io.bitbuilder.hypervisor.plan.Planner;
import io.bitbuilder.hypervisor.plan.Request;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Runs one case through the stages compile has: read, plan, compile. A case is one of
 *
 * <ul>
 *   <li>{@code system/} and {@code tenants/<id>/}: a host with several tenants
 *   <li>a system repository
 *   <li>{@code etc/bitbuilder/host.yaml}: the root of a host
 *   <li>a tenant repository
 * </ul>
 */
final class CaseRun {
  /** What the host of every case has. */
  private static final Capacity CAPACITY =
      new Capacity(
          8000,
          new ByteSize(32L << 30),
          new ByteSize(1L << 40),
          List.of("192.0.2.10", "2001:db8::10"));

  /** The vendor's templates as the package brings them. */
  private static final Networkd NETWORKD = new Networkd(Path.of("../host"));

  private static final Quota QUOTA =
      new Quota(4000, new ByteSize(8L << 30), new ByteSize(100L << 30), 10, 50);

  private final Report report = new Report();
  private final SortedMap<String, FileTree.Node> files = new TreeMap<>();

  static Outcome run(Path directory) throws IOException {
    CaseRun run = new CaseRun();
    if (Files.isDirectory(directory.resolve("system"))) {
      run.host(directory);
    } else if (Files.isDirectory(directory.resolve("etc"))) {
      HostFile.read(directory, run.report);
    } else {
      CaseTree tree = new CaseTree(directory, "");
      switch (RepositoryKind.of(tree)) {
        case SYSTEM -> Systems.read(tree, NETWORKD, run.report);
        case TENANT, NEITHER -> run.tenant(tree);
      }
    }
    return new Outcome(run.report.sorted(), run.files);
  }

  private void host(Path directory) throws IOException {
    Optional<SystemModel> system =
        Systems.read(new CaseTree(directory.resolve("system"), "system"), NETWORKD, report);
    if (system.isEmpty()) {
      return;
    }
    List<Request> requests = new ArrayList<>();
    for (TenantEntry entry : system.get().tenants()) {
      Path place = directory.resolve("tenants").resolve(entry.id().value());
      if (Files.isDirectory(place)) {
        Tenants.read(new CaseTree(place, entry.id().value()), Optional.of(entry), report)
            .ifPresent(tenant -> requests.add(new Request(entry, tenant, Optional.empty())));
      }
    }
    plan(system.get(), requests);
  }

  private void tenant(CaseTree tree) throws IOException {
    Optional<Tenant> tenant = Tenants.read(tree, Optional.empty(), report);
    if (tenant.isPresent()) {
      TenantEntry entry = entry(tenant.get());
      NetworkTemplates vendor = NETWORKD.vendor(report).orElseThrow();
      plan(
          new SystemModel(Systems.defaults(), List.of(entry), Signers.NONE, vendor, HostUnits.NONE),
          List.of(new Request(entry, tenant.get(), Optional.empty())));
    }
  }

  private static TenantEntry entry(Tenant tenant) {
    return new TenantEntry(
        tenant.id(),
        "file:///srv/git/tenant.git",
        "main",
        "",
        true,
        QUOTA,
        List.of(),
        Optional.empty(),
        List.of(new PortRange(8000, 8099)),
        List.of("203.0.113.0/24", "2001:db8:1::/48"),
        List.of(1001),
        List.of(),
        List.of(),
        tenant.origin());
  }

  private void plan(SystemModel system, List<Request> requests) {
    SystemConfig config = system.config();
    Planned planned =
        Planner.plan(config, CAPACITY, requests, system.tenants(), Allocations.empty(), report);
    Templates templates = new Templates(system.templates());
    for (ResolvedTenant tenant : planned.tenants().values()) {
      files.putAll(Compiler.compile(tenant, config.health(), templates).tree().nodes());
    }
  }
}
