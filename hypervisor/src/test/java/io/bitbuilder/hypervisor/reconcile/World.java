package io.bitbuilder.hypervisor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.activation.Generations;
import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.compiler.FileTree;
import io.bitbuilder.hypervisor.compiler.TenantUnits;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.generation.AcceptedImages;
import io.bitbuilder.hypervisor.generation.AuditLog;
import io.bitbuilder.hypervisor.generation.Breakable;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Staging;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.host.Commands;
import io.bitbuilder.hypervisor.host.FakeCipher;
import io.bitbuilder.hypervisor.host.FakePace;
import io.bitbuilder.hypervisor.host.FakeSystemd;
import io.bitbuilder.hypervisor.host.Images;
import io.bitbuilder.hypervisor.host.Inside;
import io.bitbuilder.hypervisor.host.Messages;
import io.bitbuilder.hypervisor.model.Script;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.Allocations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** A host with tenants, on which compile has run. */
final class World {
  static final TenantId ACME = new TenantId("acme");
  static final TenantId BETA = new TenantId("beta");
  static final TenantId GAMMA = new TenantId("gamma");

  final Path root;
  final Path state;
  final FakeSystemd systemd;
  final FakePace pace = new FakePace();
  final List<String> waits = new ArrayList<>();
  final List<String> messages = Collections.synchronizedList(new ArrayList<>());
  final SortedSet<String> images = Collections.synchronizedSortedSet(new TreeSet<>());
  Duration retention = Duration.ofDays(7);
  boolean rollback = true;

  /** The operator's part of what candidates are made from. */
  String operator = "";

  int kept = 10;

  World(Path root) throws IOException {
    this.root = Files.createDirectories(root);
    this.state = Files.createDirectories(root.resolve("var/lib/bitbuilder"));
    this.systemd = new FakeSystemd(root);
  }

  /** What compile stages for a tenant that is to run: its commit and its containers. */
  record Candidate(TenantId tenant, String commit, List<Compiled.Resource> resources) {}

  /** A candidate; {@code name=definition} for each container, the commit is one letter. */
  static Candidate candidate(TenantId tenant, String letter, String... containers) {
    List<Compiled.Resource> resources =
        Arrays.stream(containers)
            .map(text -> {
              String[] parts = text.split("=", 2);
              return Generations.resource(parts[0]).tenant(tenant).restart(parts[1]).build();
            })
            .toList();
    return new Candidate(tenant, letter.repeat(40), resources);
  }

  static SystemState.Standing wanted(TenantId tenant) {
    return new SystemState.Standing(tenant, true, true, true, List.of());
  }

  static SystemState.Standing disabled(TenantId tenant) {
    return new SystemState.Standing(tenant, false, true, false, List.of());
  }

  /** What publishers of images signed. */
  final SortedMap<String, AcceptedImages.Image> signed = new TreeMap<>();

  /** Between two looks at the repositories. */
  Duration interval = Duration.ofMinutes(1);

  /** Fingerprints of keys that no longer count. */
  List<String> revoked = List.of();

  void stage(List<SystemState.Standing> standings, Candidate... candidates) throws IOException {
    Set<TenantId> registered = new TreeSet<>();
    standings.forEach(standing -> registered.add(standing.id()));
    List<TenantId> removed =
        new Store(state).tenants().stream().filter(t -> !registered.contains(t)).toList();
    stage(false, standings, removed, Map.of(), candidates);
  }

  void stage(
      boolean frozen,
      List<SystemState.Standing> standings,
      List<TenantId> removed,
      Map<String, List<Diagnostic>> findings,
      Candidate... candidates)
      throws IOException {
    Staging staging = new Staging(state);
    staging.clear();
    for (Candidate candidate : candidates) {
      staging.writeTenant(
          Generations.manifest(
              candidate.tenant(),
              candidate.commit(),
              candidate.commit() + operator,
              candidate.resources()),
          tree(candidate));
    }
    staging.finish(
        new SystemState(
            "s".repeat(40),
            frozen,
            standings,
            removed,
            new SystemConfig.Retention(kept, retention),
            new SystemConfig.Health(Duration.ofMinutes(5), rollback),
            interval,
            List.of(),
            revoked,
            Optional.empty(),
            new TreeMap<>(),
            signed),
        new Staging.Findings(pace.now(), new TreeMap<>(findings)),
        new Allocations(
            new TreeMap<>(Map.of("seed", "s", "uid/acme/web", "1", "uid/beta/web", "2"))));
  }

