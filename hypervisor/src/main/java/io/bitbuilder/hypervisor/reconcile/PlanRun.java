package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.activation.Change;
import io.bitbuilder.hypervisor.activation.Changes;
import io.bitbuilder.hypervisor.activation.HostChanges;
import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.compiler.PortableUnits;
import io.bitbuilder.hypervisor.compiler.TenantUnits;
import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.discovery.HostFile;
import io.bitbuilder.hypervisor.discovery.RepositoryKind;
import io.bitbuilder.hypervisor.discovery.Systems;
import io.bitbuilder.hypervisor.discovery.Tenants;
import io.bitbuilder.hypervisor.generation.AllocationFile;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.HostStore;
import io.bitbuilder.hypervisor.generation.Manifest;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.generation.TunnelChanges;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.HostConfig;
import io.bitbuilder.hypervisor.model.HostUnits;
import io.bitbuilder.hypervisor.model.SystemModel;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.networkd.Networkd;
import io.bitbuilder.hypervisor.plan.Allocations;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.sync.DirectoryTree;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The verb {@code bitbuilder plan}: what activation would do, without doing it. Nothing is written,
 * and commits need not be verified.
 */
public final class PlanRun {
  private final Path root;
  private final Stages stages;
  private List<Change> host = List.of();
  private final Store store;
  private final SortedMap<String, Report> reports = new TreeMap<>();
  private final List<Prospect> prospects = new ArrayList<>();

  /**
   * A run on a host.
   *
   * @param root the directory the host's files are under
   * @throws IOException when what was fetched cannot be read
   */
  public static PlanRun on(Path root) throws IOException {
    return new PlanRun(
        root, new HostStages(root, Optional.of(root.resolve(HostFile.SYSTEM_CREDENTIALS))));
  }

  PlanRun(Path root, Stages stages) {
    this.root = root;
    this.stages = stages;
    this.store = new Store(root.resolve("var/lib/bitbuilder"));
  }

  /** What is planned. */
  public sealed interface Source {
    /** The newest fetched commits. */
    record Newest() implements Source {}

    /** One commit of one tenant's fetched repository. */
    record Commit(CommitId commit) implements Source {}

    /** A checked-out tenant or system repository. */
    record Directory(Path path) implements Source {}
  }

  /**
   * What would happen to a tenant.
   *
   * @param commit the commit, or the id of the tree of a directory; empty when it is to be stopped
   * @param changes one for each container, in the order they are carried out, then for tunnels
   * @param compiled what it would become; empty when it is to be stopped
   */
  public record Prospect(
      TenantId tenant, String commit, List<Change> changes, Optional<Compiled> compiled) {
    public Prospect {
      changes = List.copyOf(changes);
    }
  }

  /**
   * What a run found.
   *
   * @param prospects by tenant; tenants with errors are missing
   * @param host what would happen to the host's own units
   * @param findings by scope
   */
  public record Outcome(
      List<Prospect> prospects, List<Change> host, SortedMap<String, List<Diagnostic>> findings) {
    public Outcome {
      host = List.copyOf(host);
      prospects = List.copyOf(prospects);
    }
  }

  /**
   * Runs once.
   *
   * @param only the tenant to plan, or all
   * @throws IOException when our own files or a repository cannot be read
   */
  public Outcome run(Optional<TenantId> only, Source source) throws IOException {
    Report system = report("system");
    Optional<HostConfig> config = stages.hostConfig(system);
    if (config.isPresent()) {
      HostFacts facts = HostFacts.read(root, config.get());
      switch (source) {
        case Source.Directory(Path path) -> directory(only, path, facts);
        case Source.Newest() -> {
          Optional<SystemModel> model = fetchedSystem();
          if (model.isPresent()) {
            all(model.get(), only, facts);
          }
        }
        case Source.Commit(CommitId commit) -> {
          Optional<SystemModel> model = fetchedSystem();
          if (model.isPresent() && only.isPresent()) {
            one(model.get(), only.get(), commit, facts);
          }
        }
      }
    }
    return outcome();
  }

  private Optional<SystemModel> fetchedSystem() throws IOException {
    Optional<Stages.Tip> tip = stages.systemTip();
    if (tip.isEmpty()) {
      report("system")
          .add(
              Code.BB501,
              Location.ofFile("system", "", ""),
              "the system repository was never fetched",
              "",
              "bitbuilder sync");
      return Optional.empty();
    }
    return resolved(stages.readSystem(tip.get().commit(), report("system")));
  }

