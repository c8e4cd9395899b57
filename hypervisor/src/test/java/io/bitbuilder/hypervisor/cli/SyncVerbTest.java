package io.bitbuilder.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.generation.Refused;
import io.bitbuilder.hypervisor.generation.Verdict;
import io.bitbuilder.hypervisor.host.Systemd;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.reconcile.FetchRun;
import io.bitbuilder.hypervisor.sync.FetchState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncVerbTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final String FETCH = "bitbuilder-fetch.service";
  private static final String ACTIVATE = "bitbuilder-activate.service";

  @TempDir Path root;

  private Prepared prepared;

  @BeforeEach
  void prepare() throws IOException {
    prepared = Prepared.threeTenants(root);
    prepared.findings.clear();
    prepared.finish();
    Path configuration = Files.createDirectories(root.resolve("etc/bitbuilder"));
    Files.writeString(
        configuration.resolve("host.yaml"),
        "systemRepository: {url: 'file:///srv/git/system.git'}\nverify: off\n");
    prepared.host.steps.put(FETCH, this::fetched);
  }

  private void fetched() throws IOException {
    Path objects = Files.createDirectories(prepared.state().resolve("objects"));
    FetchState none = FetchState.NONE;
    new FetchState(Instant.now(), "", "", none.maxAge(), none.repositories(), none.images())
        .write(objects, none);
  }

  @Test
  void anUntoldHostSaysWhatIsMissingAndStartsNothing() throws IOException {
    Files.delete(root.resolve("etc/bitbuilder/host.yaml"));
    Prepared.Ran ran = prepared.run("sync");
    assertThat(ran.status()).isEqualTo(ExitStatus.REJECTED);
    assertThat(ran.out()).contains("error[BB705]");
    assertThat(prepared.host.asked).isEmpty();
  }

  @Test
  void fetchIsToldThatSomebodyWaits() throws IOException {
    prepared.run("sync");
    assertThat(root.resolve(FetchRun.HURRY)).exists();
  }

  @Test
  void nothingToDoIsSilent() throws IOException {
    assertThat(prepared.run("sync")).isEqualTo(new Prepared.Ran(0, "", ""));
    assertThat(prepared.host.asked)
        .containsExactly(
            "RUN bitbuilder-fetch.service", "RUN bitbuilder-compile.service", "RUN " + ACTIVATE);
  }

  /** It may have looked before what was pushed came. */
  @Test
  void whatIsUnderWayIsWaitedForAndThenStarted() throws IOException {
    // What was under way ends without having begun after it was asked for.
    prepared.host.steps.put(FETCH, () -> prepared.host.steps.put(FETCH, this::fetched));
    assertThat(prepared.run("sync").status()).isZero();
    assertThat(prepared.host.asked)
        .startsWith(
            "RUN bitbuilder-fetch.service",
            "RUN bitbuilder-fetch.service",
            "RUN bitbuilder-compile.service");
    prepared.host.asked.clear();
    Path changed = root.resolve(FetchRun.CHANGED);
    Files.createDirectories(Objects.requireNonNull(changed.getParent()));
    Files.createFile(changed);
    prepared.run("sync");
    assertThat(prepared.host.asked)
        .containsExactly(
            "RUN bitbuilder-fetch.service",
            "RUN bitbuilder-compile.service",
            "RUN bitbuilder-compile.service",
            "RUN " + ACTIVATE);
  }

  @Test
  void aDrainedHostActivatesNothingAndSaysHowThatEnds() throws IOException {
    Files.createFile(Files.createDirectories(root.resolve("run/bitbuilder")).resolve("drained"));
    Prepared.Ran ran = prepared.run("sync");
    assertThat(ran.status()).isEqualTo(ExitStatus.TRY_LATER);
    assertThat(ran.err()).contains("drained", "systemctl stop bitbuilder-drain.service");
    assertThat(prepared.host.asked)
        .containsExactly("RUN bitbuilder-fetch.service", "RUN bitbuilder-compile.service");
    assertThat(prepared.run("status").out()).contains("drained: no tenant runs");
  }

  @Test
  void aNewGenerationIsTold() throws IOException {
    prepared.host.steps.put(
        ACTIVATE,
        () -> {
          prepared.add(ACME, "e".repeat(40), "More", "web");
          prepared.record(ACME, 3, Verdict.State.HEALTHY, "");
          prepared.selection.put(ACME, 3);
          prepared.selection.remove(new TenantId("blue-2"));
          prepared.finish();
        });
    Prepared.Ran ran = prepared.run("sync");
    assertThat(ran.status()).isZero();
    assertThat(ran.out())
        .isEqualTo(
            """
            acme    updated  generation 3 from commit eeeeeeeeeeee in 4.2s
            blue-2  stopped  not running any more
            """);
  }

  @Test
  void aGenerationThatStaysUnhealthyIsNoSuccess() throws IOException {
    prepared.host.steps.put(
        ACTIVATE,
        () -> {
          prepared.add(ACME, "e".repeat(40), "More", "web");
          prepared.record(ACME, 3, Verdict.State.DEGRADED, "web: no answer");
          prepared.selection.put(ACME, 3);
          prepared.finish();
        });
    Prepared.Ran ran = prepared.run("sync");
    assertThat(ran.status()).isEqualTo(ExitStatus.ROLLED_BACK);
    assertThat(ran.out())
        .isEqualTo("acme  unhealthy  generation 3 from commit eeeeeeeeeeee: web: no answer\n");
  }

  @Test
  void aRejectedCommitIsToldWithItsPlace() throws IOException {
    prepared.host.steps.put(
        "bitbuilder-compile.service",
        () -> {
          prepared.finding("acme", Code.BB201, "unknown key `memroy` in resources");
          prepared.finish();
        });
    Prepared.Ran ran = prepared.run("sync");
    assertThat(ran.status()).isEqualTo(ExitStatus.REJECTED);
    assertThat(ran.out())
        .isEqualTo(
            "acme  rejected  BB201 metadata.json:10:5: unknown key `memroy` in resources;"
                + " generation 2 is unchanged\n");
  }

  @Test
  void aRollbackIsToldAndOutweighsTheRest() throws IOException {
    prepared.host.steps.put(
        ACTIVATE,
        () -> {
          prepared.finding("blue-2", Code.BB501, "cannot be reached");
          prepared.finish();
          new Refused(prepared.state())
              .refuse(ACME, new CommitId("e".repeat(40)), "", "web: no answer");
        });
    Prepared.Ran ran = prepared.run("sync", "--json");
    assertThat(ran.status()).isEqualTo(ExitStatus.ROLLED_BACK);
    assertThat(String.valueOf(Json.parseObject(ran.out()).get("tenants")))
        .contains("outcome=rolled-back", "commit eeeeeeeeeeee refused: web: no answer");
  }

  @Test
  void statusesFollowTheKindOfFinding() throws IOException {
    for (var expected :
        List.of(
            java.util.Map.entry(Code.BB501, ExitStatus.TRY_LATER),
            java.util.Map.entry(Code.BB503, ExitStatus.UNVERIFIED),
            java.util.Map.entry(Code.BB403, ExitStatus.REJECTED))) {
      prepared.findings.clear();
      prepared.finding("system", expected.getKey(), "so it is");
      prepared.finish();
      assertThat(prepared.run("sync").status()).isEqualTo(expected.getValue());
    }
  }

  @Test
  void aUnitThatFailsEndsIt() throws IOException {
    prepared.host.results.put(
        "bitbuilder-fetch.service", new Systemd.Done(false, false, "Job failed.\n\u001b[2J"));
    Prepared.Ran ran = prepared.run("sync");
    assertThat(ran.status()).isEqualTo(ExitStatus.INTERNAL);
    assertThat(ran.err())
        .isEqualTo(
            """
            error: bitbuilder-fetch.service failed: Job failed.\\n\\u{1b}[2J
            help: see `journalctl --unit=bitbuilder-fetch.service`
            """);
    assertThat(prepared.host.asked).hasSize(1);
  }
}
