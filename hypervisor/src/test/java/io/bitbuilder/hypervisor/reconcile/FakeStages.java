package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.compiler.FileTree;
import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.Firewall;
import io.bitbuilder.hypervisor.model.HostConfig;
import io.bitbuilder.hypervisor.model.HostUnits;
import io.bitbuilder.hypervisor.model.NetworkTemplates;
import io.bitbuilder.hypervisor.model.Origin;
import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.model.Signers;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.SystemModel;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.model.VerifyMode;
import io.bitbuilder.hypervisor.network.Topology;
import io.bitbuilder.hypervisor.plan.Allocations;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.trust.Acceptance;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;

/** Inputs made by hand: what Git and the readers would give, and any of them failing. */
final class FakeStages implements Stages {
  private static final Quota QUOTA =
      new Quota(1000, new ByteSize(1 << 30), new ByteSize(1 << 30), 0, 10);
  private static final Origin NOWHERE = _ -> Location.ofFile("", "", "");
  static final CommitId SYSTEM = commit(0);

  final Map<TenantId, CommitId> tips = new TreeMap<>();
  final List<TenantEntry> entries = new ArrayList<>();
  final Set<TenantId> malformed = new HashSet<>();
  final Set<TenantId> damaged = new HashSet<>();
  final Set<TenantId> selfDisabled = new HashSet<>();
  final Set<TenantId> read = new ConcurrentSkipListSet<>();
  boolean hostPresent = true;
  boolean systemFetched = true;
  boolean systemMalformed;
  VerifyMode hostVerify = VerifyMode.OFF;
  VerifyMode tenantVerify = VerifyMode.OFF;
  final Set<CommitId> signed = new HashSet<>();
  final Map<CommitId, HostUnits> hostUnits = new HashMap<>();

  /** What was said to have been accepted before, each time somebody asked. */
  final List<Optional<CommitId>> accepted = Collections.synchronizedList(new ArrayList<>());

  static CommitId commit(int n) {
    return new CommitId(String.format("%040x", n));
  }

  void tenant(String id, int commit) {
    entries.removeIf(entry -> entry.id().value().equals(id));
    tips.put(new TenantId(id), commit(commit));
    entries.add(entry(id, true, List.of()));
  }

  static TenantEntry entry(String id, boolean enabled, List<String> placement) {
    return new TenantEntry(
        new TenantId(id),
        "file:///" + id,
        "main",
        "",
        enabled,
        QUOTA,
        List.of(),
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        placement,
        List.of(),
        NOWHERE);
  }

  /** The entry with another quota of memory. */
  static TenantEntry withMemory(TenantEntry entry, ByteSize memory) {
    Quota quota = entry.quota();
    return new TenantEntry(
        entry.id(),
        entry.repository(),
        entry.ref(),
        entry.credential(),
        entry.enabled(),
        new Quota(quota.cpuMillis(), memory, quota.storage(), quota.machines(), quota.containers()),
        entry.signers(),
        entry.verify(),
        entry.ports(),
        entry.prefixes(),
        entry.vnis(),
        entry.placement(),
        entry.after(),
        entry.origin());
  }

  @Override
  public Optional<HostConfig> hostConfig(Report report) {
    if (!hostPresent) {
      report.add(Code.BB705, Location.ofFile("", "", "host.yaml"), "no host.yaml", "");
      return Optional.empty();
    }
    return Optional.of(
        new HostConfig(
            "file:///system", "main", "", hostVerify, List.of(), "", List.of("zone=a"), NOWHERE));
  }

  @Override
  public Optional<Tip> systemTip() {
    return systemFetched ? Optional.of(new Tip(SYSTEM, "Op", "Set up")) : Optional.empty();
  }

  @Override
  public Acceptance.Outcome acceptSystem(
      HostConfig host, CommitId commit, Optional<CommitId> accepted) {
    return accept(commit, accepted);
  }

  @Override
  public Acceptance.Outcome acceptTenant(
      SystemModel system, TenantEntry entry, CommitId commit, Optional<CommitId> accepted) {
    return accept(commit, accepted);
  }

  @Override
  public String ownKeys(TenantId tenant) {
    return "";
  }

  private Acceptance.Outcome accept(CommitId commit, Optional<CommitId> before) {
    accepted.add(before);
    return signed.contains(commit)
        ? new Acceptance.Outcome.Accepted("alice SHA256:x", Instant.EPOCH)
        : new Acceptance.Outcome.Refused(Code.BB503, commit, "not signed", "", "sign it");
  }

