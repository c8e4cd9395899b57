package io.bitbuilder.hypervisor.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.model.Check;
import io.bitbuilder.hypervisor.model.Restart;
import io.bitbuilder.hypervisor.model.SystemConfig;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * What a change does to running containers, read off the two digests: a restart, a change in place,
 * or nothing. Each test changes one thing of the first container, or of what it shares.
 */
class ConsequencesTest {
  private enum Effect {
    NOTHING,
    LIVE,
    RESTART,
    BOTH
  }

  private final TenantInput before = tenant();
  private final TenantInput after = tenant();
  private final ContainerInput web = new ContainerInput("web");

  private TenantInput tenant() {
    return new TenantInput("acme", 1).network("dmz");
  }

  /** A change of a container that shares a network with one neighbour and none with another. */
  private static List<Effect> changed(Consumer<ContainerInput> change) {
    ConsequencesTest test = new ConsequencesTest();
    test.before.container(new ContainerInput("web"));
    change.accept(test.web);
    test.after.container(test.web);
    test.neighbours();
    return test.effects(Inputs.HEALTH);
  }

  private void neighbours() {
    for (TenantInput tenant : List.of(before, after)) {
      tenant
          .container(new ContainerInput("db"))
          .container(new ContainerInput("proxy").in("dmz"))
          .container(new ContainerInput("alone").offline());
    }
  }

  private List<Effect> effects(SystemConfig.Health health) {
    List<Compiled.Resource> old = compile(before, Inputs.HEALTH);
    List<Compiled.Resource> now = compile(after, health);
    return old.stream().map(each -> effect(each, find(now, each))).toList();
  }

  /** In the order they were added, not of their names. */
  private static List<Compiled.Resource> compile(TenantInput tenant, SystemConfig.Health health) {
    List<Compiled.Resource> all =
        Compiler.compile(tenant.resolve(), health, Inputs.TEMPLATES).resources();
    return List.of("web", "db", "proxy", "alone").stream()
        .flatMap(name -> all.stream().filter(each -> each.name().value().equals(name)))
        .toList();
  }

  private static Compiled.Resource find(List<Compiled.Resource> all, Compiled.Resource like) {
    return all.stream().filter(each -> each.name().equals(like.name())).findAny().orElseThrow();
  }

  private static Effect effect(Compiled.Resource old, Compiled.Resource now) {
    boolean restart = !old.restartDigest().equals(now.restartDigest());
    boolean live = !old.liveDigest().equals(now.liveDigest());
    return restart ? (live ? Effect.BOTH : Effect.RESTART) : live ? Effect.LIVE : Effect.NOTHING;
  }

  private static List<Effect> firstOnly(Effect effect) {
    return List.of(effect, Effect.NOTHING, Effect.NOTHING, Effect.NOTHING);
  }

  @Test
  void nothingChangedChangesNothing() {
    assertThat(changed(_ -> {})).isEqualTo(firstOnly(Effect.NOTHING));
  }

  @Test
  void whatAContainerIsNeedsItsRestart() {
    List<Consumer<ContainerInput>> changes =
        List.of(
            web -> web.command("/bin/true"),
            web -> web.set("KEY", "value"),
            web -> web.credential("key", "key"),
            web -> web.capability("CAP_IPC_LOCK"),
            web -> web.volume("data", "/data", false),
            web -> web.readOnly(),
            web -> web.ephemeral(),
            web -> web.image(Inputs.RAW),
            web -> web.image(Inputs.TAR),
            web -> web.overlay("etc/motd"),
            web -> web.uid("other"));
    assertThat(changes)
        .allSatisfy(change -> assertThat(changed(change)).isEqualTo(firstOnly(Effect.RESTART)));
  }

  @Test
  void limitsAndPoliciesAreAppliedInPlace() {
    List<Consumer<ContainerInput>> changes =
        List.of(
            web -> web.limits(Inputs.memory("1G")),
            web -> web.restart(Restart.ALWAYS),
            web -> web.lazy());
    assertThat(changes)
        .allSatisfy(change -> assertThat(changed(change)).isEqualTo(firstOnly(Effect.LIVE)));
  }

  /** The memory it writes to has the size of its limit. */
  @Test
  void aLimitOfAnEphemeralContainerIsBoth() {
    before.container(new ContainerInput("web").ephemeral());
    after.container(web.ephemeral().limits(Inputs.memory("1G")));
    neighbours();
    assertThat(effects(Inputs.HEALTH)).isEqualTo(firstOnly(Effect.BOTH));
  }

  @Test
  void aCheckIsNoFile() {
    Duration second = Duration.ofSeconds(1);
    assertThat(changed(web -> web.check(new Check.Tcp(80, second, second))))
        .isEqualTo(firstOnly(Effect.NOTHING));
  }

  @Test
  void anotherNetworkIsAnotherAddressAndOtherOffers() {
    assertThat(changed(web -> web.in("dmz"))).isEqualTo(firstOnly(Effect.BOTH));
    assertThat(changed(web -> web.offline())).isEqualTo(firstOnly(Effect.BOTH));
  }

  /** No file of an init's container says its address: it asks for it when it starts. */
  @Test
  void aMovedContainerRestartsThoughNoFileOfItChanges() {
    before.container(new ContainerInput("web"));
    after.container(web);
    neighbours();
    before.prefix(25);
    assertThat(effects(Inputs.HEALTH))
        .containsExactly(Effect.BOTH, Effect.BOTH, Effect.BOTH, Effect.NOTHING);
  }

  @Test
  void whatANetworkOffersIsAppliedInPlace() {
    before.container(new ContainerInput("web"));
    after.container(web).withoutDhcp();
    neighbours();
    assertThat(effects(Inputs.HEALTH))
        .containsExactly(Effect.LIVE, Effect.LIVE, Effect.LIVE, Effect.NOTHING);
  }

  @Test
  void limitsOfTheTenantAreAppliedInPlaceToAll() {
    before.container(new ContainerInput("web"));
    after.container(web).limits(Inputs.memory("1G"));
    neighbours();
    assertThat(effects(Inputs.HEALTH)).hasSize(4).containsOnly(Effect.LIVE);
  }

  @Test
  void theDeadlineIsAppliedInPlaceToAll() {
    before.container(new ContainerInput("web"));
    after.container(web);
    neighbours();
    assertThat(effects(new SystemConfig.Health(Duration.ofSeconds(7), true)))
        .hasSize(4)
        .containsOnly(Effect.LIVE);
    assertThat(effects(new SystemConfig.Health(Inputs.HEALTH.deadline(), false)))
        .containsOnly(Effect.NOTHING);
  }

  @Test
  void aNewNeighbourChangesNobody() {
    before.container(new ContainerInput("web"));
    after.container(web);
    neighbours();
    after.container(new ContainerInput("new").volume("data", "/data", false));
    assertThat(effects(Inputs.HEALTH)).hasSize(4).containsOnly(Effect.NOTHING);
  }
}
