package io.bitbuilder.hypervisor.reconcile;

import static io.bitbuilder.hypervisor.reconcile.World.ACME;
import static io.bitbuilder.hypervisor.reconcile.World.BETA;
import static io.bitbuilder.hypervisor.reconcile.World.GAMMA;
import static io.bitbuilder.hypervisor.reconcile.World.candidate;
import static io.bitbuilder.hypervisor.reconcile.World.disabled;
import static io.bitbuilder.hypervisor.reconcile.World.unit;
import static io.bitbuilder.hypervisor.reconcile.World.wanted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.activation.Generations;
import io.bitbuilder.hypervisor.activation.Result;
import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.generation.AllocationFile;
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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
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
    return new Refused(world.state).isRefused(ACME, new CommitId(letter.repeat(40)));
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
    assertThat(result.reason()).contains("BB601").contains("no earlier generation");
    assertThat(refused("a")).as("it is not refused, it is what there is").isFalse();
    assertThat(world.store().selection()).containsEntry(ACME, 1);
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
  void aDisabledTenantStopsAndComesBackWithItsData() throws IOException {
    running();
    Path data = Files.createDirectories(temp.resolve("var/lib/tenants/acme/volumes/x"));
    world.stage(List.of(disabled(ACME), wanted(BETA)));
    assertThat(result(world.activate()).event()).isEqualTo(AuditLog.Event.STOPPED);
    assertThat(world.systemd.takeLog())
        .containsExactly(
            "stop "
                + unit(ACME, "db")
                + " run-tenants-acme-containers-db-root.mount "
                + unit(ACME, "web")
                + " run-tenants-acme-containers-web-root.mount tenant@acme.target"
                + " tenant-network@acme.service setup-tenant@acme.service",
            "daemon-reload");
    world.assertConverged();
    assertThat(data).exists();

    world.stage(List.of(wanted(ACME), wanted(BETA)));
    assertThat(result(world.activate()).event()).isEqualTo(AuditLog.Event.HEALTHY);
    assertThat(world.store().selection()).containsEntry(ACME, 1);
    world.assertConverged();
  }

  @Test
  void aRemovedTenantKeepsItsDataForATimeAndThenLosesExactlyIt() throws IOException {
    running();
    Path mine = Files.createDirectories(temp.resolve("var/lib/tenants/acme/volumes/x"));
    Path other = Files.createDirectories(temp.resolve("var/lib/tenants/beta/volumes/x"));
    Path outside = Files.createDirectories(temp.resolve("srv/outside"));
    Files.createSymbolicLink(mine.resolve("link"), outside);
    Files.writeString(outside.resolve("file"), "kept");
    world.stage(List.of(wanted(BETA)));
    assertThat(result(world.activate()).event()).isEqualTo(AuditLog.Event.REMOVED);
    assertThat(mine).exists();
    assertThat(world.store().selection()).containsOnlyKeys(BETA);

    world.pace.pass(Duration.ofDays(6));
    world.stage(List.of(wanted(BETA)));
    world.activate();
    assertThat(mine).as("after six of seven days").exists();

    world.pace.pass(Duration.ofDays(2));
    world.stage(List.of(wanted(BETA)));
    world.activate();
    assertThat(temp.resolve("var/lib/tenants/acme")).doesNotExist();
    assertThat(other).exists();
    assertThat(outside.resolve("file")).hasContent("kept");
    assertThat(world.store().tenants()).containsExactly(BETA);
    assertThat(new AllocationFile(world.state).read().entries()).containsOnlyKeys("uid/beta/web");
    assertThat(world.events()).contains("acme 1 REMOVED", "acme 0 PURGED");
    assertThat(Files.readString(world.state.resolve("removed.json"))).doesNotContain("acme");
  }

  @Test
  void aTenantRegisteredAgainInTimeHasItsDataAndChoices() throws IOException {
    running();
    Path data = Files.createDirectories(temp.resolve("var/lib/tenants/acme/volumes/x"));
    world.stage(List.of(wanted(BETA)));
    world.activate();
    world.pace.pass(Duration.ofDays(6));
    world.stage(List.of(wanted(ACME), wanted(BETA)), candidate(ACME, "a", "db=1", "web=1"));
    world.activate();
    world.pace.pass(Duration.ofDays(6));
    world.stage(List.of(wanted(ACME), wanted(BETA)));
    world.activate();
    assertThat(data).exists();
    assertThat(new AllocationFile(world.state).read().entries()).containsKey("uid/acme/web");
    world.assertConverged();
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

    assertThatThrownBy(() -> world.activate())
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
  void rollbackGoesBackAndTheNextFetchDoesNotUndoIt() throws IOException {
    running();
    World.Candidate tip = candidate(ACME, "c", "db=1", "web=2");
    world.stage(List.of(wanted(ACME), wanted(BETA)), tip);
    world.activate();
    Report report = new Report();
    Result result =
        new RollbackRun(temp, world.ports()).run(ACME, OptionalInt.empty(), report).orElseThrow();
    assertThat(result.succeeded()).isTrue();
    assertThat(world.store().selection()).containsEntry(ACME, 1);
    assertThat(refused("c")).isTrue();
    world.assertConverged();
    assertThat(world.activate().results()).as("the same staging").isEmpty();

    assertThat(new RollbackRun(temp, world.ports()).run(ACME, OptionalInt.of(2), report))
        .isPresent();
    assertThat(world.store().selection()).containsEntry(ACME, 2);
    assertThat(refused("c")).as("the operator knows better").isFalse();
    world.assertConverged();
  }

  @Test
  void rollbackToNowhereIsAnErrorAndChangesNothing() throws IOException {
    running();
    for (OptionalInt number : List.of(OptionalInt.empty(), OptionalInt.of(1), OptionalInt.of(9))) {
      Report report = new Report();
      assertThat(new RollbackRun(temp, world.ports()).run(ACME, number, report)).isEmpty();
      assertThat(report.sorted()).extracting(Diagnostic::code).containsExactly(Code.BB304);
    }
    Report report = new Report();
    assertThat(new RollbackRun(temp, world.ports()).run(GAMMA, OptionalInt.of(1), report))
        .isEmpty();
    assertThat(report.hasErrors()).isTrue();
    assertThat(world.systemd.takeLog()).isEmpty();
  }

  @Test
  void imagesAreMadeReadyFirstAndPrunedWithTheLastGenerationThatNamesThem() throws IOException {
    String digest = "f".repeat(64);
    World.Candidate first =
        new World.Candidate(
            ACME, "a".repeat(40), List.of(Generations.resource("web").image(digest).build()));
    world.images.add(digest);
    world.kept = 1;
    world.stage(List.of(wanted(ACME)), first);
    world.activate();
    for (String commit : List.of("b", "c", "d")) {
      world.stage(List.of(wanted(ACME)), candidate(ACME, commit, "web=" + commit));
      world.activate();
    }
    assertThat(world.images).isEmpty();
    assertThat(world.store().generations(ACME).size()).isLessThan(4);
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

  @Test
  void theIntervalOfTheTimerFollowsTheSystemRepository() throws IOException {
    SyncTimer timer = new SyncTimer(temp, world.systemd);
    Path file = world.state.resolve("units/bitbuilder-sync.timer.d/50-interval.conf");
    timer.set(Duration.ofMinutes(1));
    assertThat(world.systemd.takeLog()).isEmpty();
    timer.set(Duration.ofSeconds(5));
    timer.set(Duration.ofSeconds(5));
    assertThat(file).content().contains("OnUnitActiveSec=5s").contains("OnBootSec=10s");
    assertThat(world.systemd.takeLog())
        .containsExactly("daemon-reload", "try_restart bitbuilder-sync.timer");
    timer.set(Duration.ofMinutes(1));
    assertThat(file).doesNotExist();
  }
}