  @Override
  public Optional<SystemModel> readSystem(CommitId commit, Report report) {
    if (systemMalformed) {
      report.add(Code.BB101, Location.ofFile("system", "", "config.yaml"), "not valid YAML", "");
      return Optional.empty();
    }
    SystemConfig config =
        new SystemConfig(
            new SystemConfig.Sync(Duration.ofMinutes(1), Duration.ofSeconds(30), 32),
            new SystemConfig.Discovery("tenants/registry.json", List.of(), QUOTA),
            new SystemConfig.Verify(tenantVerify, Duration.ZERO),
            new SystemConfig.Host(QUOTA, 4, 1),
            new SystemConfig.Network(
                "10.128.0.0/9", "fd00:b17b::/32", "auto", List.of("10.0.0.0/8", "fc00::/7"), 1000),
            new SystemConfig.Fleet("", true, Collections.emptySortedMap()),
            Collections.emptySortedMap(),
            new SystemConfig.Health(Duration.ofMinutes(5), true),
            new SystemConfig.Retention(3, Duration.ofDays(7)),
            NOWHERE);
    return Optional.of(
        new SystemModel(config, entries, Signers.NONE, NetworkTemplates.NONE, HostUnits.NONE));
  }

  @Override
  public Optional<HostUnits> readHostUnits(CommitId commit, Report report) {
    return Optional.of(hostUnits.getOrDefault(commit, HostUnits.NONE));
  }

  /** An image has what its id says, and is broken when that says so. */
  @Override
  public void copyImage(CommitId commit, String name, OutputStream into) throws IOException {
    String id = readHostUnits(commit, new Report()).orElseThrow().images().get(name);
    into.write(String.valueOf(id).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public SignedImages.Resolved resolveImages(SystemModel system, Report report) {
    return new SignedImages.Resolved(system, new TreeMap<>());
  }

  @Override
  public Map<TenantId, CommitId> tips() {
    return Map.copyOf(tips);
  }

  @Override
  public Tip describe(TenantId tenant, CommitId commit) {
    return new Tip(commit, "Ann <ann@example.org>", "Change " + tenant);
  }

  @Override
  public Optional<Tenant> readTenant(TenantEntry entry, CommitId commit, Report report)
      throws IOException {
    TenantId id = entry.id();
    read.add(id);
    if (damaged.contains(id)) {
      throw new IOException("object is missing");
    }
    if (malformed.contains(id)) {
      report.add(
          Code.BB201,
          Location.ofFile(id.value(), commit.abbreviated(), "metadata.json"),
          "unknown key",
          "");
      return Optional.empty();
    }
    return Optional.of(
        new Tenant(
            id,
            id.value(),
            Tenant.Type.CONTAINER,
            !selfDisabled.contains(id),
            QUOTA,
            Tenant.Limits.NONE,
            NOWHERE,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Firewall.NONE,
            List.of(),
            new java.util.TreeMap<>(),
            NOWHERE));
  }

  @Override
  public Planned plan(
      SystemModel system,
      HostFacts host,
      List<Candidate> candidates,
      Allocations allocations,
      Report report) {
    SortedMap<TenantId, ResolvedTenant> tenants = new TreeMap<>();
    Map<String, String> chosen = new HashMap<>();
    for (Candidate candidate : candidates) {
      TenantId id = candidate.tenant().id();
      chosen.put("uid/" + id + "/web", "1");
      tenants.put(
          id,
          new ResolvedTenant(
              id,
              id.value(),
              Optional.of(candidate.commit()),
              QUOTA,
              Tenant.Limits.NONE,
              List.of(),
              List.of(),
              List.of(),
              List.of(),
              Firewall.NONE,
              system.config().network(),
              List.of(),
              new java.util.TreeMap<>()));
    }
    return new Planned(tenants, new Allocations(new TreeMap<>(chosen)));
  }

  @Override
  public Compiled compile(ResolvedTenant tenant, SystemModel system) {
    String id = tenant.id().value().replace("-", "\\x2d");
    SortedMap<String, FileTree.Node> nodes = new TreeMap<>();
    nodes.put("units/tenants-" + id + ".slice", new FileTree.Text("[Slice]\n"));
    nodes.put("tenant.conf", new FileTree.Text("BRIDGES=\n"));
    return new Compiled(new FileTree(nodes), List.of(), Topology.NONE);
  }

  @Override
  public String layerDigest(List<SourceTree.Entry> overlay) {
    return "0".repeat(64);
  }

  @Override
  public Optional<String> repositoryLayer(ResolvedTenant tenant) {
    return Optional.empty();
  }

  @Override
  public void writeRepository(TenantId tenant, CommitId commit, Path into) throws IOException {
    throw new IOException("no repository of " + tenant);
  }

  @Override
  public void withTree(TenantId tenant, CommitId commit, TreeAction action) throws IOException {
    throw new IOException("no tree of " + tenant);
  }
}
