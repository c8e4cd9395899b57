package io.bitbuilder.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.generation.Refused;
import io.bitbuilder.hypervisor.generation.Verdict;
import io.bitbuilder.hypervisor.host.Machine;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CliTest {
  @TempDir Path root;

  private Prepared prepared;

  @BeforeEach
  void prepare() throws IOException {
    prepared = Prepared.threeTenants(root);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "statsu|unknown verb `statsu`|a verb with a similar name exists: status",
        "frobnicate|unknown verb `frobnicate`|see `bitbuilder help`",
        "status --jsno|unknown option `--jsno`|an option with a similar name exists: --json",
        "status extra|unexpected argument `extra`|usage: bitbuilder status [OPTION...]",
        "diff|TENANT is missing|usage: bitbuilder diff [OPTION...] TENANT [N] [M]",
        "logs acme --lines|a value of --lines is missing|usage: bitbuilder logs [OPTION...]"
            + " TENANT[/CONTAINER]",
        "logs acme --lines=0|--lines cannot be `0`|use a number above 0",
        "describe acmee|no tenant `acmee`|a similar name exists: acme",
        "describe zzz|no tenant `zzz`|`bitbuilder tenants` lists them",
        "describe acme/wbe|tenant `acme` has no container or machine `wbe`|a similar name exists: web",
        "diff acme 9|tenant `acme` has no generation `9`|`bitbuilder describe acme` lists them",
        "diff blue-2|tenant `blue-2` has no generation before 1|`bitbuilder describe blue-2` lists them",
        "log nobody|no tenant `nobody`|`bitbuilder tenants` lists them",
        "log --lines=x|--lines cannot be `x`|use a number above 0",
        "console acme|a tenant has no console, its machines have|`bitbuilder describe acme` lists them",
        "shell acme|a tenant has no shell, its containers have|`bitbuilder describe acme` lists them",
        "completion fish|SHELL cannot be `fish`|use bash",
        "status --color=pink|--color cannot be `pink`|use always, never or auto",
        "pin acme 7|tenant `acme` has no generation `7`|`bitbuilder describe acme` lists them",
        "help nothing|unknown verb `nothing`|see `bitbuilder help`"
      })
  void aWrongCommandLineIsSaidToBeSo(String line, String message, String help) throws IOException {
    Prepared.Ran ran = prepared.run(line.split(" ", -1));
    assertThat(ran.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).isEqualTo("error: " + message + "\nhelp: " + help + "\n");
  }

  @Test
  void withoutAVerbItSaysWhereHelpIs() throws IOException {
    assertThat(prepared.run().status()).isEqualTo(ExitStatus.USAGE);
    assertThat(prepared.run("--json").status()).isEqualTo(ExitStatus.USAGE);
    assertThat(prepared.run("--version").out()).isEqualTo("bitbuilder 1.2.3\n");
    assertThat(prepared.run("--help").out()).isEqualTo(prepared.run("help").out());
  }

  @Test
  void optionsMayStandBeforeTheVerb() throws IOException {
    assertThat(prepared.run("--json", "tenants").out())
        .isEqualTo(prepared.run("tenants", "--json").out())
        .startsWith("{");
    Path elsewhere = root.resolve("elsewhere");
    assertThat(prepared.run("--root", elsewhere.toString(), "tenants").out())
        .doesNotContain("acme");
  }

  @Test
  void nothingButATerminalGetsColourAndHints() throws IOException {
    assertThat(prepared.run("status").out()).doesNotContain("\u001b").doesNotContain("see `");
    prepared.onTerminal();
    assertThat(prepared.run("status").out())
        .contains("\u001b[32mrunning\u001b[0m")
        .contains("see `bitbuilder describe acme`");
    assertThat(prepared.run("status", "--color=never").out()).doesNotContain("\u001b");
  }

  @Test
  void textOfOthersCannotForgeALine() throws IOException {
    TenantId evil = new TenantId("mallory");
    prepared.add(evil, "e".repeat(40), "innocent\nacme running \u001b[2J\u202e", "web");
    prepared.record(evil, 1, Verdict.State.DEGRADED, "web: \r\u001b]0;x\u0007");
    prepared.selection.put(evil, 1);
    prepared.finding("mallory", Code.BB201, "unknown key `\u001b[31m\nacme`");
    prepared.finish();
    for (String line : List.of("status", "tenants", "describe mallory", "log mallory", "log")) {
      Prepared.Ran ran = prepared.run(line.split(" ", -1));
      assertThat(ran.out()).isNotEmpty().doesNotContain("\u001b", "\r", "\u202e", "\u0007");
      assertThat(ran.out().lines()).noneMatch(one -> one.startsWith("acme running"));
    }
    assertThat(prepared.run("describe", "no\u001b[2Jone").err()).doesNotContain("\u001b");
  }

  @Test
  void statusOfAHostWithNothingSaysWhatToDo() throws IOException {
    Prepared empty = new Prepared(root.resolve("empty"));
    Prepared.Ran ran = empty.run("status");
    assertThat(ran.status()).isZero();
    assertThat(ran.out()).contains("nothing compiled yet", "bitbuilder sync", "tenants  none");
  }

  @Test
  void aTenantWithoutAGenerationIsPendingOrElsewhere() throws IOException {
    prepared.standing("fresh", true, true);
    prepared.standing("remote", true, false);
    prepared.finish();
    assertThat(prepared.run("tenants").out().lines())
        .anyMatch(line -> line.startsWith("fresh") && line.contains("pending"))
        .anyMatch(line -> line.startsWith("remote") && line.contains("elsewhere"));
  }

  @Test
  void describeTellsTheRefusedRevisions() throws IOException {
    TenantId acme = new TenantId("acme");
    new Refused(prepared.state())
        .refuse(acme, new CommitId("f".repeat(40)), "", "web: http :80/ 500");
    assertThat(prepared.run("describe", "acme").out())
        .contains("refused revisions", "ffffffffffff", "web: http :80/ 500");
  }

  @Test
  void pinnedGenerationsAreMarkedAndUnmarked() throws IOException {
    TenantId acme = new TenantId("acme");
    assertThat(prepared.run("pin", "acme", "1").status()).isZero();
    assertThat(prepared.store.generation(acme, 1).orElseThrow().pinned()).isTrue();
    assertThat(prepared.run("describe", "acme").out()).contains("1 pinned");
    assertThat(prepared.run("unpin", "acme", "1").status()).isZero();
    assertThat(prepared.store.generation(acme, 1).orElseThrow().pinned()).isFalse();
  }

  @Test
  void logsAsksTheJournalForExactlyTheTenantsUnits() throws IOException {
    prepared.host.exit = 3;
    assertThat(prepared.run("logs", "blue-2/api", "-f", "--lines=5").status()).isEqualTo(3);
    prepared.run("logs", "blue-2", "--since=-1h", "--json");
    prepared.run("logs", "acme/web", "--inside");
    assertThat(prepared.host.asked)
        .containsExactly(
            "journalctl --quiet --follow --lines=5"
                + " --unit=tenant-container@blue\\x2d2-api.service",
            "journalctl --quiet --since=-1h --output=json"
                + " _SYSTEMD_UNIT=tenant-container@blue\\x2d2-api.service"
                + " + _PID=1 UNIT=tenant-container@blue\\x2d2-api.service"
                + " + _SYSTEMD_UNIT=setup-tenant@blue\\x2d2.service"
                + " + _PID=1 UNIT=setup-tenant@blue\\x2d2.service"
                + " + _SYSTEMD_UNIT=tenant-network@blue\\x2d2.service"
                + " + _PID=1 UNIT=tenant-network@blue\\x2d2.service"
                + " + _UID=0 TENANT=blue-2",
            "journalctl --quiet --machine=web.acme");
  }

  @Test
  void shellEntersOnlyAContainerOfTheTenantThatRuns() throws IOException {
    TenantId acme = new TenantId("acme");
    assertThat(prepared.run("shell", "acme/web").status()).isEqualTo(ExitStatus.TRY_LATER);
    // A machine of the same name that another unit runs is not the tenant's.
    prepared.host.machines.put("web.acme", new Machine("web.acme", "x.service", 7, List.of()));
    assertThat(prepared.run("shell", "acme/web").status()).isEqualTo(ExitStatus.TRY_LATER);
    assertThat(prepared.host.asked).isEmpty();

    String web = Prepared.unit(acme, "web");
    String job = Prepared.unit(acme, "job");
    prepared.host.machines.put("web.acme", new Machine("web.acme", web, 7, List.of()));
    prepared.host.machines.put("job.acme", new Machine("job.acme", job, 8, List.of()));
    assertThat(prepared.run("shell", "acme/web").status()).isZero();
    assertThat(prepared.run("shell", "acme/job", "--", "ls", "-l").status()).isZero();
    assertThat(prepared.host.asked.get(0)).isEqualTo("machinectl shell --quiet root@web.acme");
    assertThat(prepared.host.asked.get(1))
        .contains(" nsenter --target=8 --all ")
        .endsWith(" -- ls -l");
    assertThat(Json.parseObject(prepared.run("shell", "acme/web", "--json").out()))
        .containsEntry("machine", "web.acme")
        .containsEntry("leader", 7L);
    assertThat(prepared.host.asked).hasSize(2);
  }

  @Test
  void aCommandThatEndedIsExitedUnlessItWasToStay() throws IOException {
    TenantId acme = new TenantId("acme");
    Prepared one = new Prepared(root.resolve("other"));
    one.add(acme, "a".repeat(40), "Add jobs", "once", "web");
    one.record(acme, 1, Verdict.State.HEALTHY, "");
    one.standing("acme", true, true);
    one.selection.put(acme, 1);
    one.finish();
    one.host.exited(Prepared.unit(acme, "once"));
    one.host.unit(Prepared.unit(acme, "web"), "active");
    assertThat(one.run("status").out()).contains("(1 running)").doesNotContain("once is");
    assertThat(one.run("describe", "acme").out()).containsPattern("once +container +exited");
    assertThat(one.run("status", "--json").out()).contains("\"state\": \"exited\"");
    assertThat(one.run("health", "acme").out()).containsPattern("once +unit +passed +has exited");

    one.host.exited(Prepared.unit(acme, "web"));
    assertThat(one.run("status").out()).as("it has an init").contains("web is inactive");

    one.add(acme, "b".repeat(40), "Only one", "once");
    one.selection.put(acme, 2);
    one.finish();
    assertThat(one.run("status").out()).contains("(1 exited)");

    one.add(acme, "c".repeat(40), "With a check", "job");
    one.selection.put(acme, 3);
    one.finish();
    one.host.exited(Prepared.unit(acme, "job"));
    assertThat(one.run("status").out()).as("it has a check").contains("job is exited");
  }
}
