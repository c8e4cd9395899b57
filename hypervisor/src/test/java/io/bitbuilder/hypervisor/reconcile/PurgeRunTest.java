package io.bitbuilder.hypervisor.reconcile;

import static io.bitbuilder.hypervisor.reconcile.World.ACME;
import static io.bitbuilder.hypervisor.reconcile.World.BETA;
import static io.bitbuilder.hypervisor.reconcile.World.GAMMA;
import static io.bitbuilder.hypervisor.reconcile.World.candidate;
import static io.bitbuilder.hypervisor.reconcile.World.disabled;
import static io.bitbuilder.hypervisor.reconcile.World.wanted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.generation.AllocationFile;
import io.bitbuilder.hypervisor.generation.RemovedTenants;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PurgeRunTest {
  @TempDir(factory = Memory.class)
  Path temp;

  private World world;
  private Path data;

  @BeforeEach
  void twoTenantsRun() throws IOException {
    world = new World(temp);
    data = temp.resolve("var/lib/tenants/acme");
    Files.createDirectories(data.resolve("volumes/x"));
    Files.createDirectories(temp.resolve("var/cache/tenants/acme"));
    Files.createDirectories(temp.resolve("var/lib/tenants/beta/volumes/x"));
    world.images.add("f".repeat(64));
    world.stage(
        List.of(wanted(ACME), wanted(BETA)),
        candidate(ACME, "a", "web=1"),
        candidate(BETA, "b", "web=1"));
    assertThat(world.activate().succeeded()).isTrue();
  }

  private Report purge(TenantId tenant) throws IOException {
    Report report = new Report();
    assertThat(new PurgeRun(temp, world.ports()).run(tenant, report)).isEmpty();
    return report;
  }

  private void remove() throws IOException {
    world.stage(List.of(wanted(BETA)));
    assertThat(world.activate().succeeded()).isTrue();
  }

  @Test
  void whatARemovedTenantLeftIsDeletedAndNothingElse() throws IOException {
    remove();
    assertThat(data).exists();
    assertThat(purge(ACME).sorted()).isEmpty();
    assertThat(data).doesNotExist();
    assertThat(temp.resolve("var/cache/tenants/acme")).doesNotExist();
    assertThat(temp.resolve("var/lib/tenants/beta/volumes/x")).exists();
    assertThat(world.store().tenants()).containsExactly(BETA);
    assertThat(world.images).isEmpty();
    assertThat(new AllocationFile(world.state).read().entries())
        .containsOnlyKeys("seed", "uid/beta/web");
    assertThat(new RemovedTenants(world.state).read()).isEmpty();
    assertThat(world.events()).last().isEqualTo("acme 0 PURGED");
    world.assertConverged();

    world.stage(List.of(wanted(ACME), wanted(BETA)), candidate(ACME, "a", "web=1"));
    assertThat(world.activate().succeeded()).as("registered again, it starts anew").isTrue();
    assertThat(world.store().selection()).containsEntry(ACME, 1);
    world.assertConverged();
  }

  @Test
  void whoeverIsNotRemovedKeepsEverything() throws IOException {
    world.stage(List.of(disabled(ACME), wanted(BETA)));
    world.activate();
    for (TenantId tenant : List.of(ACME, BETA, GAMMA)) {
      assertThat(purge(tenant).sorted())
          .extracting(Diagnostic::code)
          .as("disabled, running, unknown: " + tenant)
          .containsExactly(Code.BB304);
    }
    assertThat(data).exists();
    assertThat(world.store().tenants()).containsExactly(ACME, BETA);
  }

  /** The registry names it again, and the activation that forgets the removal has yet to come. */
  @Test
  void whoeverIsComingBackKeepsEverything() throws IOException {
    remove();
    world.stage(List.of(wanted(ACME), wanted(BETA)), candidate(ACME, "a", "web=1"));
    assertThat(purge(ACME).hasErrors()).isTrue();
    assertThat(data).exists();
    world.activate();
    assertThat(purge(ACME).hasErrors()).isTrue();
    assertThat(data).exists();
  }

  @Test
  void aRemovedTenantThatStillRunsIsStoppedFirst() throws IOException {
    world.stage(List.of(wanted(BETA)));
    new RemovedTenants(world.state).write(new TreeMap<>(Map.of(ACME, world.pace.now())));
    assertThat(purge(ACME).sorted())
        .singleElement()
        .satisfies(finding -> assertThat(finding.message()).contains("still runs"));
    assertThat(data).exists();
    assertThat(world.store().selection()).containsKey(ACME);
  }

  @Test
  void itWaitsForNoActivationThatIsUnderWay() throws IOException {
    remove();
    try (Exclusive _ = Exclusive.take(temp)) {
      assertThatThrownBy(() -> purge(ACME)).isInstanceOf(Busy.class);
    }
    assertThat(data).exists();
    assertThat(purge(ACME).sorted()).isEmpty();
  }
}
