package io.bitbuilder.hypervisor.activation;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.generation.AuditLog;
import io.bitbuilder.hypervisor.host.Messages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AnnouncerTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  @TempDir Path root;
  private final List<String> sent = new ArrayList<>();
  private final List<String> ledger = new ArrayList<>();
  private final Messages journal =
      (id, priority, text, fields) -> {
        ledger.add(fields.remove("BITBUILDER_LEDGER_NUMBER"));
        ledger.add(fields.remove("BITBUILDER_LEDGER_HASH"));
        sent.add(id + " " + priority + " " + text + " " + fields);
      };

  private static AuditLog.Entry entry(
      AuditLog.Event event, String scope, int generation, String commit, String reason) {
    SortedMap<String, Duration> took =
        generation == 0
            ? Collections.emptySortedMap()
            : new TreeMap<>(Map.of("start", Duration.ofMillis(340)));
    return new AuditLog.Entry(
        Instant.EPOCH, scope, event, generation, commit, "Ann", "Add", "", reason, took);
  }

  @Test
  void aHealthyGenerationIsANotice() throws IOException {
    AuditLog log = new AuditLog(root);
    Announcer announcer = new Announcer(log, journal);
    AuditLog.Entry entry = entry(AuditLog.Event.HEALTHY, "acme", 1, COMMIT, "");
    announcer.tell(entry);
    assertThat(sent)
        .containsExactly(
            "951ab5ac2e824b719bb1fe06afa3a721 "
                + Messages.NOTICE
                + " tenant acme: generation 1 (0123456789ab) is healthy after 340 ms"
                + " {COMMIT="
                + COMMIT
                + ", EVENT=healthy, GENERATION=1, TENANT=acme}");
    assertThat(log.entries()).containsExactly(entry);
    assertThat(ledger).containsExactly("1", log.check(Optional.empty()).head().sha256());
    assertThat(announcer.problems()).isEmpty();
  }

  @Test
  void aRejectedSystemRepositoryIsAWarningOfNoTenant() {
    new Announcer(new AuditLog(root), journal)
        .tell(entry(AuditLog.Event.REJECTED, "system", 0, "", "BB201\nx"));
    assertThat(sent)
        .containsExactly(
            "227a1e7fa94f404ea6909a18cdff0bb3 "
                + Messages.WARNING
                + " system: is rejected, what runs is unchanged: BB201\\nx {EVENT=rejected}");
  }

  @Test
  void anAcceptedCommitIsToldWithItsSignerAndThePolicy() {
    AuditLog.Entry entry =
        new AuditLog.Entry(
            Instant.EPOCH,
            "acme",
            AuditLog.Event.ACCEPTED,
            0,
            COMMIT,
            "Ann",
            "Add",
            "ann SHA256:x",
            "",
            Collections.emptySortedMap(),
            Optional.of(new AuditLog.Policy("require", "f".repeat(40))));
    new Announcer(new AuditLog(root), journal).tell(entry);
    assertThat(sent.getFirst())
        .contains(
            Messages.NOTICE
                + " tenant acme: (0123456789ab) is accepted, signed by ann SHA256:x, verify:"
                + " require");
  }

  @Test
  void aShortCommitIsShownWhole() {
    new Announcer(new AuditLog(root), journal)
        .tell(entry(AuditLog.Event.REFUSED, "acme", 2, "abc", "no answer"));
    assertThat(sent.getFirst())
        .contains("generation 2 (abc) is unhealthy and refused after 340 ms: no answer {");
  }

  @ParameterizedTest
  @EnumSource
  void eachEventHasAnIdOfItsOwn(AuditLog.Event event) {
    assertThat(Announcer.id(event)).matches("[0-9a-f]{32}");
    for (AuditLog.Event other : AuditLog.Event.values()) {
      if (other != event) {
        assertThat(Announcer.id(other)).isNotEqualTo(Announcer.id(event));
      }
    }
  }

  @Test
  void whatCannotBeToldIsRememberedAndStopsNothing() throws IOException {
    Files.createDirectory(root.resolve("log.jsonl"));
    Announcer announcer =
        new Announcer(
            new AuditLog(root),
            (id, priority, text, fields) -> {
              throw new IOException("no\njournal");
            });
    announcer.tell(entry(AuditLog.Event.STOPPED, "acme", 0, "", ""));
    assertThat(announcer.problems()).hasSize(2);
    assertThat(announcer.problems().getFirst()).startsWith("the audit trail cannot be written: ");
    assertThat(announcer.problems().getLast())
        .isEqualTo("the journal cannot be written: no\\njournal");
  }
}
