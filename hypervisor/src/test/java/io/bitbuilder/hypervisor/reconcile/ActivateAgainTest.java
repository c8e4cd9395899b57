package io.bitbuilder.hypervisor.reconcile;

import static io.bitbuilder.hypervisor.reconcile.World.ACME;
import static io.bitbuilder.hypervisor.reconcile.World.candidate;
import static io.bitbuilder.hypervisor.reconcile.World.unit;
import static io.bitbuilder.hypervisor.reconcile.World.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.activation.Generations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One activation after, or beside, another. */
class ActivateAgainTest {
  @TempDir(factory = Memory.class)
  Path temp;

  private World world;

  @BeforeEach
  void boot() throws IOException {
    world = new World(temp);
  }

  private static World.Candidate withJob(String commit, String job, String web) {
    return new World.Candidate(
        ACME,
        commit.repeat(40),
        List.of(
            Generations.resource("job").boots(false).restart(job).build(),
            Generations.resource("web").restart(web).build()));
  }

  @Test
  void aCommandThatEndedRunsAgainOnlyForAChangeOfItsOwn() throws IOException {
    world.stage(List.of(wanted(ACME)), withJob("a", "1", "1"));
    world.activate();
    world.systemd.exit(unit(ACME, "job"));

    world.stage(List.of(wanted(ACME)), withJob("b", "1", "2"));
    assertThat(world.activate().succeeded()).isTrue();
    assertThat(world.systemd.containers()).containsOnlyKeys(unit(ACME, "web"));

    world.stage(List.of(wanted(ACME)), withJob("c", "2", "2"));
    assertThat(world.activate().succeeded()).isTrue();
    assertThat(world.systemd.containers()).containsOnlyKeys(unit(ACME, "job"), unit(ACME, "web"));
  }

  @Test
  void whatWasStagedWhileAnotherHadTheHostIsNotLost() throws IOException {
    world.stage(List.of(wanted(ACME)), candidate(ACME, "a", "web=1"));
    Exclusive other = Exclusive.take(temp);
    world.pace.whenPaused(() -> {
      try {
        other.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    assertThat(world.activate().succeeded()).isTrue();
    assertThat(world.waits).singleElement().asString().contains("another activation is under way");
    world.assertConverged();
  }

  /** By it the unit knows whether something was staged that no run has looked at. */
  @Test
  void theMarkerIsAsOldAsTheStagingThatWasActivated() throws IOException {
    world.stage(List.of(wanted(ACME)), candidate(ACME, "a", "web=1"));
    FileTime staged = FileTime.from(Instant.parse("2026-01-01T00:00:00.123456789Z"));
    Files.setLastModifiedTime(world.state.resolve("staging/system.json"), staged);
    world.activate();
    assertThat(Files.getLastModifiedTime(temp.resolve("run/bitbuilder/activated")))
        .isEqualTo(staged);
  }

  @Test
  void aRefusedCommitIsTriedAgainOnceTheOperatorMendedTheirPartOfIt() throws IOException {
    world.stage(List.of(wanted(ACME)), candidate(ACME, "a", "web=1"));
    world.activate();
    world.systemd.breaks(definition -> definition.contains("2"));
    world.stage(List.of(wanted(ACME)), candidate(ACME, "b", "web=2"));
    assertThat(world.activate().succeeded()).isFalse();
    world.systemd.breaks(_ -> false);
    assertThat(world.activate().results()).as("the same inputs").isEmpty();

    world.operator = "another image";
    world.stage(List.of(wanted(ACME)), candidate(ACME, "b", "web=2"));
    assertThat(world.activate().succeeded()).isTrue();
    assertThat(world.store().selection()).containsEntry(ACME, 3);
    world.assertConverged();
  }
}
