package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.generation.AcceptedFile;
import io.bitbuilder.hypervisor.generation.AcceptedImages;
import io.bitbuilder.hypervisor.generation.AllocationFile;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Manifest;
import io.bitbuilder.hypervisor.generation.Refused;
import io.bitbuilder.hypervisor.generation.Staging;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.model.HostConfig;
import io.bitbuilder.hypervisor.model.Machine;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.SystemModel;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.Allocations;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.plan.Underlay;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The verb {@code bitbuilder compile}: from fetched commits to staged generations.
 *
 * <p>Rules of absence. A system repository that is unreachable, unverified or malformed freezes
 * everything. So does a registry without a single tenant while tenants exist: a registry dropped
 * entry by entry removes tenants, an emptied one looks like an accident. A tenant that was never
 * fetched, is refused, unverified or malformed keeps its current generation.
 */
public final class CompileRun {
  private static final SystemConfig.Retention NO_RETENTION =
      new SystemConfig.Retention(10, Duration.ofDays(7));
  private static final SystemConfig.Health NO_HEALTH =
      new SystemConfig.Health(Duration.ofMinutes(5), true);
  private static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(1);

  private final Path root;
  private final Stages stages;
  private final Store store;
  private final Staging staging;
  private final AllocationFile allocationFile;
  private final Refused refused;
  private final Verification verification;

  private final Instant now = Instant.now();
  private final Report systemReport = new Report();
  private final SortedMap<TenantId, Report> tenantReports = new TreeMap<>();
  private SortedMap<String, AcceptedImages.Image> signed = new TreeMap<>();

  /**
   * A run on a host.
   *
   * @param root the directory the host's files are under
   * @param credentials the directory of the service's credentials, where host.yaml may be
   * @throws IOException when what was fetched cannot be read
   */
  public static CompileRun on(Path root, Optional<Path> credentials) throws IOException {
    return new CompileRun(root, new HostStages(root, credentials));
  }

  CompileRun(Path root, Stages stages) throws IOException {
    Path state = root.resolve("var/lib/bitbuilder");
    this.root = root;
    this.stages = stages;
    this.store = new Store(state);
    this.staging = new Staging(state);
    this.allocationFile = new AllocationFile(state);
    this.refused = new Refused(state);
    this.verification = new Verification(stages, new AcceptedFile(state).read());
  }

  /**
   * What a run did.
   *
   * @param frozen whether the system repository kept everything as it is
   * @param staged tenants with a new candidate
   * @param unchanged tenants whose inputs are those of their current generation
   * @param failed tenants with errors, which keep their current generation
   * @param findings everything found, by scope
   */
  public record Outcome(
      boolean frozen,
      List<TenantId> staged,
      List<TenantId> unchanged,
      List<TenantId> failed,
      SortedMap<String, List<Diagnostic>> findings) {
    public Outcome {
      staged = List.copyOf(staged);
      unchanged = List.copyOf(unchanged);
      failed = List.copyOf(failed);
    }
  }

  /** A tenant that is to run here, at the commit to be compiled. */
  private record Due(TenantEntry entry, CommitId commit) {}

  /**
   * Runs once.
   *
   * @throws IOException when our own files cannot be read or written; staging is unfinished then
   */
  public Outcome run() throws IOException {
    staging.clear();
    Optional<HostConfig> host = stages.hostConfig(systemReport);
    if (host.isEmpty()) {
      return frozen("");
    }
    Optional<Stages.Tip> tip = stages.systemTip();
    if (tip.isEmpty()) {
      system(Code.BB501, "", "the system repository was never fetched", "bitbuilder fetch");
      return frozen("");
    }
    CommitId commit = tip.get().commit();
    Optional<SystemModel> model = readSystem(host.get(), commit);
    if (model.isEmpty()) {
      return frozen(commit.value());
    }
    if (model.get().tenants().isEmpty() && !store.tenants().isEmpty()) {
      system(
          Code.BB204,
          model.get().config().discovery().registry(),
          "the registry names no tenant while tenants exist, so nothing is changed",
          "disable tenants with \"enabled\": false, or leave one entry");
      return frozen(commit.value());
    }
    SignedImages.Resolved resolved = stages.resolveImages(model.get(), systemReport);
    signed = resolved.signed();
    return compile(commit, resolved.system(), HostFacts.read(root, host.get()));
  }

  private Optional<SystemModel> readSystem(HostConfig host, CommitId commit) {
    try {
      return verification.system(host, commit, systemReport).isEmpty()
          ? Optional.empty()
          : stages.readSystem(commit, systemReport);
    } catch (IOException e) {
      system(
          Code.BB501,
          "",
          "the system repository cannot be read: " + Quote.escape(String.valueOf(e.getMessage())),
          "");
      return Optional.empty();
    }
  }

