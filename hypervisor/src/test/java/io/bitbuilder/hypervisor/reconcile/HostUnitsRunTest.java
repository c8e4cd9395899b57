package io.bitbuilder.hypervisor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.activation.Announcer;
import io.bitbuilder.hypervisor.activation.HostSwitch;
import io.bitbuilder.hypervisor.generation.AuditLog;
import io.bitbuilder.hypervisor.generation.Breakable;
import io.bitbuilder.hypervisor.generation.HostStore;
import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.host.FakePace;
import io.bitbuilder.hypervisor.host.UnitsManager;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.HostUnits;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.VerifyMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The host's own units: verified, carried out, taken back, and taken up after any interruption. */
final class HostUnitsRunTest {
  private static final CommitId ONE = FakeStages.commit(1);
  private static final CommitId TWO = FakeStages.commit(2);
  private static final CommitId THREE = FakeStages.commit(3);
  private static final CommitId FOUR = FakeStages.commit(4);
  private static final String INSTALL = "[Install]\nWantedBy=multi-user.target\n";

  @TempDir Path temp;

  /** A host and what was fetched for it. */
  private static final class World {
    final Path state;
    final FakeStages stages = new FakeStages();
    final UnitsManager systemd;
    final FakePace pace = new FakePace();
    boolean rollback = true;

    World(Path root) throws IOException {
      state = Files.createDirectories(root.resolve("var/lib/bitbuilder"));
      systemd = new UnitsManager(state);
      stages.hostVerify = VerifyMode.REQUIRE;
      stages.signed.addAll(List.of(ONE, TWO, THREE, FOUR));
      stages.hostUnits.put(ONE, units("first"));
    }

    HostStore store() {
      return new HostStore(state);
    }

    Optional<String> run(CommitId commit) throws IOException {
      return run(commit, () -> {});
    }

    Optional<String> run(CommitId commit, Runnable before) throws IOException {
      HostStore store = new Breakable(state, before).hostStore();
      systemd.before(before);
      return new HostUnitsRun(
              () -> stages,
              store,
              new PortableServices(systemd),
              new HostSwitch(state.resolve("../../.."), store, systemd, pace),
              new Announcer(new AuditLog(state), (_, _, _, _) -> {}),
              pace)
          .carryOut(system(commit));
    }

    private SystemState system(CommitId commit) {
      return new SystemState(
          commit.value(),
          false,
          List.of(),
          List.of(),
          new SystemConfig.Retention(10, Duration.ofDays(7)),
          new SystemConfig.Health(Duration.ofMinutes(5), rollback),
          Duration.ofMinutes(1),
          List.of(),
          List.of(),
          Optional.empty(),
          new TreeMap<>(),
          new TreeMap<>());
    }

    List<AuditLog.Event> told() throws IOException {
      return new AuditLog(state).entries().stream().map(AuditLog.Entry::event).toList();
    }
  }

  private static HostUnits units(String text, String... others) {
    TreeMap<String, String> units = new TreeMap<>();
    units.put("a.service", "# " + text + "\n" + INSTALL);
    units.put("b.service", INSTALL);
    for (String other : others) {
      units.put(other, INSTALL);
    }
    return new HostUnits(
        units,
        new TreeMap<>(Map.of("gen", "#!/bin/sh\n")),
        new TreeMap<>(Map.of("tools.sysext.raw", "first", "old.confext.raw", "old")));
  }

  /** The same with these extensions alone. */
  private static HostUnits extended(HostUnits units, Map<String, String> extensions) {
    return new HostUnits(units.units(), units.generators(), new TreeMap<>(extensions));
  }

  private World world(String name) throws IOException {
    World world = new World(temp.resolve(name));
    assertThat(world.run(ONE)).isEmpty();
    assertThat(world.systemd.running()).containsOnlyKeys("a.service", "b.service");
    world.systemd.takeLog();
    return world;
  }

