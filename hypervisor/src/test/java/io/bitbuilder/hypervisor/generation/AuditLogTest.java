package io.bitbuilder.hypervisor.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
  @TempDir Path root;

  private static AuditLog.Entry entry(String scope, String reason) {
    return new AuditLog.Entry(
        Fixtures.THEN,
        scope,
        AuditLog.Event.REFUSED,
        7,
        "c".repeat(40),
        "Ann\nroot",
        "Add web",
        "",
        reason,
        new TreeMap<>(Map.of("start", Duration.ofMillis(340), "health", Duration.ofMillis(2))));
  }

  @Test
  void whatIsAddedIsReadBackInOrder() throws IOException {
    AuditLog log = new AuditLog(root);
    assertThat(log.entries()).isEmpty();
    log.append(entry("alpha", "one"));
    log.append(entry("system", "two"));
    log.append(entry("alpha", "three"));
    assertThat(new AuditLog(root).entries())
        .containsExactly(entry("alpha", "one"), entry("system", "two"), entry("alpha", "three"));
    assertThat(entry("alpha", "").took()).isEqualTo(Duration.ofMillis(342));
  }

  @Test
  void aLineBreakInATextForgesNoLine() throws IOException {
    new AuditLog(root).append(entry("alpha", "a\n{\"scope\":\"beta\"}"));
    assertThat(Files.readAllLines(root.resolve("log.jsonl"))).hasSize(1);
  }

  @Test
  void aLineCutShortSpoilsNeitherItsNeighboursNorTheNext() throws IOException {
    AuditLog log = new AuditLog(root);
    log.append(entry("alpha", "one"));
    Files.writeString(root.resolve("log.jsonl"), "{\"time\":\"20", StandardOpenOption.APPEND);
    log.append(entry("alpha", "two"));
    assertThat(log.entries()).containsExactly(entry("alpha", "one"), entry("alpha", "two"));
  }

  @Test
  void aFullFileMakesRoomAndTheNewestStay() throws IOException {
    AuditLog log = new AuditLog(root, 1000, Disk.LOCAL);
    for (int i = 0; i < 20; i++) {
      log.append(entry("alpha", String.valueOf(i)));
    }
    assertThat(log.entries().getLast()).isEqualTo(entry("alpha", "19"));
    assertThat(log.entries()).hasSizeBetween(4, 12);
    assertThat(Files.size(root.resolve("log.jsonl.1"))).isLessThan(2000);
  }
}
