package io.bitbuilder.hypervisor.reconcile;

import static io.bitbuilder.hypervisor.reconcile.World.ACME;
import static io.bitbuilder.hypervisor.reconcile.World.BETA;
import static io.bitbuilder.hypervisor.reconcile.World.candidate;
import static io.bitbuilder.hypervisor.reconcile.World.disabled;
import static io.bitbuilder.hypervisor.reconcile.World.unit;
import static io.bitbuilder.hypervisor.reconcile.World.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.activation.Generations;
import io.bitbuilder.hypervisor.activation.Result;
import io.bitbuilder.hypervisor.generation.AllocationFile;
import io.bitbuilder.hypervisor.generation.AuditLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionTest {
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

  private static Result result(ActivateRun.Outcome outcome) {
    return Objects.requireNonNull(outcome.results().get(ACME));
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
    assertThat(new AllocationFile(world.state).read().entries())
        .containsOnlyKeys("seed", "uid/beta/web");
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
  void whatAGuestLeftIsKeptForATimeAndGivenBack() throws IOException {
    running();
    Path left = Files.createDirectories(temp.resolve("var/lib/tenants/acme/containers/db/upper"));
    Path machine = Files.createDirectories(temp.resolve("var/lib/tenants/acme/machines/db"));
    Path used = Files.createDirectories(temp.resolve("var/lib/tenants/acme/containers/web/upper"));
    Path volume = Files.createDirectories(temp.resolve("var/lib/tenants/acme/volumes/db"));
    Path others = Files.createDirectories(temp.resolve("var/lib/tenants/beta/containers/web"));
    world.stage(List.of(wanted(ACME), wanted(BETA)), candidate(ACME, "c", "web=1"));
    assertThat(result(world.activate()).event()).isEqualTo(AuditLog.Event.HEALTHY);
    world.pace.pass(Duration.ofDays(6));
    world.activate();
    assertThat(left).exists();
    assertThat(machine).exists();

    // Back in time: its own again, and the time starts anew when it goes once more.
    world.stage(List.of(wanted(ACME), wanted(BETA)), candidate(ACME, "d", "db=1", "web=1"));
    world.activate();
    world.pace.pass(Duration.ofDays(2));
    world.stage(List.of(wanted(ACME), wanted(BETA)), candidate(ACME, "e", "web=1"));
    world.activate();
    assertThat(left).exists();
    assertThat(machine).doesNotExist();

    world.pace.pass(Duration.ofDays(8));
    world.activate();
    assertThat(left.getParent()).doesNotExist();
    assertThat(used).exists();
    assertThat(volume).exists();
    assertThat(others).exists();
  }
}
