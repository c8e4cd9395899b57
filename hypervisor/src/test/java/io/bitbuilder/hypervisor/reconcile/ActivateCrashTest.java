package io.bitbuilder.hypervisor.reconcile;

import static io.bitbuilder.hypervisor.reconcile.World.ACME;
import static io.bitbuilder.hypervisor.reconcile.World.BETA;
import static io.bitbuilder.hypervisor.reconcile.World.GAMMA;
import static io.bitbuilder.hypervisor.reconcile.World.candidate;
import static io.bitbuilder.hypervisor.reconcile.World.disabled;
import static io.bitbuilder.hypervisor.reconcile.World.unit;
import static io.bitbuilder.hypervisor.reconcile.World.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.generation.Refused;
import io.bitbuilder.hypervisor.generation.Verdict;
import io.bitbuilder.hypervisor.host.FakeSystemd;
import io.bitbuilder.hypervisor.model.CommitId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An activation that is killed at its n-th operation, for every n: on a disk, and between and
 * within what it asks of systemd. The next one, or a boot and the next one, must end where it would
 * have ended itself.
 */
class ActivateCrashTest {
  @TempDir(factory = Memory.class)
  Path temp;

  /** The process is gone: no handler of exceptions runs after this. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Of each thread of a process, whether that was killed. */
  private static final InheritableThreadLocal<AtomicBoolean> GONE = new InheritableThreadLocal<>();

  private static final class Countdown implements Runnable {
    private final AtomicInteger left;

    Countdown(int operations) {
      this.left = new AtomicInteger(operations);
    }

    @Override
    public void run() {
      if (left.getAndDecrement() <= 0) {
        throw new Killed();
      }
    }
  }

  private World before(String name) throws IOException {
    World world = new World(temp.resolve(name));
    world.stage(
        List.of(wanted(ACME), wanted(BETA)),
        candidate(ACME, "a", "cache=1", "db=1", "web=1"),
        candidate(BETA, "b", "web=1"));
    world.activate();
    world.assertConverged();
    world.systemd.breaks(definition -> definition.contains("=bad"));
    return world;
  }

  /** Runs until the n-th operation; whether it came to its end. */
  private static boolean runs(World world, int operations) throws IOException {
    Countdown countdown = new Countdown(operations);
    AtomicBoolean gone = new AtomicBoolean();
    GONE.set(gone);
    world.systemd.before(countdown);
    try {
      world.activate(countdown);
      return true;
    } catch (Killed _) {
      return false;
    } finally {
      GONE.remove();
      gone.set(true);
      // What threads of it are left end at what they do next.
      world.systemd.before(() -> {
        AtomicBoolean own = GONE.get();
        if (own != null && own.get()) {
          throw new Killed();
        }
      });
    }
  }

  private interface Check {
    void check(World world, FakeSystemd.Running untouched) throws IOException;
  }

  private void everywhere(
      String name, boolean reboot, Predicate<World> stage, Check check, int atLeast)
      throws IOException {
    int n = 0;
    boolean done = false;
    while (!done) {
      World world = before(name + n);
      FakeSystemd.Running cache =
          Objects.requireNonNull(world.systemd.running().get(unit(ACME, "cache")));
      assertThat(stage.test(world)).isTrue();
      done = runs(world, n);
      if (!done) {
        if (reboot) {
          world.systemd.reboot();
        }
        world.activate();
      }
      world.assertConverged();
      check.check(world, cache);
      n++;
    }
    assertThat(n).as("operations tried").isGreaterThan(atLeast);
  }

  private static boolean healthy(World world) {
    try {
      world.stage(
          List.of(wanted(ACME), disabled(BETA), wanted(GAMMA)),
          candidate(ACME, "c", "cache=1", "new=1", "web=2"),
          candidate(GAMMA, "d", "web=1"));
      return true;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static boolean unhealthy(World world) {
    try {
      world.stage(
          List.of(wanted(ACME), wanted(BETA)), candidate(ACME, "c", "cache=1", "new=1", "web=bad"));
      return true;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void arrived(World world) throws IOException {
    assertThat(world.store().selection()).containsOnlyKeys(ACME, GAMMA);
    assertThat(world.store().selection()).containsEntry(ACME, 2);
    assertThat(world.generation(ACME, 2).verdict().orElseThrow().state())
        .isEqualTo(Verdict.State.HEALTHY);
    assertThat(new Refused(world.state).entries()).isEmpty();
  }

  private static void returned(World world) throws IOException {
    assertThat(world.store().selection()).containsEntry(ACME, 1).containsEntry(BETA, 1);
    assertThat(world.generation(ACME, 2).verdict().orElseThrow().state())
        .isEqualTo(Verdict.State.REFUSED);
    assertThat(world.generation(ACME, 1).verdict().orElseThrow().state())
        .isEqualTo(Verdict.State.HEALTHY);
    assertThat(
            new Refused(world.state).isRefused(ACME, new CommitId("c".repeat(40)), "c".repeat(40)))
        .isTrue();
  }

  @Test
  void killedAnywhereTheNextRunArrives() throws IOException {
    everywhere(
        "change",
        false,
        ActivateCrashTest::healthy,
        (world, cache) -> {
          arrived(world);
          assertThat(world.systemd.running().get(unit(ACME, "cache")))
              .as("what did not change")
              .isEqualTo(cache);
        },
        80);
  }

  @Test
  void afterAPowerLossAnywhereTheNextRunArrives() throws IOException {
    everywhere("power", true, ActivateCrashTest::healthy, (world, _) -> arrived(world), 80);
  }

  @Test
  void killedOnTheWayBackItStillGoesBack() throws IOException {
    everywhere(
        "return",
        false,
        ActivateCrashTest::unhealthy,
        (world, cache) -> {
          returned(world);
          assertThat(world.systemd.running().get(unit(ACME, "cache"))).isEqualTo(cache);
        },
        80);
  }

  @Test
  void afterAPowerLossOnTheWayBackItStillGoesBack() throws IOException {
    everywhere("lost", true, ActivateCrashTest::unhealthy, (world, _) -> returned(world), 80);
  }

  @Test
  void aCommitThatKillsEveryActivationIsGivenUp() throws IOException {
    World world = before("loop");
    world.stage(
        List.of(wanted(ACME), wanted(BETA)), candidate(ACME, "c", "cache=1", "db=1", "web=2"));
    world.systemd.breaks(definition -> {
      if (definition.contains("=2")) {
        throw new Killed();
      }
      return false;
    });
    int killed = 0;
    while (!runs(world, Integer.MAX_VALUE)) {
      assertThat(++killed).isLessThan(10);
    }
    assertThat(killed).isEqualTo(3);
    returned(world);
    world.assertConverged();
  }
}
