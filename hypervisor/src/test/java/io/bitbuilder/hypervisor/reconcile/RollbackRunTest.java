package io.bitbuilder.hypervisor.reconcile;

import static io.bitbuilder.hypervisor.reconcile.World.ACME;
import static io.bitbuilder.hypervisor.reconcile.World.BETA;
import static io.bitbuilder.hypervisor.reconcile.World.GAMMA;
import static io.bitbuilder.hypervisor.reconcile.World.candidate;
import static io.bitbuilder.hypervisor.reconcile.World.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.activation.Result;
import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.generation.Refused;
import io.bitbuilder.hypervisor.model.CommitId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RollbackRunTest {
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

  private boolean refused(String letter) throws IOException {
    return new Refused(world.state)
        .isRefused(ACME, new CommitId(letter.repeat(40)), letter.repeat(40));
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
  void whatARevokedKeySignedIsNotGoneBackTo() throws IOException {
    running();
    world.revoked = List.of("SHA256:a1");
    world.stage(List.of(wanted(ACME), wanted(BETA)), candidate(ACME, "c", "db=1", "web=2"));
    world.activate();
    Report report = new Report();
    assertThat(new RollbackRun(temp, world.ports()).run(ACME, OptionalInt.empty(), report))
        .isEmpty();
    assertThat(report.sorted())
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.code()).isEqualTo(Code.BB503);
          assertThat(finding.message()).contains("alice", "revoked");
        });
    assertThat(world.store().selection()).containsEntry(ACME, 2);
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
}
