package io.bitbuilder.hypervisor.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.compiler.FileTree;
import io.bitbuilder.hypervisor.compiler.TenantUnits;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Manifest;
import io.bitbuilder.hypervisor.generation.Staging;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.generation.Verdict;
import io.bitbuilder.hypervisor.host.FakeSystemd;
import io.bitbuilder.hypervisor.host.Pace;
import io.bitbuilder.hypervisor.manager.VarlinkServer.Reply;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.network.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class ManagerTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final TenantId OTHER = new TenantId("other");
  private static final String OWN = "io.bitbuilder.Tenant.";

  @TempDir Path root;
  private FakeSystemd systemd;
  private Manager manager;
  private Duration now = Duration.ofHours(1);

  @BeforeEach
  void twoTenants() throws IOException {
    Store store = new Store(root);
    Staging staging = new Staging(root);
    staging.clear();
    TreeMap<TenantId, Integer> wanted = new TreeMap<>();
    for (TenantId tenant : List.of(ACME, OTHER)) {
      staging.writeTenant(manifest(tenant), new FileTree(new TreeMap<>()));
      Generation made = store.add(tenant, Objects.requireNonNull(staging.tenants().get(tenant)));
      store.record(
          made, new Verdict(Verdict.State.HEALTHY, Instant.EPOCH, "", Duration.ofSeconds(1)));
      wanted.put(tenant, made.number());
    }
    store.select(wanted);
    systemd = new FakeSystemd(root);
    manager =
        new Manager(
            ACME,
            store,
            systemd,
            new Pace() {
              @Override
              public Instant now() {
                return Instant.EPOCH;
              }

              @Override
              public Duration elapsed() {
                return now;
              }

              @Override
              public void pause(Duration time) {
                now = now.plus(time);
              }
            },
            "1.2.3");
  }

  private static Manifest manifest(TenantId tenant) {
    long base = tenant.equals(ACME) ? 0x7000_0000L : 0x7100_0000L;
    return new Manifest(
        tenant,
        "c".repeat(40),
        "inputs",
        Instant.EPOCH,
        "Ann <ann@example.org>",
        "Add web",
        "",
        tenant.equals(ACME)
            ? List.of(
                resource(Compiled.Resource.Kind.CONTAINER, tenant, "infra", base),
                resource(Compiled.Resource.Kind.SCRIPT, tenant, "pre-provision", base),
                resource(Compiled.Resource.Kind.CONTAINER, tenant, "web", base + 65536))
            : List.of(resource(Compiled.Resource.Kind.CONTAINER, tenant, "db", base)),
        Topology.NONE);
  }

  private static Compiled.Resource resource(
      Compiled.Resource.Kind kind, TenantId tenant, String name, long base) {
    boolean script = kind == Compiled.Resource.Kind.SCRIPT;
    return new Compiled.Resource(
        kind,
        new ResourceName(name),
        name,
        script
            ? "tenant-script@" + tenant + "-" + name.replace("-", "\\x2d") + ".service"
            : TenantUnits.container(tenant, new ResourceName(name)),
        (script ? "infra" : name) + "." + tenant,
        new Compiled.Resource.Port(
            "lan", "", "vb-web", "10.128.0.2", "fd00:b17b::2", "02:00:00:00:00:01"),
        base,
        "host",
        List.of(),
        true,
        true,
        "r",
        "l",
        List.of());
  }

  private Reply call(String method, Map<String, ? extends @Nullable Object> parameters) {
    return manager.answer(method, new TreeMap<>(parameters));
  }

  private int invocation(String unit) {
    return Objects.requireNonNull(systemd.running().get(unit)).invocation();
  }

  private Reply named(String method, String name) {
    return call(OWN + method, Map.of("name", name));
  }

  @Test
  void itListsItsOwnGuestsAndNothingElse() {
    Reply reply = call(OWN + "List", Map.of());
    assertThat(reply.error()).isEmpty();
    assertThat(reply.parameters().get("tenant")).isEqualTo("acme");
    assertThat(reply.parameters().get("guests"))
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.list(Map.class))
        .extracting(guest -> guest.get("name"))
        .containsExactly("infra", "web");
    assertThat(reply.parameters().toString())
        .contains("verdict=healthy", "state=inactive")
        .doesNotContain("other", "db", "/");
  }

  @Test
  void itStartsStopsAndRestarts() {
    String web = TenantUnits.container(ACME, new ResourceName("web"));
    assertThat(named("Start", "web").error()).isEmpty();
    assertThat(systemd.running()).containsOnlyKeys(web);
    assertThat(named("Describe", "web").parameters().toString()).contains("state=active");
    int first = invocation(web);
    assertThat(named("Restart", "web").error()).isEmpty();
    assertThat(invocation(web)).isGreaterThan(first);
    assertThat(named("Stop", "web").error()).isEmpty();
    assertThat(systemd.running()).isEmpty();
    assertThat(systemd.takeLog())
        .containsExactly(
            "reset_failed " + web,
            "start " + web,
            "reset_failed " + web,
            "restart " + web,
            "stop " + web);
    // Nobody waits for the end of where he is.
    assertThat(named("Restart", "infra").error()).isEmpty();
    assertThat(systemd.takeLog()).last().asString().startsWith("begin_restart ");
  }

  @Test
  void whatFailsIsSaidInWordsOfOurs() {
    systemd.breaks(_ -> true);
    Reply reply = named("Start", "web");
    assertThat(reply.error()).isEqualTo(OWN + "Failed");
    assertThat(reply.parameters()).hasToString("{reason=web is failed: exit-code}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"db", "pre-provision", "", "web.service", "../web", "tenant@other.target"})
  void whatIsNotItsOwnIsNotThere(String name) {
    for (String method : List.of("Describe", "Start", "Stop", "Restart")) {
      assertThat(named(method, name).error()).isEqualTo(OWN + "NoSuchGuest");
    }
    assertThat(systemd.takeLog()).isEmpty();
  }

  @Test
  void parametersAreAsDescribed() {
    for (Map<String, Object> wrong :
        List.<Map<String, Object>>of(
            Map.of(), Map.of("name", 1L), Map.of("name", "web", "more", true))) {
      Reply reply = call(OWN + "Stop", wrong);
      assertThat(reply.error()).isEqualTo("org.varlink.service.InvalidParameter");
      assertThat(reply.parameters()).hasToString("{parameter=name}");
    }
    assertThat(call(OWN + "Reboot", Map.of()).error())
        .isEqualTo("org.varlink.service.MethodNotFound");
    assertThat(call("io.systemd.Manager.Reload", Map.of()).error())
        .isEqualTo("org.varlink.service.InterfaceNotFound");
    assertThat(call("", Map.of()).error()).isEqualTo("org.varlink.service.InterfaceNotFound");
  }

  @Test
  void oneThingAtATime() throws Exception {
    String web = TenantUnits.container(ACME, new ResourceName("web"));
    CountDownLatch latch = systemd.hold(web);
    CountDownLatch asked = new CountDownLatch(1);
    systemd.before(asked::countDown);
    FutureTask<Reply> starting = new FutureTask<>(() -> named("Start", "web"));
    Thread.ofPlatform().start(starting);
    asked.await();
    assertThat(named("Stop", "infra").error()).isEqualTo(OWN + "Busy");
    latch.countDown();
    assertThat(starting.get().error()).isEmpty();
    assertThat(named("Stop", "web").error()).isEmpty();
  }

  @Test
  void aSyncIsAskedForNoMoreOftenThanItHelps() {
    assertThat(call(OWN + "Sync", Map.of()).error()).isEmpty();
    now = now.plusSeconds(4);
    Reply early = call(OWN + "Sync", Map.of());
    assertThat(early.error()).isEqualTo(OWN + "Busy");
    assertThat(early.parameters()).hasToString("{retryAfterSeconds=7}");
    now = now.plusSeconds(6);
    assertThat(call(OWN + "Sync", Map.of()).error()).isEmpty();
    assertThat(systemd.takeLog())
        .containsExactly("begin bitbuilder-fetch.service", "begin bitbuilder-fetch.service");
  }

  @Test
  void itDescribesItself() throws IOException {
    assertThat(call("org.varlink.service.GetInfo", Map.of()).parameters().toString())
        .contains("1.2.3", "io.bitbuilder.Tenant");
    for (String name : List.of("io.bitbuilder.Tenant", "org.varlink.service")) {
      assertThat(
              call("org.varlink.service.GetInterfaceDescription", Map.of("interface", name))
                  .parameters()
                  .toString())
          .contains("interface " + name);
    }
    assertThat(Files.readString(Path.of("../docs/reference/tenant-interface.md")))
        .as("docs/reference/tenant-interface.md holds the description word for word")
        .contains("```\n" + TenantInterface.DESCRIPTION + "```\n");
  }

  @Test
  void aTenantThatIsOffHasNothing() throws IOException {
    new Store(root).select(new TreeMap<>());
    assertThat(call(OWN + "List", Map.of()).error()).isEqualTo(OWN + "Failed");
  }
}
