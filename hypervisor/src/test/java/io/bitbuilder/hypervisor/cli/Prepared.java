package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.compiler.FileTree;
import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Span;
import io.bitbuilder.hypervisor.generation.AuditLog;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Manifest;
import io.bitbuilder.hypervisor.generation.RemovedTenants;
import io.bitbuilder.hypervisor.generation.Staging;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.generation.Verdict;
import io.bitbuilder.hypervisor.model.Check;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.Allocations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A host with files made through the same interfaces the product makes them, and a command line.
 */
final class Prepared {
  static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");
  static final String SYSTEM_COMMIT = "5".repeat(40);

  final Path root;
  final Store store;
  final FakeHost host = new FakeHost();
  final SortedMap<TenantId, Integer> selection = new TreeMap<>();
  final List<SystemState.Standing> standings = new ArrayList<>();
  final SortedMap<String, List<Diagnostic>> findings = new TreeMap<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private boolean terminal;

  Prepared(Path root) throws IOException {
    this.root = root;
    Files.createDirectories(state());
    this.store = new Store(state());
  }

  /** Two tenants, one of them with a rejected commit, and one disabled. */
  static Prepared threeTenants(Path root) throws IOException {
    Prepared prepared = new Prepared(root);
    TenantId acme = new TenantId("acme");
    TenantId blue = new TenantId("blue-2");
    prepared.add(acme, "a".repeat(40), "Add web", "web", "db");
    prepared.record(acme, 1, Verdict.State.SUPERSEDED, "");
    prepared.add(acme, "b".repeat(40), "Add a third container", "web", "db", "job");
    prepared.record(acme, 2, Verdict.State.HEALTHY, "");
    prepared.add(blue, "c".repeat(40), "Start", "api");
    prepared.record(blue, 1, Verdict.State.HEALTHY, "");
    prepared.standing("acme", true, true);
    prepared.standing("blue-2", true, true);
    prepared.standing("cold", false, true);
    prepared.finding("blue-2", Code.BB201, "unknown key `memroy` in resources");
    prepared.log(acme, 1, AuditLog.Event.HEALTHY, "");
    prepared.log(blue, 1, AuditLog.Event.HEALTHY, "");
    prepared.log(acme, 2, AuditLog.Event.HEALTHY, "");
    prepared.rejected("blue-2", "BB201 metadata.json:10:5: unknown key `memroy` in resources");
    prepared.remove("old-1");
    prepared.selection.put(acme, 2);
    prepared.selection.put(blue, 1);
    prepared.host.unit(unit(acme, "web"), "active");
    prepared.host.unit(unit(acme, "db"), "active");
    prepared.host.unit(unit(acme, "job"), "failed");
    prepared.host.unit(unit(blue, "api"), "active");
    prepared.finish();
    PreparedNetwork.apply(prepared, acme, "web", "db", "job");
    return prepared;
  }

  /** A tenant that was removed an hour before the first generation, with 2 KiB of data. */
  void remove(String id) throws IOException {
    Path data = Files.createDirectories(root.resolve("var/lib/tenants").resolve(id));
    Files.write(data.resolve("file"), new byte[2048]);
    new RemovedTenants(state())
        .write(new TreeMap<>(Map.of(new TenantId(id), THEN.minusSeconds(3600))));
  }

  Path state() {
    return root.resolve("var/lib/bitbuilder");
  }

  void standing(String id, boolean enabled, boolean placed) {
    standings.add(
        new SystemState.Standing(new TenantId(id), enabled, placed, enabled && placed, List.of()));
  }

  void finding(String scope, Code code, String message) {
    Location at =
        new Location(
            scope,
            "dddddddddddd",
            "metadata.json",
            new Span(10, 5, 8),
            "/resources/memroy",
            "    \"memroy\": \"4G\",");
    findings
        .computeIfAbsent(scope, _ -> new ArrayList<>())
        .add(
            new Diagnostic(
                code,
                message,
                at,
                "cpu, memory, storage",
                "a key with a similar name exists: `memory`",
                List.of()));
  }

  /** Writes staging and switches to the selection. */
  void finish() throws IOException {
    Staging staging = new Staging(state());
    staging.clear();
    staging.finish(
        new SystemState(
            SYSTEM_COMMIT,
            false,
            standings,
            List.of(),
            new SystemConfig.Retention(10, Duration.ofDays(7)),
            new SystemConfig.Health(Duration.ofMinutes(5), true),
            Duration.ofMinutes(1),
            List.of(),
            List.of(),
            Optional.empty(),
            new TreeMap<>(),
            new TreeMap<>()),
        new Staging.Findings(THEN, findings),
        Allocations.empty());
    store.select(selection);
  }

