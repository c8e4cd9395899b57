package io.bitbuilder.hypervisor.injection;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.compiler.Compiler;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.discovery.Systems;
import io.bitbuilder.hypervisor.discovery.Tenants;
import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.generation.Manifest;
import io.bitbuilder.hypervisor.model.ByteSize;
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
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What compile does: read, plan, compile; on a host of the tests' own. */
final class Pipeline {
  private static final Networkd NETWORKD = new Networkd(Path.of("../host"));

  private static final Capacity CAPACITY =
      new Capacity(
          8000,
          new ByteSize(32L << 30),
          new ByteSize(1L << 40),
          List.of("192.0.2.10", "2001:db8::10"));

  private final Trees system;
  private final List<Trees> tenants;

  /** What the trees of tenants say, by their names, where it was read before. */
  private final Map<String, Tenant> known;

  Pipeline(Trees system, List<Trees> tenants) {
    this(system, tenants, Map.of());
  }

  private Pipeline(Trees system, List<Trees> tenants, Map<String, Tenant> known) {
    this.system = system;
    this.tenants = tenants;
    this.known = known;
  }

  /** The same with the tenants read once, for system repositories that are tried with them. */
  Pipeline withTenantsRead() throws IOException {
    Report report = new Report();
    Map<String, Tenant> read = new HashMap<>();
    for (Trees tree : tenants) {
      read.put(tree.name(), Tenants.read(tree, Optional.empty(), report).orElseThrow());
    }
    return new Pipeline(system, tenants, read);
  }

  /** The same with another system repository. */
  Pipeline with(Trees other) {
    return new Pipeline(other, tenants, known);
  }

  /**
   * What became of the trees.
   *
   * @param anatomy of all generations, empty when one was refused
   */
  record Outcome(List<Diagnostic> findings, Optional<Anatomy> anatomy) {
    boolean accepted() {
      return anatomy.isPresent();
    }
  }

  /** A system repository that is read once, for tenants that are tried against it. */
  SystemModel model() throws IOException {
    Report report = new Report();
    return Systems.read(system, NETWORKD, report)
        .orElseThrow(() -> new AssertionError(report.sorted().toString()));
  }

  Outcome run() throws IOException {
    Report report = new Report();
    Optional<SystemModel> read = Systems.read(system, NETWORKD, report);
    return read.isEmpty()
        ? new Outcome(report.sorted(), Optional.empty())
        : run(read.get(), report);
  }

  Outcome run(SystemModel model) throws IOException {
    return run(model, new Report());
  }

  private Outcome run(SystemModel model, Report report) throws IOException {
    List<Request> requests = new ArrayList<>();
    for (Trees tree : tenants) {
      Optional<TenantEntry> entry =
          model.tenants().stream()
              .filter(one -> one.id().value().equals(tree.repository()))
              .findFirst();
      Optional<Tenant> tenant = Optional.ofNullable(known.get(tree.name()));
      if (tenant.isEmpty()) {
        tenant = Tenants.read(tree, entry, report);
      }
      if (entry.isPresent() && tenant.isPresent()) {
        requests.add(new Request(entry.get(), tenant.get(), Optional.empty()));
      }
    }
    SystemConfig config = model.config().on("alpha");
    Planned planned =
        Planner.plan(config, CAPACITY, requests, model.tenants(), Allocations.empty(), report);
    Anatomy anatomy = new Anatomy();
    Templates templates = new Templates(model.templates());
    for (ResolvedTenant tenant : planned.tenants().values()) {
      Compiled compiled = Compiler.compile(tenant, config.health(), templates);
      anatomy.add(compiled.tree());
      anatomy.json(tenant.id() + "/manifest.json", manifest(tenant, compiled));
    }
    anatomy.json("system", Json.write(said(model)));
    // What is found at the host as a whole is nobody's mistake in one file.
    boolean refused = report.hasErrors() || planned.tenants().size() != tenants.size();
    return new Outcome(report.sorted(), refused ? Optional.empty() : Optional.of(anatomy));
  }

  private static String manifest(ResolvedTenant tenant, Compiled compiled) {
    return new Manifest(
            tenant.id(),
            "",
            "",
            Instant.EPOCH,
            "",
            "",
            "",
            compiled.resources(),
            compiled.topology())
        .toJson();
  }

  /** Of the system repository, what other parts than the compiler read. */
  private static SortedMap<String, Object> said(SystemModel model) {
    SortedMap<String, Object> said = new TreeMap<>();
    for (TenantEntry entry : model.tenants()) {
      said.put(
          entry.id().value(),
          List.of(
              entry.repository(),
              entry.ref(),
              entry.credential(),
              entry.signers(),
              entry.placement()));
    }
    said.put("registry", model.config().discovery().registry());
    said.put("directories", model.config().discovery().directories());
    List<Object> named = new ArrayList<>();
    model
        .config()
        .images()
        .forEach((name, image) -> named.addAll(List.of(name, image.url(), image.options())));
    model
        .config()
        .fleet()
        .members()
        .forEach((name, member) -> named.addAll(List.of(name, member.endpoint())));
    model.signers().list().forEach(signer -> named.addAll(List.of(signer.name(), signer.keys())));
    said.put("named", named);
    return said;
  }
}