  @Test
  void theFirstStartsAndIsTold() throws IOException {
    World world = world("first");
    assertThat(world.told()).containsExactly(AuditLog.Event.HEALTHY);
    assertThat(world.store().current()).isEqualTo(1);
    Path generator = world.state.resolve("generations/system/current/generators/gen");
    assertThat(Files.isExecutable(generator)).isTrue();
    assertThat(
            Files.readSymbolicLink(
                world.state.resolve(
                    "generations/system/current/units/multi-user.target.wants/a.service")))
        .isEqualTo(Path.of("../a.service"));
    assertThat(world.systemd.merged())
        .isEqualTo(Map.of("tools.sysext.raw", "first", "old.confext.raw", "old"));
  }

  @Test
  void extensionsAreMergedBeforeUnitsAndOnlyWhenTheyAreOthers() throws IOException {
    World world = world("extensions");
    world.stages.hostUnits.put(
        TWO, extended(units("first", "c.service"), Map.of("tools.sysext.raw", "second")));
    assertThat(world.run(TWO)).isEmpty();
    assertThat(world.systemd.takeLog())
        .containsExactly("RESTART bitbuilder-extensions.service", "RUN c.service");
    assertThat(world.systemd.merged()).isEqualTo(Map.of("tools.sysext.raw", "second"));
    Path images = world.state.resolve("generations/system/images");
    assertThat(images.toFile().list())
        .containsExactlyInAnyOrder(
            "first-tools.sysext.raw", "second-tools.sysext.raw", "old-old.confext.raw");
    world.store().prune(1);
    assertThat(images.toFile().list()).containsExactly("second-tools.sysext.raw");
  }

  @Test
  void whatSystemdDoesNotTakeIsRefusedWithWhatItSays() throws IOException {
    World world = world("refused");
    Map<String, String> before = world.systemd.running();
    world.stages.hostUnits.put(
        TWO, extended(units("first", "c.service"), Map.of("tools.sysext.raw", "broken")));
    assertThat(world.run(TWO)).contains("not an image");
    assertThat(world.systemd.running()).isEqualTo(before);
    assertThat(world.systemd.merged())
        .isEqualTo(Map.of("tools.sysext.raw", "first", "old.confext.raw", "old"));
    assertThat(world.systemd.failed()).isEmpty();
    assertThat(world.store().standing().refused().orElseThrow().reason()).isEqualTo("not an image");
  }

  @Test
  void aPortableServiceRunsInItsImageAndStartsAgainWithAnother() throws IOException {
    World world = world("portable");
    HostUnits first = extended(units("first"), Map.of("app_1.portable.raw", "one"));
    world.stages.hostUnits.put(TWO, first);
    assertThat(world.run(TWO)).isEmpty();
    assertThat(world.systemd.running().get("app.service"))
        .contains("# one", "RootImage=" + world.state, "/images/one-app_1.portable.raw\n");
    Path units = world.state.resolve("generations/system/current/units");
    assertThat(Files.readSymbolicLink(units.resolve("app.service.d/10-profile.conf")))
        .isEqualTo(Path.of("/usr/lib/systemd/portable/profile/default/service.conf"));
    HostStore.Made made = world.store().generation(2).orElseThrow();
    assertThat(made.declared()).isEqualTo(first);
    assertThat(made.units().units()).containsKeys("app.service", "app.service.d/20-portable.conf");
    world.systemd.takeLog();
    world.stages.hostUnits.put(
        THREE, extended(units("first"), Map.of("app_2.portable.raw", "two")));
    assertThat(world.run(THREE)).isEmpty();
    assertThat(world.systemd.takeLog()).containsExactly("RESTART app.service");
    assertThat(world.systemd.running().get("app.service")).contains("# two");
    world.store().prune(1);
    assertThat(world.state.resolve("generations/system/images").toFile().list())
        .containsExactly("two-app_2.portable.raw");
  }

  @Test
  void whatTheOperatorSaysOfAPortableServiceComesFirst() throws IOException {
    World world = world("drop-ins");
    TreeMap<String, String> units = new TreeMap<>(units("first").units());
    units.put("app.service.d/10-profile.conf", "[Service]\nPrivateNetwork=yes\n");
    units.put("app.service.d/50-more.conf", "[Service]\nNice=5\n");
    world.stages.hostUnits.put(
        TWO,
        new HostUnits(units, new TreeMap<>(), new TreeMap<>(Map.of("app.portable.raw", "one"))));
    assertThat(world.run(TWO)).isEmpty();
    assertThat(world.systemd.running().get("app.service"))
        .contains("PrivateNetwork=yes", "Nice=5", "RootImage=");
  }