  private Optional<SystemModel> resolved(Optional<SystemModel> system) throws IOException {
    return system.isEmpty()
        ? system
        : Optional.of(stages.resolveImages(system.get(), report("system")).system());
  }

  private void directory(Optional<TenantId> only, Path path, HostFacts facts) throws IOException {
    IdentifiedTree tree = new IdentifiedTree(new DirectoryTree(path));
    switch (RepositoryKind.of(tree)) {
      case SYSTEM -> {
        Optional<SystemModel> model =
            resolved(Systems.read(tree, new Networkd(root), report("system")));
        if (model.isPresent()) {
          all(model.get(), only, facts);
        }
      }
      case TENANT -> {
        Optional<SystemModel> model = fetchedSystem();
        if (model.isPresent()) {
          tenantDirectory(model.get(), only, tree, facts);
        }
      }
      case NEITHER ->
          report("system")
              .add(
                  Code.BB301,
                  Location.ofFile("", "", Quote.escape(path.toString())),
                  "the directory is neither a tenant nor a system repository",
                  "metadata.json, .gitops/config.yaml or tenants/registry.json");
    }
  }

  private void tenantDirectory(
      SystemModel system, Optional<TenantId> only, IdentifiedTree tree, HostFacts facts)
      throws IOException {
    Optional<TenantId> id = only;
    if (id.isEmpty()) {
      Report report = new Report();
      id = Tenants.read(tree, Optional.empty(), report).map(Tenant::id);
      if (id.isEmpty()) {
        report("").addAll(report);
        return;
      }
    }
    Optional<TenantEntry> entry = entry(system, id.get());
    if (entry.isPresent()) {
      Optional<Tenant> tenant = Tenants.read(tree, entry, report(id.get().value()));
      // The tree's id stands in for the commit the files do not have yet.
      CommitId stand = new CommitId(tree.id());
      if (tenant.isPresent()) {
        plan(system, List.of(new Stages.Candidate(entry.get(), tenant.get(), stand)), facts);
      }
    }
  }

  private Optional<TenantEntry> entry(SystemModel system, TenantId id) {
    Optional<TenantEntry> entry =
        system.tenants().stream().filter(one -> one.id().equals(id)).findFirst();
    if (entry.isEmpty()) {
      report(id.value())
          .add(
              Code.BB304,
              Location.ofFile("system", "", system.config().discovery().registry()),
              "tenant `" + id + "` is not registered",
              "an entry with its id, repository and quota",
              "ask the host operator to register it");
    }
    return entry;
  }

  private void one(SystemModel system, TenantId id, CommitId commit, HostFacts facts)
      throws IOException {
    Optional<TenantEntry> entry = entry(system, id);
    if (entry.isPresent()) {
      Optional<Tenant> tenant = stages.readTenant(entry.get(), commit, report(id.value()));
      if (tenant.isPresent()) {
        plan(system, List.of(new Stages.Candidate(entry.get(), tenant.get(), commit)), facts);
      }
    }
  }

