package io.bitbuilder.hypervisor.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LocalSystemdTest {
  @TempDir Path root;
  private final FakeCommands commands = new FakeCommands();
  private Systemd systemd;

  @BeforeEach
  void start() {
    systemd = new LocalSystemd(root, commands);
  }

  private FakeVarlink manager() throws IOException {
    return new FakeVarlink(root.resolve("run/systemd/io.systemd.Manager"));
  }

  private FakeVarlink machines() throws IOException {
    return new FakeVarlink(root.resolve("run/systemd/machine/io.systemd.Machine"));
  }

  @Test
  void aReloadIsAskedForByVarlink() throws IOException {
    try (FakeVarlink manager = manager()) {
      systemd.daemonReload();
      assertThat(manager.calls)
          .containsExactly("{\"method\":\"io.systemd.Manager.Reload\",\"parameters\":{}}");
    }
    assertThat(commands.asked).isEmpty();
  }

  @Test
  void anOlderManagerIsAskedBySystemctl() throws IOException {
    systemd.daemonReload();
    try (FakeVarlink manager = manager()) {
      manager.answer("{\"error\":\"org.varlink.service.MethodNotFound\"}\0");
      systemd.daemonReload();
    }
    assertThat(commands.asked)
        .containsExactly("systemctl daemon-reload", "systemctl daemon-reload");
  }

  @Test
  void aRefusedReloadIsAnError() {
    commands.answer("systemctl daemon-reload", 1, "", "Access denied\n");
    assertThatThrownBy(() -> systemd.daemonReload()).hasMessageContaining("Access denied");
  }

  @Test
  void aManagerThatBreaksOffIsAnError() throws IOException {
    try (FakeVarlink manager = manager()) {
      for (String half : List.of("", "{\"param", "not json\0")) {
        manager.answer(half);
        assertThatThrownBy(() -> systemd.daemonReload())
            .isInstanceOf(IOException.class)
            .hasMessageContaining("io.systemd.Manager.Reload");
      }
    }
  }

  @Test
  void machinesComeInAnyPiecesWithoutTheHost() throws IOException {
    try (FakeVarlink machines = machines()) {
      machines.answer(
          "{\"parameters\":{\"name\":\".host\",\"leader\":{\"pid\":1}},\"continues\":true}\0{\"para",
          "meters\":{\"name\":\"web.acme\",\"unit\":\"u.service\",\"leader\":{\"pid\":42},"
              + "\"addresses\":[{\"family\":10,\"address\":[254,128,0,0,0,0,0,0,0,0,0,0,0,0,0,1]},"
              + "{\"family\":10,\"address\":[253,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2]},"
              + "{\"family\":2,\"address\":[10,128,0,2]}]},\"continues\":true}",
          "\0{\"parameters\":{\"name\":\"b\"}}\0");
      SortedMap<String, Machine> found = systemd.machines();
      assertThat(found).containsOnlyKeys("web.acme", "b");
      assertThat(found.get("web.acme"))
          .isEqualTo(
              new Machine(
                  "web.acme", "u.service", 42, List.of("10.128.0.2", "fd00:0:0:0:0:0:0:2")));
      assertThat(machines.calls.getFirst()).contains("\"more\":true");
    }
  }

  @Test
  void aMachineThatDoesNotRunIsNone() throws IOException {
    try (FakeVarlink machines = machines()) {
      machines.answer("{\"error\":\"io.systemd.Machine.NoSuchMachine\",\"parameters\":{}}\0");
      assertThat(systemd.machine("web.acme")).isEmpty();
      machines.answer("{\"error\":\"org.varlink.service.PermissionDenied\"}\0");
      assertThatThrownBy(() -> systemd.machine("web.acme")).hasMessageContaining("Permission");
    }
  }

  @Test
  void statesOfManyUnitsAreOneQuestion() throws IOException {
    commands.answer(
        "systemctl show",
        0,
        """
        Id=a.service
        LoadState=loaded
        ActiveState=active
        SubState=running
        Result=success
        InvocationID=abc
        NRestarts=2
        StateChangeTimestamp=@1795553164
        ExecMainStatus=0
        StatusText=Ready = yes

        Id=b.service
        LoadState=not-found
        ActiveState=inactive
        SubState=dead
        StateChangeTimestamp=
        InvocationID=

        Id=c.service
        LoadState=loaded
        ActiveState=inactive
        SubState=dead
        Job=1404
        """,
        "");
    SortedMap<String, UnitState> states = systemd.states(List.of("a.service", "b*", "c.service"));
    assertThat(commands.asked).singleElement().asString().endsWith("-- a.service b* c.service");
    assertThat(states.get("a.service"))
        .isEqualTo(
            new UnitState(
                "a.service",
                "loaded",
                "active",
                "running",
                "success",
                "abc",
                2,
                Optional.of(Instant.ofEpochSecond(1795553164)),
                0,
                "Ready = yes"));
    UnitState missing = Objects.requireNonNull(states.get("b.service"));
    assertThat(missing.exists()).isFalse();
    assertThat(missing.isDown()).isTrue();
    UnitState waiting = Objects.requireNonNull(states.get("c.service"));
    assertThat(waiting.isDown()).as("its next start is queued").isFalse();
    assertThat(waiting.active()).isEqualTo("activating");
  }

  @Test
  void manyJobsAreOneCallAndNoneIsNoCall() throws IOException {
    commands.answer("systemctl", 1, "", "Job for b.service failed.\n");
    assertThat(systemd.run(Systemd.Verb.START, List.of(), Duration.ofSeconds(1)).ok()).isTrue();
    assertThat(commands.asked).isEmpty();
    Systemd.Done done =
        systemd.run(Systemd.Verb.STOP, List.of("a.service", "b.service"), Duration.ofSeconds(1));
    assertThat(done).isEqualTo(new Systemd.Done(false, false, "Job for b.service failed."));
    assertThat(commands.asked)
        .containsExactly("systemctl --no-ask-password --quiet stop -- a.service b.service");
  }

  private void shows(String... units) {
    commands.answer("systemctl show", 0, String.join("\n", units), "");
  }

  private static String unit(String id, String active, String result, int job, long changed) {
    return String.join(
        "\n",
        "Id=" + id,
        "LoadState=loaded",
        "ActiveState=" + active,
        "Result=" + result,
        "Job=" + (job == 0 ? "" : job),
        "StateChangeTimestampMonotonic=" + changed,
        "");
  }

  private Systemd.Done start(Duration limit) throws IOException {
    return systemd.run(Systemd.Verb.START, List.of("a.service", "b.service"), limit);
  }

  @Test
  void aStartIsAskedForAndWatched() throws IOException {
    shows(
        unit("a.service", "active", "success", 0, 1),
        unit("b.service", "inactive", "success", 0, Long.MAX_VALUE));
    assertThat(start(Duration.ofSeconds(9))).as("b has run and ended").isEqualTo(Systemd.Done.OK);
    assertThat(commands.asked.getFirst())
        .isEqualTo("systemctl --no-ask-password --quiet --no-block start -- a.service b.service");
    assertThat(commands.asked).hasSize(2);
  }

  @Test
  void aStartThatFailsSaysWhatFailed() throws IOException {
    shows(
        unit("a.service", "failed", "exit-code", 0, Long.MAX_VALUE),
        unit("b.service", "inactive", "success", 0, 1));
    assertThat(start(Duration.ofSeconds(9)))
        .isEqualTo(
            new Systemd.Done(
                false,
                false,
                "a.service is failed: exit-code\n"
                    + "b.service did not start, for something it needs did not"));
  }

  @Test
  void aStartThatIsNotOverIsNotWaitedForLonger() throws IOException {
    shows(
        unit("a.service", "active", "success", 0, 1),
        unit("b.service", "activating", "success", 7, 1));
    assertThat(start(Duration.ofMillis(60)).timedOut()).isTrue();
  }

  @Test
  void aRefusedStartIsNotWaitedFor() throws IOException {
    commands.answer("systemctl --no-ask", 1, "", "Unit b.service is masked.\n");
    assertThat(start(Duration.ofSeconds(9)))
        .isEqualTo(new Systemd.Done(false, false, "Unit b.service is masked."));
    assertThat(commands.asked).hasSize(1);
  }

  @Test
  void whatRunsOnceIsWaitedForBySystemctl() throws IOException {
    Duration limit = Duration.ofSeconds(9);
    assertThat(systemd.run(Systemd.Verb.RUN, List.of("bitbuilder-compile.service"), limit).ok())
        .isTrue();
    assertThat(commands.asked)
        .containsExactly("systemctl --no-ask-password --quiet start -- bitbuilder-compile.service");
  }

  @Test
  void aFailedQuestionIsAnError() {
    commands.answer("systemctl show", 1, "", "Failed to connect\n");
    assertThatThrownBy(() -> systemd.states(List.of("a.service")))
        .hasMessageContaining("Failed to connect");
  }
}
