package io.bitbuilder.hypervisor.reconcile;

import static io.bitbuilder.hypervisor.reconcile.World.ACME;
import static io.bitbuilder.hypervisor.reconcile.World.BETA;
import static io.bitbuilder.hypervisor.reconcile.World.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnUnitsTest {
  @TempDir(factory = Memory.class)
  Path temp;

  private World world;

  @BeforeEach
  void boot() throws IOException {
    world = new World(temp);
  }

  private ActivateRun.Outcome activate(SystemState.Standing... standings) throws IOException {
    world.systemd.takeLog();
    world.stage(List.of(standings));
    return world.activate();
  }

  private static SystemState.Standing after(TenantId tenant, TenantId... others) {
    return new SystemState.Standing(tenant, true, true, true, List.of(others));
  }

  @Test
  void theIntervalOfTheTimerFollowsTheSystemRepository() throws IOException {
    Path file = world.state.resolve("units/bitbuilder-sync.timer.d/50-interval.conf");
    activate(wanted(ACME));
    assertThat(world.systemd.takeLog()).isEmpty();
    world.interval = Duration.ofSeconds(5);
    activate(wanted(ACME));
    assertThat(file).content().contains("OnUnitActiveSec=5s").contains("OnBootSec=10s");
    assertThat(world.systemd.takeLog())
        .containsExactly("daemon-reload", "try_restart bitbuilder-sync.timer");
    activate(wanted(ACME));
    assertThat(world.systemd.takeLog()).isEmpty();
    world.interval = Duration.ofMinutes(1);
    activate(wanted(ACME));
    assertThat(file).doesNotExist();
  }

  @Test
  void theOrderOfTenantsFollowsTheRegistryAndRestartsNothing() throws IOException {
    Path file = world.state.resolve("units/setup-tenant@acme.service.d/50-order.conf");
    activate(after(ACME, BETA), wanted(BETA));
    assertThat(file).hasContent("[Unit]\nAfter=tenant@beta.target\n");
    assertThat(world.systemd.takeLog()).containsExactly("daemon-reload");
    activate(after(ACME, BETA), wanted(BETA));
    assertThat(world.systemd.takeLog()).isEmpty();
    activate(wanted(ACME), wanted(BETA));
    assertThat(file.getParent()).doesNotExist();
    assertThat(world.systemd.takeLog()).containsExactly("daemon-reload");
  }

  @Test
  void aCircleIsNotHandedToSystemd() throws IOException {
    assertThat(activate(after(ACME, BETA), after(BETA, ACME)).problems())
        .containsExactly(
            "the interval of bitbuilder-sync.timer and the order of tenants cannot be set:"
                + " tenants wait for each other");
    assertThat(world.state.resolve("units")).doesNotExist();
  }
}