  private Outcome compile(CommitId commit, SystemModel system, HostFacts host) throws IOException {
    Allocations before = allocationFile.read();
    List<TenantId> unchanged = new ArrayList<>();
    List<Due> due = due(system, host, new InputsDigest(system, before, stages::ownKeys), unchanged);
    List<Stages.Candidate> candidates = read(system, due);
    Set<TenantId> off =
        candidates.stream()
            .filter(candidate -> !candidate.tenant().enabled())
            .map(candidate -> candidate.entry().id())
            .collect(Collectors.toSet());
    candidates.removeIf(candidate -> off.contains(candidate.entry().id()));

    Report planReport = new Report();
    Stages.Planned planned = stages.plan(system, host, candidates, before, planReport);
    distribute(planReport);
    Allocations after = withOthers(planned.allocations(), before, candidates);
    List<TenantId> staged =
        stage(candidates, planned, new InputsDigest(system, after, stages::ownKeys), system);

    SystemState state = state(commit, system, host, off);
    SortedMap<String, List<Diagnostic>> findings = findings();
    staging.finish(state, new Staging.Findings(now, findings), after);
    List<TenantId> failed =
        tenantReports.entrySet().stream()
            .filter(entry -> entry.getValue().hasErrors())
            .map(Map.Entry::getKey)
            .toList();
    return new Outcome(false, staged, unchanged, failed, findings);
  }

  /** The tenants to read: wanted here, fetched, allowed, and not what is current already. */
  private List<Due> due(
      SystemModel system, HostFacts host, InputsDigest digest, List<TenantId> unchanged)
      throws IOException {
    Map<TenantId, CommitId> tips = stages.tips();
    List<Refused.Entry> refusals = refused.entries();
    Map<TenantId, String> current = currentInputs();
    List<Due> due = new ArrayList<>();
    for (TenantEntry entry : system.tenants()) {
      CommitId commit = tips.get(entry.id());
      if (!entry.enabled() || !host.tags().containsAll(entry.placement())) {
        continue;
      }
      if (commit == null) {
        tenant(entry.id(), Code.BB501, "", "the repository was never fetched", "bitbuilder fetch");
      } else if (refusals.stream()
          .anyMatch(one -> one.covers(entry.id(), commit, digest.of(entry, commit)))) {
        tenant(
            entry.id(),
            Code.BB508,
            commit.abbreviated(),
            "commit " + commit.abbreviated() + " was tried and rolled back",
            "push a commit on top of it that mends it");
      } else if (digest.of(entry, commit).equals(current.get(entry.id()))) {
        unchanged.add(entry.id());
      } else {
        due.add(new Due(entry, commit));
      }
    }
    return due;
  }

  private Map<TenantId, String> currentInputs() throws IOException {
    Map<TenantId, String> inputs = new TreeMap<>();
    for (Map.Entry<TenantId, Integer> entry : store.selection().entrySet()) {
      store
          .generation(entry.getKey(), entry.getValue())
          .map(Generation::manifest)
          .map(Manifest::inputs)
          .ifPresent(digest -> inputs.put(entry.getKey(), digest));
    }
    return inputs;
  }

  /** Reads all at once; what goes wrong with one tenant stays with it. */
  private List<Stages.Candidate> read(SystemModel system, List<Due> due) throws IOException {
    for (Due one : due) {
      report(one.entry().id());
    }
    return new ArrayList<>(
        Parallel.map(
            due,
            one -> {
              TenantEntry entry = one.entry();
              return guarded(entry.id(), one.commit(), () -> candidate(system, one));
            }));
  }

  private Optional<Stages.Candidate> candidate(SystemModel system, Due due) throws IOException {
    TenantEntry entry = due.entry();
    Report report = report(entry.id());
    if (verification.tenant(system, entry, due.commit(), report).isEmpty()) {
      return Optional.empty();
    }
    return stages
        .readTenant(entry, due.commit(), report)
        .map(tenant -> new Stages.Candidate(entry, tenant, due.commit()));
  }

  private List<TenantId> stage(
      List<Stages.Candidate> candidates,
      Stages.Planned planned,
      InputsDigest digest,
      SystemModel system)
      throws IOException {
    return Parallel.map(
        candidates,
        candidate -> {
          TenantId id = candidate.entry().id();
          ResolvedTenant resolved = planned.tenants().get(id);
          return resolved == null
              ? Optional.empty()
              : guarded(
                  id,
                  candidate.commit(),
                  () -> {
                    stage(candidate, resolved, digest, system);
                    return Optional.of(id);
                  });
        });
  }

  private void stage(
      Stages.Candidate candidate, ResolvedTenant resolved, InputsDigest digest, SystemModel system)
      throws IOException {
    TenantId id = candidate.entry().id();
    Compiled compiled = stages.compile(resolved, system);
    SortedMap<String, List<SourceTree.Entry>> layers = layers(candidate.tenant());
    if (!layers.isEmpty()) {
      stages.withTree(
          id,
          candidate.commit(),
          tree -> {
            for (Map.Entry<String, List<SourceTree.Entry>> layer : layers.entrySet()) {
              staging.writeLayer(
                  stages.layerDigest(layer.getValue()), tree, layer.getValue(), layer.getKey());
            }
          });
    }
    Optional<String> repository = stages.repositoryLayer(resolved);
    if (repository.isPresent()) {
      staging.writeLayer(
          repository.get(), into -> stages.writeRepository(id, candidate.commit(), into));
    }
    Stages.Tip tip = stages.describe(id, candidate.commit());
    staging.writeTenant(
        new Manifest(
            id,
            candidate.commit().value(),
            digest.of(candidate.entry(), candidate.commit()),
            now,
            tip.author(),
            tip.subject(),
            verification.signer(id),
            compiled.resources(),
            compiled.topology()),
        compiled.tree());
  }