  private static FileTree tree(Candidate candidate) {
    TenantId tenant = candidate.tenant();
    String target = TenantUnits.target(tenant);
    TreeMap<String, FileTree.Node> nodes = new TreeMap<>();
    for (Compiled.Resource resource : candidate.resources()) {
      String unit = resource.unit();
      nodes.put(
          "units/" + unit + ".d/50-container.conf",
          new FileTree.Text("[Unit]\nDescription=" + resource.restartDigest() + "\n"));
      if (resource.autostart()) {
        nodes.put(
            "units/" + target + ".wants/" + unit,
            new FileTree.Link("/usr/lib/systemd/system/tenant-container@.service"));
      }
      nodes.put(
          "mounts/run-tenants-" + tenant + "-containers-" + resource.name() + "-root.mount",
          new FileTree.Text(
              """
              [Unit]
              Description=%s

              [Mount]
              What=overlay
              Where=/run/tenants/%s/containers/%s/root
              Type=overlay
              Options=lowerdir=/run/tenants/%2$s/containers/%3$s/base
              """
                  .formatted(resource.restartDigest(), tenant, resource.name())));
    }
    nodes.put(
        "units/tenants.target.wants/" + target,
        new FileTree.Link("/usr/lib/systemd/system/tenant@.target"));
    nodes.put("tenant.conf", new FileTree.Text("BRIDGES=\"bb-" + tenant + "\"\n"));
    return new FileTree(nodes);
  }

  HostPorts ports() {
    Images provided =
        new Images() {
          @Override
          public void provide(String sha256, SystemConfig.CatalogueImage.Type type) {
            images.add(sha256);
          }

          @Override
          public boolean isReady(String sha256) {
            return images.contains(sha256);
          }

          @Override
          public void prune(Set<String> named) {
            images.retainAll(named);
          }
        };
    Messages journal =
        (id, _, text, fields) -> messages.add(id + " " + fields.get("TENANT") + " " + text);
    return new HostPorts(systemd, new Nobody(), journal, provided, pace, FakeCipher.INSTANCE);
  }

  /** No machine of this host can be entered. */
  private static final class Nobody implements Inside {
    @Override
    public Commands.Result run(String machine, List<String> words, Duration limit)
        throws IOException {
      throw new IOException("machine " + machine + " does not run");
    }

    @Override
    public Commands.Result script(
        String machine, long user, String layer, Script script, Duration limit) throws IOException {
      throw new IOException("machine " + machine + " does not run");
    }
  }

  ActivateRun.Outcome activate() throws IOException {
    return activate(() -> {});
  }

  /**
   * Runs an activation.
   *
   * @param before called before each operation on the disk
   */
  ActivateRun.Outcome activate(Runnable before) throws IOException {
    Breakable disk = new Breakable(state, before);
    return new ActivateRun(
            root,
            ports(),
            new ActivateRun.Stores(disk.store(), disk.refused(), disk::flights, disk.removed()),
            FakeStages::new)
        .run(waits::add);
  }

  Store store() {
    return new Store(state);
  }

  Generation generation(TenantId tenant, int number) throws IOException {
    return store().generation(tenant, number).orElseThrow();
  }

  /** What became of generations. */
  List<String> events() throws IOException {
    return new AuditLog(state)
        .entries().stream()
            .filter(entry -> entry.event() != AuditLog.Event.ACCEPTED)
            .map(entry -> entry.scope() + " " + entry.generation() + " " + entry.event())
            .toList();
  }

  static String unit(TenantId tenant, String container) {
    return "tenant-container@" + tenant + "-" + container + ".service";
  }

  /** Everything selected runs as it is defined there, and nothing else runs. */
  void assertConverged() throws IOException {
    SortedMap<String, String> expected = new TreeMap<>();
    for (TenantId tenant : store().selection().keySet()) {
      for (Compiled.Resource resource :
          store().current(tenant).orElseThrow().manifest().resources()) {
        if (resource.autostart()) {
          expected.put(resource.unit(), "[Unit]\nDescription=" + resource.restartDigest() + "\n");
        }
      }
    }
    assertThat(systemd.containers()).isEqualTo(expected);
    assertThat(state.resolve("journal.json")).doesNotExist();
  }
}
