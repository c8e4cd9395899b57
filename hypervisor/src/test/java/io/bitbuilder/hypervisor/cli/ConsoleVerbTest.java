package io.bitbuilder.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.generation.Verdict;
import io.bitbuilder.hypervisor.host.Console;
import io.bitbuilder.hypervisor.host.Machine;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleVerbTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final String UNIT = "tenant-machine@acme-vm.service";

  @TempDir Path root;
  private Prepared prepared;

  @BeforeEach
  void machine() throws IOException {
    prepared = new Prepared(root).onTerminal();
    prepared.add(ACME, "a".repeat(40), "A machine", "job", "vm", "web");
    prepared.record(ACME, 1, Verdict.State.HEALTHY, "");
    prepared.standing("acme", true, true);
    prepared.selection.put(ACME, 1);
    prepared.finish();
    prepared.host.unit(UNIT, "active");
  }

  private Prepared.Ran attach(Console.End end, int status) throws IOException {
    prepared.host.end = end;
    Prepared.Ran ran = prepared.run("console", "acme/vm", "--color=never");
    assertThat(ran.status()).isEqualTo(status);
    return ran;
  }

  @Test
  void joinsTheTerminalWithTheMachinesOwnSocket() throws IOException {
    Prepared.Ran ran = attach(new Console.Left(), ExitStatus.DONE);
    assertThat(prepared.host.asked)
        .containsExactly("attach " + root + "/run/bitbuilder/machines/acme/vm/console 4390912");
    assertThat(ran.err())
        .startsWith("console of machine `acme/vm`; ")
        .contains("Ctrl-] three times")
        .endsWith("\r\nleft the console of machine `acme/vm`\n");
    assertThat(attach(new Console.Closed(), ExitStatus.DONE).err())
        .endsWith("\r\nmachine `acme/vm` closed its console\n");
  }

  @Test
  void saysWhyNot() throws IOException {
    assertThat(attach(new Console.Taken("12"), ExitStatus.TRY_LATER).err())
        .isEqualTo(
            """
            error: somebody is at the console of machine `acme/vm` (process 12)
            help: try again when they have left it
            """);
    Console.End absent = new Console.Absent("refused \u001b[2J");
    assertThat(attach(absent, ExitStatus.TRY_LATER).err())
        .startsWith("error: the console of machine `acme/vm` does not answer: refused \\")
        .endsWith("help: see `bitbuilder logs acme/vm`\n");
    prepared.host.unit(UNIT, "failed");
    assertThat(attach(absent, ExitStatus.TRY_LATER).err())
        .startsWith("error: machine `acme/vm` does not run\n");
  }

  @Test
  void programsGetTheSocketAndPipesARefusal() throws IOException {
    assertThat(Json.parseObject(prepared.run("console", "acme/vm", "--json").out()))
        .containsEntry("machine", "vm.acme")
        .containsEntry("socket", root + "/run/bitbuilder/machines/acme/vm/console");
    Prepared piped = new Prepared(root);
    Prepared.Ran ran = piped.run("console", "acme/vm");
    assertThat(ran.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(ran.err()).contains("a console needs a terminal").contains("--json");
    assertThat(piped.host.asked).isEmpty();
  }

  @Test
  void aContainerThatBootsHasALogin() throws IOException {
    Prepared.Ran down = prepared.run("console", "acme/web", "--color=never");
    assertThat(down.status()).isEqualTo(ExitStatus.TRY_LATER);
    assertThat(down.err()).startsWith("error: container `acme/web` does not run\n");
    prepared.host.machines.put(
        "web.acme", new Machine("web.acme", Prepared.unit(ACME, "web"), 7, List.of()));
    assertThat(prepared.run("console", "acme/web").status()).isZero();
    assertThat(prepared.host.asked).containsExactly("machinectl login web.acme");
    Prepared.Ran command = prepared.run("console", "acme/job", "--color=never");
    assertThat(command.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(command.err()).endsWith("help: bitbuilder shell acme/job\n");
  }

  @Test
  void shellOfAMachineNamesTheConsole() throws IOException {
    Prepared.Ran ran = prepared.run("shell", "acme/vm", "--color=never");
    assertThat(ran.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(ran.err())
        .endsWith(
            "help: `bitbuilder console acme/vm` logs in at its console,"
                + " `ssh 10.128.4.3` with a key the machine knows\n");
  }
}