  @Test
  void anImageThatIsNoPortableServiceIsRefusedAndNothingChanges() throws IOException {
    World world = world("no-portable");
    Map<String, String> before = world.systemd.running();
    world.stages.hostUnits.put(
        TWO, extended(units("second"), Map.of("app.portable.raw", "no-service")));
    String why = "app.portable.raw: Couldn't find any matching unit files";
    assertThat(world.run(TWO)).contains(why);
    assertThat(world.store().standing().refused().orElseThrow().reason()).isEqualTo(why);
    assertThat(world.told()).endsWith(AuditLog.Event.REFUSED);
    world.stages.hostUnits.put(
        THREE, extended(units("second", "app.service"), Map.of("app.portable.raw", "one")));
    assertThat(world.run(THREE)).contains("app.portable.raw: there are two of `app.service`");
    TreeMap<String, String> alias = new TreeMap<>(units("second").units());
    alias.put("b.service", INSTALL + "Alias=app.service\n");
    world.stages.hostUnits.put(
        FOUR,
        new HostUnits(alias, new TreeMap<>(), new TreeMap<>(Map.of("app.portable.raw", "one"))));
    assertThat(world.run(FOUR)).contains("app.portable.raw: there are two of `app.service`");
    assertThat(world.systemd.running()).isEqualTo(before);
    assertThat(world.store().current()).isEqualTo(1);
  }

  @Test
  void whenAUnitFailsExtensionsGoBackToo() throws IOException {
    World world = world("unit");
    world.stages.hostUnits.put(
        TWO, extended(units("broken"), Map.of("tools.sysext.raw", "second")));
    assertThat(world.run(TWO)).contains("a.service failed: exit-code");
    assertThat(world.systemd.merged())
        .isEqualTo(Map.of("tools.sysext.raw", "first", "old.confext.raw", "old"));
  }

  @Test
  void theSameAgainAsksNobody() throws IOException {
    World world = world("same");
    int asked = world.stages.accepted.size();
    assertThat(world.run(ONE)).isEmpty();
    assertThat(world.stages.accepted).hasSize(asked);
    world.stages.hostUnits.put(TWO, units("first"));
    assertThat(world.run(TWO)).isEmpty();
    assertThat(world.systemd.takeLog()).isEmpty();
    assertThat(world.store().standing().commit()).contains(TWO);
    // From the last one that was carried out, whatever anybody else took for accepted.
    assertThat(world.stages.accepted.getLast()).contains(ONE);
  }

  @Test
  void onlyWhatIsAnotherRestarts() throws IOException {
    World world = world("another");
    world.stages.hostUnits.put(TWO, units("second", "c.service"));
    assertThat(world.run(TWO)).isEmpty();
    assertThat(world.systemd.takeLog()).containsExactly("RESTART a.service", "RUN c.service");
    world.stages.hostUnits.put(THREE, units("second"));
    assertThat(world.run(THREE)).isEmpty();
    assertThat(world.systemd.takeLog()).containsExactly("STOP c.service", "RESET_FAILED c.service");
  }

  @Test
  void whatDoesNotStayUpIsTakenBackOnceAndForAll() throws IOException {
    World world = world("broken");
    Map<String, String> before = world.systemd.running();
    world.stages.hostUnits.put(TWO, units("broken", "c.service"));
    assertThat(world.run(TWO)).contains("a.service failed: exit-code");
    assertThat(world.systemd.running()).isEqualTo(before);
    assertThat(world.store().current()).isEqualTo(1);
    assertThat(world.told())
        .containsExactly(AuditLog.Event.HEALTHY, AuditLog.Event.REFUSED, AuditLog.Event.RETURNED);
    world.systemd.takeLog();
    assertThat(world.run(TWO)).isEmpty();
    assertThat(world.systemd.takeLog()).isEmpty();
    assertThat(world.store().standing().refused().orElseThrow().commit()).isEqualTo(TWO);
    world.stages.hostUnits.put(THREE, units("third"));
    assertThat(world.run(THREE)).isEmpty();
    assertThat(world.store().standing().refused()).isEmpty();
  }