  /** Every tenant at its newest fetched commit, and those that would have to go. */
  private void all(SystemModel system, Optional<TenantId> only, HostFacts facts)
      throws IOException {
    SortedMap<TenantId, Integer> running = new TreeMap<>(store.selection());
    if (system.tenants().isEmpty() && !store.tenants().isEmpty()) {
      report("system")
          .add(
              Code.BB204,
              Location.ofFile("system", "", system.config().discovery().registry()),
              "the registry names no tenant while tenants exist, so nothing is changed",
              "",
              "disable tenants with \"enabled\": false, or leave one entry");
      return;
    }
    Map<TenantId, CommitId> tips = stages.tips();
    InputsDigest digest = new InputsDigest(system, allocations(), stages::ownKeys);
    List<Stages.Candidate> candidates = new ArrayList<>();
    for (TenantEntry entry : system.tenants()) {
      TenantId id = entry.id();
      running.remove(id);
      CommitId tip = tips.get(id);
      if (only.isPresent() && !only.get().equals(id)) {
        continue;
      }
      if (!entry.enabled()) {
        stop(id, "disabled by the registry");
      } else if (!facts.tags().containsAll(entry.placement())) {
        stop(id, "placed on another host");
      } else if (tip == null) {
        report(id.value())
            .add(
                Code.BB501,
                Location.ofFile(id.value(), "", ""),
                "the repository was never fetched",
                "",
                "bitbuilder sync");
      } else if (!isCurrent(id, digest.of(entry, tip))) {
        stages
            .readTenant(entry, tip, report(id.value()))
            .ifPresent(tenant -> candidates.add(new Stages.Candidate(entry, tenant, tip)));
      }
    }
    for (TenantId id : running.keySet()) {
      if (only.isEmpty() || only.get().equals(id)) {
        stop(id, "no longer registered; its data is kept for a while");
      }
    }
    if (only.isEmpty()) {
      HostStore units = new HostStore(root.resolve("var/lib/bitbuilder"));
      Optional<HostStore.Made> made = units.generation(units.current());
      HostUnits now = made.map(HostStore.Made::declared).orElse(HostUnits.NONE);
      // What another image brings is known when it is unpacked.
      SortedMap<String, String> unpacked =
          made.filter(_ -> now.portables().equals(system.units().portables()))
              .map(HostStore.Made::unpacked)
              .orElse(new TreeMap<>());
      host =
          HostChanges.described(
              PortableUnits.with(now, unpacked), PortableUnits.with(system.units(), unpacked));
    }
    plan(system, candidates, facts);
  }

  private boolean isCurrent(TenantId id, String inputs) throws IOException {
    return store
        .current(id)
        .filter(current -> current.manifest().inputs().equals(inputs))
        .isPresent();
  }

  private void stop(TenantId id, String why) throws IOException {
    store
        .current(id)
        .map(Generation::manifest)
        .ifPresent(manifest ->
            prospects.add(new Prospect(id, "", Changes.stopping(manifest, why), Optional.empty())));
  }

  private void plan(SystemModel system, List<Stages.Candidate> candidates, HostFacts facts)
      throws IOException {
    List<Stages.Candidate> wanted = new ArrayList<>();
    for (Stages.Candidate candidate : candidates) {
      if (candidate.tenant().enabled()) {
        wanted.add(candidate);
      } else {
        stop(candidate.entry().id(), "disabled by its metadata.json");
      }
    }
    Report report = new Report();
    Stages.Planned planned = stages.plan(system, facts, wanted, allocations(), report);
    report.sorted().forEach(finding -> report(finding.location().repository()).add(finding));
    for (Stages.Candidate candidate : wanted) {
      ResolvedTenant resolved = planned.tenants().get(candidate.entry().id());
      if (resolved != null) {
        StorageInUse.check(root, candidate.tenant(), resolved)
            .ifPresent(finding -> report(candidate.entry().id().value()).add(finding));
        Compiled compiled = stages.compile(resolved, system);
        prospects.add(prospect(candidate, compiled));
      }
    }
  }

  private Prospect prospect(Stages.Candidate candidate, Compiled compiled) throws IOException {
    TenantId id = candidate.entry().id();
    String commit = candidate.commit().value();
    Manifest next =
        new Manifest(
            id, commit, "", Instant.EPOCH, "", "", "", compiled.resources(), compiled.topology());
    Optional<Generation> current = store.current(id);
    List<Change> changes =
        new ArrayList<>(Changes.between(current.map(Generation::manifest), next));
    for (TunnelChanges.Changed tunnel : TunnelChanges.between(current, compiled.tree())) {
      changes.add(
          new Change(
              "tunnel " + tunnel.tunnel(),
              TenantUnits.wireguard(id),
              switch (tunnel.kind()) {
                case UP -> Change.Kind.START;
                case DOWN -> Change.Kind.STOP;
                case LIVE -> Change.Kind.LIVE;
              },
              tunnel.why()));
    }
    return new Prospect(id, commit, changes, Optional.of(compiled));
  }

  private Allocations allocations() throws IOException {
    return new AllocationFile(root.resolve("var/lib/bitbuilder")).read();
  }

  private Report report(String scope) {
    return reports.computeIfAbsent(scope, _ -> new Report());
  }

  private Outcome outcome() {
    SortedMap<String, List<Diagnostic>> findings = new TreeMap<>();
    reports.forEach((scope, report) -> findings.put(scope, report.sorted()));
    findings.values().removeIf(List::isEmpty);
    prospects.sort(java.util.Comparator.comparing(Prospect::tenant));
    return new Outcome(prospects, host, findings);
  }
}
