package io.bitbuilder.hypervisor.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody may do to the audit trail, and what a power loss may. */
class LedgerTest {
  @TempDir Path root;
  private Path file;

  @BeforeEach
  void name() {
    file = root.resolve("log.jsonl");
  }

  private static AuditLog.Entry entry(String reason) {
    return new AuditLog.Entry(
        Fixtures.THEN,
        "alpha",
        AuditLog.Event.HEALTHY,
        1,
        "c".repeat(40),
        "Ann",
        "Ünï",
        "",
        reason,
        new TreeMap<>());
  }

  private List<LedgerHead> write(int count) throws IOException {
    return write(new AuditLog(root), count);
  }

  private static List<LedgerHead> write(AuditLog log, int count) throws IOException {
    List<LedgerHead> heads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      heads.add(log.append(entry("entry " + i)));
    }
    return heads;
  }

  private LedgerCheck.Result check() throws IOException {
    return new AuditLog(root).check(Optional.empty());
  }

  private String fault() throws IOException {
    return said(check());
  }

  private static String said(LedgerCheck.Result result) {
    return result
        .fault()
        .map(fault -> fault.file() + ":" + fault.line() + ": " + fault.message())
        .orElse("");
  }

  private List<String> lines() throws IOException {
    return new ArrayList<>(Files.readAllLines(file));
  }

  private void put(List<String> lines) throws IOException {
    Files.writeString(file, String.join("\n", lines) + "\n");
  }

  private LedgerCheck.Result exported(Optional<String> head) throws IOException {
    return LedgerCheck.exported("archive", new AuditLog(root).export(), head);
  }

  @Test
  void whatWasWrittenFits() throws IOException {
    assertThat(fault()).isEmpty();
    assertThat(check().entries()).isZero();
    List<LedgerHead> heads = write(5);
    LedgerCheck.Result result = check();
    assertThat(said(result)).isEmpty();
    assertThat(result.entries()).isEqualTo(5);
    assertThat(result.head()).isEqualTo(heads.getLast());
    assertThat(result.before()).isEqualTo(LedgerHead.START);
    assertThat(lines().get(1))
        .startsWith("{\"number\":2,\"previous\":\"" + heads.getFirst().sha256() + "\",");
    assertThat(exported(Optional.of(heads.get(1).sha256())).after()).contains(3L);
    assertThat(exported(Optional.of(heads.getLast().sha256())).after()).contains(0L);
    assertThat(said(exported(Optional.of("a".repeat(64))))).startsWith("archive:5: no line has");
  }

  @Test
  void everyFlippedByteIsNoticedNowAndLater() throws IOException {
    write(4);
    byte[] good = Files.readAllBytes(file);
    byte[] ends = Files.readAllBytes(root.resolve("ledger.json"));
    for (int i = 0; i < good.length - 1; i += 3) {
      byte[] bad = good.clone();
      bad[i] ^= 1;
      Files.write(file, bad);
      assertThat(fault()).as("byte %d", i).isNotEmpty();
      if (i % 35 == 0) {
        new AuditLog(root).append(entry("later"));
        assertThat(fault()).as("byte %d, later", i).isNotEmpty();
        Files.write(root.resolve("ledger.json"), ends);
      }
    }
  }

  @Test
  void theLineThatWasChangedIsNamed() throws IOException {
    write(5);
    List<String> lines = lines();
    for (int i = 0; i < 5; i++) {
      List<String> bad = new ArrayList<>(lines);
      bad.set(i, lines.get(i).replace("healthy", "removed"));
      put(bad);
      assertThat(fault()).startsWith("log.jsonl:" + (i + 1) + ": was changed");
      bad.set(i, lines.get(i).replaceFirst("\"previous\":\"..", "\"previous\":\"zz"));
      put(bad);
      assertThat(fault()).startsWith("log.jsonl:" + (i + 1) + ": ");
    }
  }

  @Test
  void aLineThatIsMissingIsNoticedWhereverItWas() throws IOException {
    write(5);
    List<String> lines = lines();
    String[] found = {
      "log.jsonl:1: entry 1 is missing before it",
      "log.jsonl:2: entry 2 is missing before it",
      "log.jsonl:3: entry 3 is missing before it",
      "log.jsonl:4: entry 4 is missing before it",
      "log.jsonl:4: entry 5 is missing after it"
    };
    for (int i = 0; i < 5; i++) {
      List<String> fewer = new ArrayList<>(lines);
      fewer.remove(i);
      put(fewer);
      assertThat(fault()).isEqualTo(found[i]);
      new AuditLog(root).append(entry("later"));
      assertThat(fault()).as("later").contains("missing before it");
      put(lines);
      new LedgerFile(root, Disk.LOCAL).write(new LedgerFile.Ends(check().head(), LedgerHead.START));
      assertThat(fault()).isEmpty();
    }
  }

  @Test
  void otherOrdersAndLinesOfOthersAreNoticed() throws IOException {
    write(5);
    List<String> lines = lines();
    List<String> swapped = new ArrayList<>(lines);
    swapped.set(1, lines.get(2));
    swapped.set(2, lines.get(1));
    put(swapped);
    assertThat(fault()).isEqualTo("log.jsonl:2: entry 2 is missing before it");
    List<String> twice = new ArrayList<>(lines);
    twice.add(2, lines.get(1));
    put(twice);
    assertThat(fault()).isEqualTo("log.jsonl:3: is entry 2 where 3 is due");
    List<String> forged = new ArrayList<>(lines);
    String previous = LedgerHead.hash(lines.get(1));
    forged.add(2, lines.get(2).replace("entry 2", "forged"));
    assertThat(forged.get(2)).contains(previous);
    put(forged);
    assertThat(fault()).startsWith("log.jsonl:4: ");
    List<String> plain = new ArrayList<>(lines);
    plain.add(3, lines.get(3).replaceFirst("\"number\":.*?\"time\"", "\"time\""));
    put(plain);
    assertThat(fault()).isEqualTo("log.jsonl:4: is not part of the chain");
    plain.add(4, "rubbish");
    put(plain);
    assertThat(fault()).isEqualTo("log.jsonl:4: is not part of the chain");
    // More than one line after what ledger.json knows is not what a crash leaves.
    List<String> longer = new ArrayList<>(lines);
    for (int i = 6; i < 8; i++) {
      longer.add(
          lines
              .get(4)
              .replace("\"number\":5", "\"number\":" + i)
              .replaceFirst(
                  "\"previous\":\"[0-9a-f]*",
                  "\"previous\":\"" + LedgerHead.hash(longer.getLast())));
    }
    put(longer);
    assertThat(fault())
        .isEqualTo("log.jsonl:7: is not known to ledger.json, whose newest entry is 5");
  }

  @Test
  void linesMissingAtTheEndAreNoticedByWhoKeptTheHead() throws IOException {
    List<LedgerHead> heads = write(5);
    put(lines().subList(0, 3));
    assertThat(fault()).isEqualTo("log.jsonl:3: entries 4 to 5 are missing after it");
    assertThat(said(exported(Optional.empty()))).isEmpty();
    assertThat(said(exported(Optional.of(heads.get(4).sha256())))).startsWith("archive:3: no line");
    Files.writeString(file, "");
    assertThat(fault()).isEqualTo("log.jsonl:0: all entries are missing, the newest was 5");
    Files.delete(file);
    assertThat(fault()).isEqualTo("log.jsonl:0: all entries are missing, the newest was 5");
    new AuditLog(root).append(entry("later"));
    assertThat(fault()).isEqualTo("log.jsonl:1: entries 1 to 5 are missing before it");
  }

  @Test
  void ledgerJsonIsMissed() throws IOException {
    write(3);
    Files.delete(root.resolve("ledger.json"));
    assertThat(fault()).isEqualTo("ledger.json:0: is gone or damaged");
    put(lines().subList(0, 2));
    new AuditLog(root).append(entry("later"));
    assertThat(fault()).startsWith("log.jsonl:3: was written when ledger.json was gone");
    Files.writeString(root.resolve("ledger.json"), "{");
    assertThat(fault()).startsWith("log.jsonl:3: was written when ledger.json was gone");
  }

  @Test
  void theChainGoesOnInTheNextFile() throws IOException {
    AuditLog log = new AuditLog(root, 1000, Disk.LOCAL);
    List<LedgerHead> heads = write(log, 20);
    LedgerCheck.Result result = check();
    assertThat(said(result)).isEmpty();
    assertThat(result.before().number()).isPositive();
    assertThat(heads).contains(result.before());
    assertThat(result.head()).isEqualTo(heads.getLast());
    assertThat(result.entries() + result.before().number()).isEqualTo(20);
    assertThat(said(exported(Optional.of(result.before().sha256())))).isEmpty();
    Files.delete(root.resolve("log.jsonl.1"));
    assertThat(fault()).startsWith("log.jsonl:1: entries ").endsWith(" are missing before it");
  }

  @Test
  void aCrashAtAnyMomentIsNoFault() throws IOException {
    new AuditLog(root).append(entry("first"));
    for (int more : List.of(0, 12)) {
      write(more);
      long filled = check().head().number();
      byte[] content = Files.readAllBytes(file);
      byte[] ends = Files.readAllBytes(root.resolve("ledger.json"));
      for (int operations = 0; operations < 14; operations++) {
        Files.deleteIfExists(root.resolve("log.jsonl.1"));
        Files.write(file, content);
        Files.write(root.resolve("ledger.json"), ends);
        long written = filled;
        try {
          new AuditLog(root, 1000, new DyingDisk(operations, true)).append(entry("x"));
          written++;
        } catch (DyingDisk.Died _) {
          assertThat(fault()).isEmpty();
        }
        assertThat(check().head().number()).isGreaterThanOrEqualTo(written);
        LedgerHead next = new AuditLog(root, 1000, Disk.LOCAL).append(entry("y"));
        assertThat(next.number()).isBetween(written + 1, written + 2);
        assertThat(fault()).isEmpty();
        assertThat(check().behind()).isFalse();
      }
    }
  }

  @Test
  void whatAPowerLossLeftOfALineIsSaidByTheNext() throws IOException {
    write(2);
    byte[] whole = Files.readAllBytes(file);
    String third = third();
    for (String left :
        List.of(third.substring(0, 40), "\0\0\0", "{", third.substring(0, 9) + "\n")) {
      Files.write(file, whole);
      new LedgerFile(root, Disk.LOCAL)
          .write(
              new LedgerFile.Ends(
                  new LedgerHead(2, LedgerHead.hash(lines().get(1))), LedgerHead.START));
      Files.writeString(file, left, StandardOpenOption.APPEND);
      assertThat(fault()).isEmpty();
      assertThat(check().torn()).isEqualTo(1);
      assertThat(said(exported(Optional.empty()))).startsWith("archive:3: is cut short");
      new AuditLog(root).append(entry("after"));
      LedgerCheck.Result result = check();
      assertThat(said(result)).isEmpty();
      assertThat(result.torn()).isEqualTo(1);
      assertThat(result.entries()).isEqualTo(3);
      assertThat(said(exported(Optional.empty()))).isEmpty();
      List<String> lines = lines();
      assertThat(lines.getLast()).contains("\"torn\":{");
      lines.remove(2);
      put(lines);
      assertThat(fault()).startsWith("log.jsonl:3: what a power loss left before entry 3 is gone");
      lines.add(2, "x" + left.strip());
      put(lines);
      assertThat(fault()).startsWith("log.jsonl:3: what a power loss left");
    }
    assertThat(new AuditLog(root).entries()).hasSize(3);
  }

  private String third() throws IOException {
    new AuditLog(root).append(entry("third"));
    String line = lines().getLast();
    put(lines().subList(0, 2));
    return line;
  }

  @Test
  void anEmptyFileAndAFirstLineCutShortAreTakenUp() throws IOException {
    Files.writeString(file, "");
    assertThat(fault()).isEmpty();
    Files.writeString(file, "{\"numb");
    assertThat(fault()).isEmpty();
    assertThat(new AuditLog(root).append(entry("a")).number()).isEqualTo(1);
    assertThat(fault()).isEmpty();
    assertThat(check().torn()).isEqualTo(1);
  }

  @Test
  void aCrashBetweenTheLineAndLedgerJsonIsMendedByTheNext() throws IOException {
    for (int kept = 0; kept < 3; kept++) {
      byte[] before = kept == 0 ? new byte[0] : Files.readAllBytes(root.resolve("ledger.json"));
      new AuditLog(root).append(entry("a"));
      if (kept == 0) {
        new LedgerFile(root, Disk.LOCAL)
            .write(new LedgerFile.Ends(LedgerHead.START, LedgerHead.START));
      } else {
        Files.write(root.resolve("ledger.json"), before);
      }
      assertThat(fault()).isEmpty();
      assertThat(check().behind()).isTrue();
      // The line end may be what is missing.
      byte[] whole = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(whole, whole.length - 1));
      assertThat(fault()).isEmpty();
      new AuditLog(root).append(entry("b"));
      assertThat(fault()).isEmpty();
      assertThat(check().behind()).isFalse();
      assertThat(check().entries()).isEqualTo(2L * kept + 2);
    }
  }

  @Test
  void linesOfTheVersionBeforeAreSaidToBeUnchained() throws IOException {
    write(3);
    List<String> old = lines();
    old.replaceAll(line -> line.replaceFirst("\"number\":.*?\"time\"", "\"time\""));
    put(old);
    Files.writeString(file, "{\"time\":\"20", StandardOpenOption.APPEND);
    Files.delete(root.resolve("ledger.json"));
    assertThat(fault()).isEmpty();
    assertThat(check().unchained()).isEqualTo(4);
    assertThat(new AuditLog(root).append(entry("new")))
        .extracting(LedgerHead::number)
        .isEqualTo(1L);
    LedgerCheck.Result result = check();
    assertThat(said(result)).isEmpty();
    assertThat(result.unchained()).isEqualTo(3);
    assertThat(result.torn()).isEqualTo(1);
    assertThat(result.entries()).isEqualTo(1);
    assertThat(new AuditLog(root).entries()).hasSize(4);
    AuditLog log = new AuditLog(root, 1000, Disk.LOCAL);
    write(log, 12);
    assertThat(fault()).isEmpty();
    assertThat(check().unchained()).isZero();
  }

  @Test
  void threadsTakeTurns() throws Exception {
    AuditLog log = new AuditLog(root, 3000, Disk.LOCAL);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  write(log, 25);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              }));
    }
    while (threads.stream().anyMatch(Thread::isAlive)) {
      assertThat(fault()).isEmpty();
    }
    assertThat(check().head().number()).isEqualTo(50);
    assertThat(fault()).isEmpty();
  }

  @Test
  void bytesThatAreNoTextStopNobody() throws IOException {
    write(2);
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, '\n'}, StandardOpenOption.APPEND);
    assertThat(new AuditLog(root).entries()).hasSize(2);
    assertThat(new String(new AuditLog(root).export(), StandardCharsets.ISO_8859_1))
        .endsWith("\u00ff\u00fe\n");
  }
}
