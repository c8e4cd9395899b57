package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.compiler.Compiler;
import io.bitbuilder.hypervisor.compiler.Layers;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.discovery.HostFile;
import io.bitbuilder.hypervisor.discovery.Systems;
import io.bitbuilder.hypervisor.discovery.Tenants;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.HostConfig;
import io.bitbuilder.hypervisor.model.HostUnits;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.model.SystemModel;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.networkd.Networkd;
import io.bitbuilder.hypervisor.networkd.Templates;
import io.bitbuilder.hypervisor.plan.Allocations;
import io.bitbuilder.hypervisor.plan.Capacity;
import io.bitbuilder.hypervisor.plan.Planner;
import io.bitbuilder.hypervisor.plan.Request;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.sync.FetchState;
import io.bitbuilder.hypervisor.sync.ObjectStore;
import io.bitbuilder.hypervisor.trust.Acceptance;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The stages as they are on a host: object stores, readers, planner, compiler. */
final class HostStages implements Stages {
  private final Path root;
  private final Path objects;
  private final Optional<Path> credentials;
  private final FetchState state;
  private final OwnKeys keys;
  private final Judges judges;

  /**
   * Looks at what was fetched, once.
   *
   * @param root the directory the host's files are under
   * @param credentials the service's credentials, where host.yaml may be
   * @throws IOException when objects/state.json is damaged
   */
  HostStages(Path root, Optional<Path> credentials) throws IOException {
    this.root = root;
    this.objects = root.resolve("var/lib/bitbuilder/objects");
    this.credentials = credentials;
    this.state = FetchState.read(objects);
    this.keys = new OwnKeys(root);
    this.judges = new Judges(root, keys);
  }

  @Override
  public Optional<HostConfig> hostConfig(Report report) throws IOException {
    return HostFile.read(root, credentials, report);
  }

  @Override
  public Optional<Tip> systemTip() {
    return state.system().flatMap(FetchState.Repository::tip).map(HostStages::tip);
  }

  @Override
  public Acceptance.Outcome acceptSystem(
      HostConfig host, CommitId commit, Optional<CommitId> accepted) throws IOException {
    return judges.system(host, commit, accepted);
  }

  @Override
  public Acceptance.Outcome acceptTenant(
      SystemModel system, TenantEntry entry, CommitId commit, Optional<CommitId> accepted)
      throws IOException {
    return judges.tenant(system, entry, commit, accepted);
  }

  @Override
  public String ownKeys(TenantId tenant) {
    return keys.digest(tenant.value());
  }

  @Override
  public Optional<SystemModel> readSystem(CommitId commit, Report report) throws IOException {
    try (ObjectStore store = ObjectStore.open(objects, ObjectStore.SYSTEM)) {
      return Systems.read(store.tree(commit), new Networkd(root), report)
          .map(system -> Registered.with(system, state));
    }
  }

  @Override
  public Optional<HostUnits> readHostUnits(CommitId commit, Report report) throws IOException {
    try (ObjectStore store = ObjectStore.open(objects, ObjectStore.SYSTEM)) {
      return Systems.hostUnits(store.tree(commit), report);
    }
  }

  @Override
  public void copyImage(CommitId commit, String name, OutputStream into) throws IOException {
    String path = (name.endsWith(HostUnits.PORTABLE) ? "services/" : "extensions/") + name;
    try (ObjectStore store = ObjectStore.open(objects, ObjectStore.SYSTEM)) {
      SourceTree tree = store.tree(commit);
      SourceTree.Entry entry =
          tree.find(path)
              .orElseThrow(() -> new NoSuchFileException(path, null, "not in " + commit));
      tree.copy(entry, into);
    }
  }

  @Override
  public SignedImages.Resolved resolveImages(SystemModel system, Report report) throws IOException {
    return SignedImages.on(root, keys, system.config().images().values()).resolve(system, report);
  }

  @Override
  public Map<TenantId, CommitId> tips() {
    return state.tips();
  }

  @Override
  public Tip describe(TenantId tenant, CommitId commit) throws IOException {
    Optional<Tip> known =
        state
            .tenant(tenant)
            .flatMap(FetchState.Repository::tip)
            .map(HostStages::tip)
            .filter(tip -> tip.commit().equals(commit));
    if (known.isPresent()) {
      return known.get();
    }
    try (ObjectStore store = ObjectStore.open(objects, tenant.value())) {
      ObjectStore.Commit found = store.describe(commit);
      return new Tip(found.id(), found.author(), found.subject());
    }
  }

  private static Tip tip(FetchState.Tip tip) {
    return new Tip(tip.commit(), tip.author(), tip.subject());
  }

  @Override
  public Optional<Tenant> readTenant(TenantEntry entry, CommitId commit, Report report)
      throws IOException {
    try (ObjectStore store = ObjectStore.open(objects, entry.id().value())) {
      return Tenants.read(store.tree(commit), Optional.of(entry), report);
    }
  }

  @Override
  public Planned plan(
      SystemModel system,
      HostFacts host,
      List<Candidate> candidates,
      Allocations allocations,
      Report report) {
    List<Request> requests =
        candidates.stream()
            .map(one -> new Request(one.entry(), one.tenant(), one.commit()))
            .toList();
    List<TenantEntry> here =
        system.tenants().stream()
            .filter(entry -> host.tags().containsAll(entry.placement()))
            .toList();
    io.bitbuilder.hypervisor.plan.Planned planned =
        Planner.plan(
            system.config().on(host.name()),
            new Capacity(host.cpuMillis(), host.memory(), host.storage(), host.addresses()),
            requests,
            here,
            allocations.seeded(HostStages::seed),
            report);
    return new Planned(planned.tenants(), planned.allocations());
  }

  /** What makes this host's machine ids and MAC addresses differ from every other host's. */
  private static String seed() {
    byte[] seed = new byte[16];
    new SecureRandom().nextBytes(seed);
    return HexFormat.of().formatHex(seed);
  }

  @Override
  public Compiled compile(ResolvedTenant tenant, SystemModel system) {
    return Compiler.compile(tenant, system.config().health(), new Templates(system.templates()));
  }

  @Override
  public String layerDigest(List<SourceTree.Entry> overlay) {
    return Layers.digest(overlay);
  }

  @Override
  public Optional<String> repositoryLayer(ResolvedTenant tenant) {
    return Layers.repository(tenant);
  }

  @Override
  public void writeRepository(TenantId tenant, CommitId commit, Path into) throws IOException {
    try (ObjectStore store = ObjectStore.open(objects, tenant.value())) {
      store.write(commit, into);
    }
  }

  @Override
  public void withTree(TenantId tenant, CommitId commit, TreeAction action) throws IOException {
    try (ObjectStore store = ObjectStore.open(objects, tenant.value())) {
      action.run(store.tree(commit));
    }
  }
}