  @Test
  void whatIsNewAndFailedIsForgotten() throws IOException {
    World world = world("forgotten");
    TreeMap<String, String> units = new TreeMap<>(units("first").units());
    units.put("c.service", "# broken\n" + INSTALL);
    world.stages.hostUnits.put(TWO, new HostUnits(units, new TreeMap<>(), new TreeMap<>()));
    assertThat(world.run(TWO)).contains("c.service failed: exit-code");
    assertThat(world.systemd.running()).containsOnlyKeys("a.service", "b.service");
    assertThat(world.systemd.failed()).isEmpty();
  }

  @Test
  void withoutRollbackItStays() throws IOException {
    World world = world("stays");
    world.rollback = false;
    world.stages.hostUnits.put(TWO, units("broken"));
    assertThat(world.run(TWO)).isPresent();
    assertThat(world.store().current()).isEqualTo(2);
    assertThat(world.told()).endsWith(AuditLog.Event.DEGRADED);
  }

  @Test
  void whatNobodySignedIsNotReadAtAll() throws IOException {
    World world = world("unsigned");
    world.stages.signed.remove(TWO);
    world.stages.hostUnits.put(TWO, units("evil"));
    assertThat(world.run(TWO).orElseThrow()).contains("unchanged", "not signed");
    assertThat(world.systemd.takeLog()).isEmpty();
    assertThat(world.store().current()).isEqualTo(1);
  }

  @Test
  void whenNothingIsLeftNothingCounts() throws IOException {
    World world = world("none");
    assertThat(world.run(TWO)).isEmpty();
    assertThat(world.store().current()).isZero();
    assertThat(world.systemd.running()).isEmpty();
    assertThat(world.systemd.merged()).isEmpty();
  }

  /** The process is gone. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void killedAtAnyMomentTheNextOneEndsWhereItWouldHave() throws IOException {
    Map<String, String> image = Map.of("tools.sysext.raw", "second");
    killedAtAnyMoment("good", extended(units("second", "c.service"), image), false);
    killedAtAnyMoment("unit", extended(units("broken", "c.service"), image), true);
    HostUnits notAnImage =
        extended(units("second", "c.service"), Map.of("tools.sysext.raw", "broken"));
    killedAtAnyMoment("image", notAnImage, true);
    Map<String, String> portable = Map.of("tools.sysext.raw", "second", "app.portable.raw", "one");
    killedAtAnyMoment("portable", extended(units("second", "c.service"), portable), false);
  }

  private void killedAtAnyMoment(String name, HostUnits next, boolean broken) throws IOException {
    int operations = 0;
    for (boolean killed = true; killed; operations++) {
      World world = world(name + "-" + operations);
      world.stages.hostUnits.put(TWO, next);
      AtomicInteger left = new AtomicInteger(operations);
      try {
        world.run(
            TWO,
            () -> {
              if (left.getAndDecrement() <= 0) {
                throw new Killed();
              }
            });
        killed = false;
      } catch (Killed _) {
        world.run(TWO);
      }
      assertThat(world.store().current() == 1).as("at %d", operations).isEqualTo(broken);
      assertThat(world.systemd.running().get("a.service"))
          .as("at %d", operations)
          .contains(broken ? "first" : "second");
      assertThat(world.systemd.running().containsKey("c.service")).isEqualTo(!broken);
      assertThat(world.systemd.merged().get("tools.sysext.raw"))
          .as("at %d", operations)
          .isEqualTo(broken ? "first" : "second");
      assertThat(world.systemd.merged().containsKey("old.confext.raw")).isEqualTo(broken);
      assertThat(world.store().standing().flight()).isEmpty();
    }
    assertThat(operations).isGreaterThan(20);
  }
}
