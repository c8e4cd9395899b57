package io.bitbuilder.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.generation.Verdict;
import io.bitbuilder.hypervisor.host.Doctor;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs that change a host, and those that examine it. */
class ChangingVerbsTest {
  private static final TenantId ACME = new TenantId("acme");

  @TempDir Path root;

  private Prepared prepared;

  @BeforeEach
  void prepare() throws IOException {
    prepared = Prepared.threeTenants(root);
    prepared.host.unit(Prepared.unit(ACME, "job"), "active");
  }

  @Test
  void rollbackGoesToTheGenerationNamed() throws IOException {
    Prepared.Ran ran = prepared.run("rollback", "acme", "1");
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).startsWith("tenant acme runs generation 1");
    assertThat(ran.status()).isZero();
    assertThat(prepared.store.selection()).containsEntry(ACME, 1);
    assertThat(prepared.host.asked).contains("STOP " + Prepared.unit(ACME, "job"));
    assertThat(prepared.run("describe", "acme").out()).contains("1*", "refused revisions");
  }

  @Test
  void rollbackWithoutANumberWantsAHealthyGeneration() throws IOException {
    Prepared.Ran none = prepared.run("rollback", "acme");
    assertThat(none.status()).isEqualTo(ExitStatus.REJECTED);
    assertThat(none.out()).contains("no healthy generation");
    assertThat(prepared.store.selection()).containsEntry(ACME, 2);

    prepared.record(ACME, 1, Verdict.State.HEALTHY, "");
    Prepared.Ran ran = prepared.run("rollback", "acme", "--json");
    assertThat(ran.status()).isZero();
    assertThat(String.valueOf(Json.parseObject(ran.out()).get("result")))
        .contains("generation=1", "succeeded=true");
  }

  @Test
  void rollbackSaysWhatDoesNotExist() throws IOException {
    for (String typed : new String[] {"9", "x", "0"}) {
      Prepared.Ran ran = prepared.run("rollback", "acme", typed);
      assertThat(ran.status()).isEqualTo(ExitStatus.USAGE);
      assertThat(ran.err()).contains("no generation `" + typed + "`");
    }
    assertThat(prepared.run("rollback", "acmee").err()).contains("a similar name exists: acme");
  }

  @Test
  void purgeSaysWhatItWouldDeleteAndDeletesItOnlyWhenToldTo() throws IOException {
    Path data = root.resolve("var/lib/tenants/old-1");
    Prepared.Ran preview = prepared.run("purge", "old-1");
    assertThat(preview.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(preview.out()).contains("2K of data would be deleted from", data.toString());
    assertThat(preview.err()).contains("nothing was deleted", "bitbuilder purge old-1 --yes");
    assertThat(Json.parseObject(prepared.run("purge", "old-1", "--json").out()))
        .containsEntry("bytes", 2048L)
        .containsEntry("purged", false)
        .containsEntry("keptUntil", "2026-01-07T23:00:00Z");
    assertThat(data).exists();

    assertThat(prepared.run("purge", "old-1", "--yes"))
        .isEqualTo(new Prepared.Ran(0, "tenant old-1: 2K of data deleted\n", ""));
    assertThat(data).doesNotExist();
    assertThat(prepared.run("tenants").out()).doesNotContain("old-1");
    assertThat(prepared.run("purge", "old-1").err()).contains("no tenant `old-1`");
  }

  @Test
  void purgeRefusesForATenantThatIsNotRemoved() throws IOException {
    for (String tenant : new String[] {"acme", "cold"}) {
      Prepared.Ran ran = prepared.run("purge", tenant, "--yes");
      assertThat(ran.status()).isEqualTo(ExitStatus.REJECTED);
      assertThat(ran.out()).contains("tenant " + tenant + " is not removed");
      assertThat(prepared.run("purge", tenant, "--json").status()).isEqualTo(ExitStatus.REJECTED);
    }
    assertThat(prepared.store.selection()).containsEntry(ACME, 2);
  }

  @Test
  void aRemovedTenantIsToldFromAnUnknownOne() throws IOException {
    Prepared.Ran ran = prepared.run("describe", "old-1");
    assertThat(ran.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(ran.err())
        .contains("tenant `old-1` was removed", "kept until 2026-01-07 23:00:00Z", "purge old-1");
  }

  @Test
  void whileAnotherActivationRunsItIsToBeTriedLater() throws IOException {
    Path lock = Files.createDirectories(root.resolve("run/bitbuilder")).resolve("activate.lock");
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = channel.lock()) {
      for (Prepared.Ran ran :
          new Prepared.Ran[] {
            prepared.run("purge", "old-1", "--yes"), prepared.run("rollback", "acme", "1")
          }) {
        assertThat(ran.status()).isEqualTo(ExitStatus.TRY_LATER);
        assertThat(ran.err()).startsWith("error: another activation is under way");
      }
    }
  }

  @Test
  void activateHasNothingToDoWhenAllIsAsStaged() throws IOException {
    assertThat(prepared.run("activate")).isEqualTo(new Prepared.Ran(ExitStatus.DONE, "", ""));
    assertThat(Json.parseObject(prepared.run("activate", "--json").out()))
        .containsEntry("frozen", false);
  }

  @Test
  void activateStopsWhatIsDisabledAndSaysSo() throws IOException {
    prepared.standings.removeIf(standing -> standing.id().equals(ACME));
    prepared.standing("acme", false, true);
    prepared.finish();
    Prepared.Ran ran = prepared.run("activate");
    assertThat(ran.status()).isZero();
    assertThat(ran.out()).startsWith("acme  stopped  off");
    assertThat(prepared.store.selection()).doesNotContainKey(ACME);
  }

  @Test
  void healthFailsWithACheck() throws IOException {
    assertThat(prepared.run("health").status()).isZero();
    prepared.host.exit = 1;
    Prepared.Ran ran = prepared.run("health", "acme");
    assertThat(ran.status()).isEqualTo(ExitStatus.INTERNAL);
    assertThat(ran.out().lines())
        .anyMatch(line -> line.contains("web") && line.contains("/bin/true"));
    assertThat(prepared.run("health", "cold").status()).isEqualTo(ExitStatus.USAGE);
  }

  @Test
  void watchingEndsWithAnInterrupt() throws IOException {
    prepared.host.interrupted = true;
    prepared.onTerminal();
    Prepared.Ran ran = prepared.run("health", "--watch");
    assertThat(ran.status()).isZero();
    assertThat(ran.out()).startsWith("\u001b[H\u001b[J");
    assertThat(prepared.run("health", "--watch", "--json").out().lines())
        .singleElement()
        .satisfies(Json::parseObject);
  }

  @Test
  void doctorListsEverythingAndHowToMendIt() throws IOException {
    Prepared.Ran ran = prepared.run("doctor");
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out().lines())
        .anyMatch(line -> line.startsWith("error") && line.contains("systemd"));
    assertThat(ran.out()).contains("error[BB701]", "help: ");
    assertThat(ran.status()).isEqualTo(ExitStatus.INTERNAL);
    int examined = new Doctor(root, prepared.host, prepared.host).examine().size() + 2;
    assertThat(
            (Iterable<?>) Json.parseObject(prepared.run("doctor", "--json").out()).get("examined"))
        .hasSize(examined);
  }
}
