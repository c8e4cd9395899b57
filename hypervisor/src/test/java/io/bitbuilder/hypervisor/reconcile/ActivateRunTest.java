package io.bitbuilder.hypervisor.reconcile;

import static io.bitbuilder.hypervisor.reconcile.World.ACME;
import static io.bitbuilder.hypervisor.reconcile.World.BETA;
import static io.bitbuilder.hypervisor.reconcile.World.candidate;
import static io.bitbuilder.hypervisor.reconcile.World.unit;
import static io.bitbuilder.hypervisor.reconcile.World.wanted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.activation.Generations;
import io.bitbuilder.hypervisor.activation.Result;
import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.generation.AcceptedFile;
import io.bitbuilder.hypervisor.generation.AuditLog;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Refused;
import io.bitbuilder.hypervisor.generation.Verdict;
import io.bitbuilder.hypervisor.host.FakeSystemd;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ActivateRunTest {
  @TempDir(factory = Memory.class)
  Path temp;

  private World world;

  @BeforeEach
  void boot() throws IOException {
    world = new World(temp);
  }

  private void running() throws IOException {
    world.stage(
        List.of(wanted(ACME), wanted(BETA)),
        candidate(ACME, "a", "db=1", "web=1"),
        candidate(BETA, "b", "web=1"));
    assertThat(world.activate().succeeded()).isTrue();
    world.systemd.takeLog();
  }

  private Result result(ActivateRun.Outcome outcome) {
    return Objects.requireNonNull(outcome.results().get(ACME));
  }

  private Verdict.State verdict(int number) throws IOException {
    return world.generation(ACME, number).verdict().orElseThrow().state();
  }

  private boolean refused(String letter) throws IOException {
    return new Refused(world.state)
        .isRefused(ACME, new CommitId(letter.repeat(40)), letter.repeat(40));
  }

  @Test
  void allNewTenantsShareOneReload() throws IOException {
    world.stage(
        List.of(wanted(ACME), wanted(BETA)),
        candidate(ACME, "a", "web=1"),
        candidate(BETA, "b", "web=1"));
    world.activate();
    assertThat(world.systemd.takeLog())
        .containsExactlyInAnyOrder(
            "daemon-reload",
            "start tenant@acme.target " + unit(ACME, "web"),
            "start tenant@beta.target " + unit(BETA, "web"));
    world.assertConverged();
    assertThat(verdict(1)).isEqualTo(Verdict.State.HEALTHY);
    assertThat(world.events()).containsExactlyInAnyOrder("acme 1 HEALTHY", "beta 1 HEALTHY");
    assertThat(world.messages)
        .anyMatch(m -> m.contains(" acme tenant acme: generation 1 (aaaaaaaaaaaa) is healthy"));
  }

  @Test
  void whatWasAcceptedIsKeptWhateverRuns() throws IOException {
    running();
    AcceptedFile accepted = new AcceptedFile(world.state);
    assertThat(accepted.read().tenants().keySet()).containsExactly(ACME, BETA);
    world.systemd.breaks(definition -> definition.contains("=bad"));
    world.stage(List.of(wanted(ACME), wanted(BETA)), candidate(ACME, "c", "db=1", "web=bad"));
    world.activate();
    assertThat(world.generation(ACME, 1).verdict().orElseThrow().state())
        .isEqualTo(Verdict.State.HEALTHY);
    assertThat(accepted.read().tenants().get(ACME)).isEqualTo(new CommitId("c".repeat(40)));
    world.stage(false, List.of(wanted(BETA)), List.of(ACME), Map.of());
    world.activate();
    assertThat(accepted.read().tenants()).containsKey(ACME);
    assertThat(new AuditLog(world.state).entries())
        .filteredOn(entry -> entry.event() == AuditLog.Event.ACCEPTED)
        .extracting(entry -> entry.scope() + " " + entry.commit().charAt(0))
        .containsExactly("acme a", "beta b", "acme c");
    assertThat(new AuditLog(world.state).check(Optional.empty()).fault()).isEmpty();
  }

  @Test
  void theSameStagingTwiceDoesNothing() throws IOException {
    running();
    ActivateRun.Outcome outcome = world.activate();
    assertThat(outcome.results()).isEmpty();
    assertThat(world.systemd.takeLog()).isEmpty();
    assertThat(world.store().generations(ACME)).hasSize(1);
  }

  @Test
  void onlyTheChangedContainerIsTouched() throws IOException {
    running();
    Map<String, FakeSystemd.Running> before = world.systemd.running();
    world.stage(
        List.of(wanted(ACME), wanted(BETA)), candidate(ACME, "c", "db=1", "web=2", "new=1"));
    world.activate();
    assertThat(world.systemd.takeLog())
        .containsExactly(
            "stop " + unit(ACME, "web") + " run-tenants-acme-containers-web-root.mount",
            "daemon-reload",
            "reset_failed " + unit(ACME, "web"),
            "start " + unit(ACME, "web") + " " + unit(ACME, "new"));
    world.assertConverged();
    Map<String, FakeSystemd.Running> after = world.systemd.running();
    for (String same : List.of(unit(ACME, "db"), unit(BETA, "web"), "tenant@acme.target")) {
      assertThat(after.get(same)).isEqualTo(before.get(same));
    }
  }

  @Test
  void aVanishingContainerStopsBeforeTheReload() throws IOException {
    running();
    world.stage(List.of(wanted(ACME), wanted(BETA)), candidate(ACME, "c", "web=1"));
    world.activate();
    assertThat(world.systemd.takeLog())
        .containsExactly(
            "stop " + unit(ACME, "db") + " run-tenants-acme-containers-db-root.mount",
            "daemon-reload");
    world.assertConverged();
  }

  @Test
  void aCommitThatChangesNoFileReloadsNothing() throws IOException {
    running();
    world.stage(List.of(wanted(ACME), wanted(BETA)), candidate(ACME, "c", "db=1", "web=1"));
    world.activate();
    assertThat(world.systemd.takeLog()).isEmpty();
    assertThat(verdict(2)).isEqualTo(Verdict.State.HEALTHY);
    assertThat(world.store().selection()).containsEntry(ACME, 2);
  }

  @Test
  void whatFailsGoesBackByItselfAndIsRefused() throws IOException {
    running();
    Map<String, FakeSystemd.Running> before = world.systemd.running();
    world.systemd.breaks(definition -> definition.contains("=bad"));
    world.stage(
        List.of(wanted(ACME), wanted(BETA)),
        candidate(ACME, "c", "db=1", "web=bad"),
        candidate(BETA, "d", "web=2"));
    ActivateRun.Outcome outcome = world.activate();
    assertThat(result(outcome).event()).isEqualTo(AuditLog.Event.RETURNED);
    assertThat(result(outcome).generation()).isEqualTo(1);
    assertThat(outcome.succeeded()).isFalse();
    world.assertConverged();
    assertThat(world.store().selection()).containsEntry(ACME, 1).containsEntry(BETA, 2);
    assertThat(verdict(2)).isEqualTo(Verdict.State.REFUSED);
    assertThat(verdict(1)).isEqualTo(Verdict.State.HEALTHY);
    assertThat(refused("c")).isTrue();
    assertThat(world.systemd.running().get(unit(ACME, "db")))
        .isEqualTo(before.get(unit(ACME, "db")));
    assertThat(world.events())
        .containsSubsequence("acme 2 REFUSED", "acme 1 RETURNED")
        .contains("beta 2 HEALTHY");

    world.systemd.takeLog();
    assertThat(world.activate().results()).as("the same staging again").isEmpty();
    assertThat(world.systemd.takeLog()).isEmpty();

    world.stage(List.of(wanted(ACME), wanted(BETA)), candidate(ACME, "e", "db=1", "web=3"));
    assertThat(world.activate().succeeded()).as("a descendant").isTrue();
    world.assertConverged();
    assertThat(world.store().selection()).containsEntry(ACME, 3);
  }

  @Test
  void thereIsOneReturnAndNoSecond() throws IOException {
    running();
    world.systemd.breaks(definition -> !definition.isEmpty());
    world.stage(List.of(wanted(ACME), wanted(BETA)), candidate(ACME, "c", "db=1", "web=2"));
    Result result = result(world.activate());
    assertThat(result.event()).isEqualTo(AuditLog.Event.DEGRADED);
    assertThat(result.generation()).isEqualTo(1);
    assertThat(verdict(1)).isEqualTo(Verdict.State.DEGRADED);
    assertThat(verdict(2)).isEqualTo(Verdict.State.REFUSED);
    assertThat(world.events()).endsWith("acme 2 REFUSED", "acme 1 DEGRADED");
    assertThat(world.state.resolve("journal.json")).doesNotExist();
  }

  @Test
  void aFirstGenerationHasNothingToGoBackTo() throws IOException {
    world.systemd.breaks(definition -> definition.contains("=bad"));
    world.stage(List.of(wanted(ACME)), candidate(ACME, "a", "web=bad"));
    Result result = result(world.activate());
    assertThat(result.event()).isEqualTo(AuditLog.Event.DEGRADED);
    assertThat(result.reason()).contains("BB601").contains("no healthy generation");
    assertThat(refused("a")).as("it is not refused, it is what there is").isFalse();
    assertThat(world.store().selection()).containsEntry(ACME, 1);

    world.stage(List.of(wanted(ACME)), candidate(ACME, "b", "web=bad2"));
    assertThat(result(world.activate()).event()).isEqualTo(AuditLog.Event.DEGRADED);
    assertThat(world.store().selection()).as("going back gains nothing").containsEntry(ACME, 2);
    assertThat(refused("b")).isFalse();
  }

  @Test
  void theOperatorMayTurnTheReturnOff() throws IOException {
    running();
    world.rollback = false;
    world.systemd.breaks(definition -> definition.contains("=bad"));
    world.stage(List.of(wanted(ACME), wanted(BETA)), candidate(ACME, "c", "db=1", "web=bad"));
    assertThat(result(world.activate()).event()).isEqualTo(AuditLog.Event.DEGRADED);
    assertThat(world.store().selection()).containsEntry(ACME, 2);
    assertThat(refused("c")).isFalse();
  }

  @Test
  void frozenChangesNothing() throws IOException {
    running();
    world.stage(true, List.of(), List.of(), Map.of());
    ActivateRun.Outcome outcome = world.activate();
    assertThat(outcome.frozen()).isTrue();
    assertThat(world.systemd.takeLog()).isEmpty();
    assertThat(world.store().selection()).containsOnlyKeys(ACME, BETA);
  }

  @Test
  void whatIsNotAdmittedTouchesNobodyElse() throws IOException {
    running();
    world.stage(
        List.of(wanted(ACME), wanted(BETA)), candidate(ACME, "c", "web=2"), candidate(BETA, "d"));
    Files.writeString(world.state.resolve("staging/tenants/acme.json"), "{}");
    ActivateRun.Outcome outcome = world.activate();
    assertThat(outcome.findings().get("acme")).extracting(Diagnostic::code).contains(Code.BB605);
    assertThat(world.store().selection()).containsEntry(ACME, 1).containsEntry(BETA, 2);
    assertThat(world.events()).contains("acme 0 REJECTED");
    world.assertConverged();
  }

  @Test
  void whatCompileRejectedIsInTheTrailOnce() throws IOException {
    running();
    Diagnostic finding =
        new Diagnostic(
            Code.BB201,
            "unknown key `x`",
            Location.ofFile("acme", "cccccccccccc", "metadata.json"),
            "",
            "",
            List.of());
    for (int i = 0; i < 2; i++) {
      world.stage(
          false, List.of(wanted(ACME), wanted(BETA)), List.of(), Map.of("acme", List.of(finding)));
      world.activate();
    }
    assertThat(new AuditLog(world.state).entries())
        .filteredOn(entry -> entry.event() == AuditLog.Event.REJECTED)
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.reason())
              .isEqualTo("BB201 acme@cccccccccccc:metadata.json:1:1: unknown key `x`");
          assertThat(entry.commit()).isEqualTo("cccccccccccc");
        });
  }

  @Test
  void noTenantWaitsForAnother() throws Exception {
    running();
    CountDownLatch release = world.systemd.hold(unit(ACME, "web"));
    world.stage(
        List.of(wanted(ACME), wanted(BETA)),
        candidate(ACME, "c", "db=1", "web=2"),
        candidate(BETA, "d", "web=2"));
    Thread run = Thread.ofPlatform().start(this::activateQuietly);
    await(() -> verdicts(BETA, 2).equals("HEALTHY"));
    await(() -> verdicts(ACME, 2).equals("ACTIVATING"));
    assertThat(run.isAlive()).isTrue();

    assertThatThrownBy(() -> Exclusive.take(temp))
        .isInstanceOf(Busy.class)
        .hasMessageContaining("process " + ProcessHandle.current().pid());
    release.countDown();
    run.join();
    world.assertConverged();
  }

  @Test
  void aNewerCommitTakesOverFromOneThatIsStillComingUp() throws Exception {
    running();
    world.systemd.hold(unit(ACME, "slow"));
    world.stage(
        List.of(wanted(ACME), wanted(BETA)), candidate(ACME, "c", "db=1", "web=1", "slow=1"));
    Thread run = Thread.ofPlatform().start(this::activateQuietly);
    await(() -> verdicts(ACME, 2).equals("ACTIVATING"));
    world.stage(List.of(wanted(ACME), wanted(BETA)), candidate(ACME, "d", "db=1", "web=2"));
    run.join();
    world.assertConverged();
    assertThat(world.store().selection()).containsEntry(ACME, 3);
    assertThat(verdict(2)).isEqualTo(Verdict.State.SUPERSEDED);
    assertThat(refused("c")).isFalse();
  }

  private void activateQuietly() {
    try {
      world.activate();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private String verdicts(TenantId tenant, int number) throws IOException {
    return world
        .store()
        .generation(tenant, number)
        .flatMap(Generation::verdict)
        .map(verdict -> verdict.state().name())
        .orElse("");
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(Condition condition) throws IOException {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("time").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  @Test
  void aServiceManagerThatDoesNotAnswerRefusesNoCommit() throws IOException {
    running();
    world.systemd.failReload(true);
    world.stage(List.of(wanted(ACME), wanted(BETA)), candidate(ACME, "c", "db=1", "web=2"));
    assertThat(result(world.activate()).event()).isEqualTo(AuditLog.Event.FAILED);
    assertThat(refused("c")).isFalse();
    world.systemd.failReload(false);
    assertThat(result(world.activate()).event()).isEqualTo(AuditLog.Event.HEALTHY);
    world.assertConverged();
  }

  @Test
  void anImageThatCannotBeHadLeavesWhatRunsAndRefusesNothing() throws IOException {
    running();
    World.Candidate wrong =
        new World.Candidate(
            ACME,
            "c".repeat(40),
            List.of(Generations.resource("web").image("e".repeat(64)).restart("2").build()));
    world.stage(List.of(wanted(ACME), wanted(BETA)), wrong);
    Result result = result(world.activate());
    assertThat(result.event()).isEqualTo(AuditLog.Event.FAILED);
    assertThat(result.reason()).contains("not in the catalogue");
    assertThat(refused("c")).isFalse();
    assertThat(world.systemd.takeLog()).noneMatch(call -> call.startsWith("stop"));
    world.assertConverged();
  }
}