  /** The directories whose content goes with the generation, by path. */
  private static SortedMap<String, List<SourceTree.Entry>> layers(Tenant tenant) {
    SortedMap<String, List<SourceTree.Entry>> layers = new TreeMap<>();
    for (Guest guest : tenant.guests()) {
      switch (guest) {
        case Container container ->
            layers.put("containers/" + container.name() + "/rootfs-overlay", container.overlay());
        case Machine machine ->
            layers.put("machines/" + machine.name() + "/cloud-init", machine.cloudInit());
      }
    }
    layers.put("scripts", tenant.scripts());
    layers.values().removeIf(List::isEmpty);
    return layers;
  }

  private interface Work<T> {
    Optional<T> run() throws IOException;
  }

  /** A damaged repository, or a mistake of ours that one tenant's input brings out, is its own. */
  private <T> Optional<T> guarded(TenantId tenant, CommitId commit, Work<T> work) {
    try {
      return work.run();
    } catch (IOException | RuntimeException e) {
      tenant(
          tenant,
          Code.BB501,
          commit.abbreviated(),
          "the repository cannot be compiled: " + Quote.escape(String.valueOf(e.getMessage())),
          "");
      return Optional.empty();
    }
  }

  private SystemState state(
      CommitId commit, SystemModel system, HostFacts host, Set<TenantId> off) {
    List<SystemState.Standing> standings = new ArrayList<>();
    Set<TenantId> registered = new HashSet<>();
    for (TenantEntry entry : system.tenants()) {
      boolean enabled = entry.enabled() && !off.contains(entry.id());
      boolean placed = host.tags().containsAll(entry.placement());
      registered.add(entry.id());
      standings.add(
          new SystemState.Standing(entry.id(), enabled, placed, enabled && placed, entry.after()));
    }
    List<TenantId> removed =
        store.tenants().stream().filter(tenant -> !registered.contains(tenant)).toList();
    SystemConfig config = system.config();
    return new SystemState(
        commit.value(),
        false,
        standings,
        removed,
        config.retention(),
        config.health(),
        config.sync().interval(),
        SystemState.Image.of(config.images().values()),
        Authorities.revoked(system),
        Underlay.of(config.on(host.name())),
        verification.verified(),
        signed);
  }

  private Outcome frozen(String commit) throws IOException {
    SystemState state =
        new SystemState(
            commit,
            true,
            List.of(),
            List.of(),
            NO_RETENTION,
            NO_HEALTH,
            DEFAULT_INTERVAL,
            List.of(),
            List.of(),
            Optional.empty(),
            new TreeMap<>(),
            new TreeMap<>());
    SortedMap<String, List<Diagnostic>> findings = findings();
    staging.finish(state, new Staging.Findings(now, findings), allocationFile.read());
    return new Outcome(true, List.of(), List.of(), List.of(), findings);
  }

  /** Who was not planned this time keeps what was chosen for it. */
  private static Allocations withOthers(
      Allocations planned, Allocations before, List<Stages.Candidate> candidates) {
    Set<String> ids =
        candidates.stream()
            .map(candidate -> candidate.entry().id().value())
            .collect(Collectors.toSet());
    SortedMap<String, String> entries = new TreeMap<>(planned.entries());
    before
        .entries()
        .forEach((key, value) -> {
          if (!ids.contains(InputsDigest.tenantOf(key))) {
            entries.put(key, value);
          }
        });
    return new Allocations(entries);
  }

  private void distribute(Report planReport) {
    for (Diagnostic finding : planReport.sorted()) {
      String scope = finding.location().repository();
      boolean ofTenant = TenantId.isValid(scope);
      (ofTenant ? report(new TenantId(scope)) : systemReport).add(finding);
    }
  }

  private SortedMap<String, List<Diagnostic>> findings() {
    SortedMap<String, List<Diagnostic>> findings = new TreeMap<>();
    findings.put("system", systemReport.sorted());
    tenantReports.forEach((tenant, report) -> findings.put(tenant.value(), report.sorted()));
    findings.values().removeIf(List::isEmpty);
    return findings;
  }

  private synchronized Report report(TenantId tenant) {
    return tenantReports.computeIfAbsent(tenant, _ -> new Report());
  }

  private void system(Code code, String path, String message, String help) {
    systemReport.add(code, Location.ofFile("system", "", path), message, "", help);
  }

  private void tenant(TenantId id, Code code, String commit, String message, String help) {
    report(id).add(code, Location.ofFile(id.value(), commit, ""), message, "", help);
  }
}