  /** Adds a generation with containers of these names; {@code vm} is a machine. */
  Generation add(TenantId tenant, String commit, String subject, String... containers)
      throws IOException {
    Staging staging = new Staging(state());
    staging.clear();
    int number = store.generations(tenant).size() + 1;
    List<Compiled.Resource> resources = new ArrayList<>();
    for (int i = 0; i < containers.length; i++) {
      resources.add(resource(tenant, containers[i], i + 2));
    }
    staging.writeTenant(
        new Manifest(
            tenant,
            commit,
            "inputs" + number,
            THEN.plusSeconds(60L * number),
            "Ann <ann@example.org>",
            subject,
            "",
            resources,
            PreparedNetwork.topology(tenant)),
        tree(tenant, number, containers));
    return store.add(tenant, Objects.requireNonNull(staging.tenants().get(tenant)));
  }

  void record(TenantId tenant, int number, Verdict.State state, String reason) throws IOException {
    store.record(
        store.generation(tenant, number).orElseThrow(),
        new Verdict(state, THEN.plusSeconds(60L * number + 5), reason, Duration.ofMillis(4200)));
  }

  private void log(TenantId tenant, int number, AuditLog.Event event, String reason)
      throws IOException {
    TreeMap<String, Duration> durations = new TreeMap<>();
    durations.put("switch", Duration.ofMillis(200));
    durations.put("health", Duration.ofSeconds(4));
    Generation generation = store.generation(tenant, number).orElseThrow();
    Instant time = THEN.plusSeconds(60L * number + 5);
    new AuditLog(state()).append(AuditLog.Entry.of(time, event, generation, reason, durations));
  }

  private void rejected(String scope, String reason) throws IOException {
    new AuditLog(state())
        .append(
            new AuditLog.Entry(
                THEN.plusSeconds(300),
                scope,
                AuditLog.Event.REJECTED,
                0,
                "d".repeat(40),
                "",
                "",
                "",
                reason,
                new TreeMap<>()));
  }

  static String unit(TenantId tenant, String container) {
    return "tenant-container@"
        + tenant.value().replace("-", "\\x2d")
        + "-"
        + container
        + ".service";
  }

  private static Compiled.Resource resource(TenantId tenant, String name, int host) {
    int subnet = tenant.value().length();
    boolean machine = name.equals("vm");
    return new Compiled.Resource(
        machine ? Compiled.Resource.Kind.MACHINE : Compiled.Resource.Kind.CONTAINER,
        new ResourceName(name),
        name,
        machine ? unit(tenant, name).replace("-container@", "-machine@") : unit(tenant, name),
        name + "." + tenant,
        new Compiled.Resource.Port(
            "lan",
            "bb-" + subnet,
            PreparedNetwork.link(tenant, name),
            "10.128." + subnet + "." + host,
            "fd00:b17b:0:" + subnet + "::" + host,
            "02:00:00:00:0" + subnet + ":0" + host),
        65_536L * (16 * subnet + host),
        "host",
        List.of(),
        !name.equals("job") && !name.equals("once"),
        true,
        "r",
        "l",
        name.equals("once")
            ? List.of()
            : List.of(
                new Check.Exec(
                    List.of("/bin/true"), Duration.ofSeconds(1), Duration.ofSeconds(2))));
  }

  private static FileTree tree(TenantId tenant, int number, String... containers) {
    TreeMap<String, FileTree.Node> nodes = new TreeMap<>();
    for (String name : containers) {
      nodes.put(
          "units/" + unit(tenant, name) + ".d/50-compiled.conf",
          new FileTree.Text("[Service]\nEnvironment=MACHINE=" + name + "." + tenant + "\n"));
    }
    String escaped = tenant.value().replace("-", "\\x2d");
    nodes.put(
        "units/tenants-" + escaped + ".slice",
        new FileTree.Text("[Slice]\nCPUQuota=150%\nMemoryMax=1G\nTasksMax=500\n"));
    nodes.put(
        "units/setup-tenant@" + escaped + ".service.d/50-storage.conf",
        new FileTree.Text("[Service]\nStateDirectoryQuota=20G\n"));
    nodes.put("tenant.conf", new FileTree.Text("BRIDGES=bb-" + tenant + number + "\n"));
    nodes.put("firewall.nft", new FileTree.Text(PreparedNetwork.rules(tenant, containers)));
    return new FileTree(nodes);
  }

  Prepared onTerminal() {
    terminal = true;
    return this;
  }

  /** What a command line gave. */
  record Ran(int status, String out, String err) {}

  /** Runs a command line, five minutes after the second generation was made. */
  Ran run(String... arguments) throws IOException {
    out.reset();
    err.reset();
    Output output =
        new Output(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            terminal,
            terminal,
            terminal);
    Context context =
        new Context(
            root,
            Map.of(),
            Clock.fixed(THEN.plusSeconds(425), ZoneOffset.UTC),
            "1.2.3",
            output,
            host.ports(),
            host,
            host);
    int status = new Cli(context).run(List.of(arguments));
    return new Ran(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
