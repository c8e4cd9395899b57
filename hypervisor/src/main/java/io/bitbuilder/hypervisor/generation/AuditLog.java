package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.document.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The audit trail ({@code log.jsonl}): one JSON object per line for whatever became of a commit.
 * Lines are only added. When the file is full it becomes {@code log.jsonl.1}, and the one before
 * that is dropped.
 *
 * <p>Each line carries its number and the hash of the line before, across both files, so that a
 * line that is changed, left out, added or moved is noticed ({@link LedgerCheck}); the newest is in
 * {@code ledger.json} as well. What a power loss left of a line stays, and the next line says how
 * much it was and its hash. One process writes at a time: who holds the lock of an activation.
 */
public final class AuditLog {
  private static final long SIZE_LIMIT = 4L << 20;

  private final Path file;
  private final Path older;
  private final long limit;
  private final Disk disk;
  private final LedgerFile ledger;

  /**
   * Opens the trail, which need not exist yet.
   *
   * @param root /var/lib/bitbuilder
   */
  public AuditLog(Path root) {
    this(root, SIZE_LIMIT, Disk.LOCAL);
  }

  /** One with another limit of its file's size, in bytes, on a disk that may break. */
  AuditLog(Path root, long limit, Disk disk) {
    this.file = root.resolve("log.jsonl");
    this.older = root.resolve("log.jsonl.1");
    this.limit = limit;
    this.disk = disk;
    this.ledger = new LedgerFile(root, disk);
  }

  /** What became of a commit. */
  public enum Event {
    /** Accepted: nothing that does not descend from it is accepted from now on. */
    ACCEPTED,
    /** Switched to, and healthy. */
    HEALTHY,
    /** Switched to, and unhealthy, with nothing to go back to or by the operator's wish. */
    DEGRADED,
    /** Tried, unhealthy, and not to be tried again. */
    REFUSED,
    /** The generation before is back after a refused one, or by the operator's wish. */
    RETURNED,
    /** A newer commit took over before this one had a verdict. */
    SUPERSEDED,
    /** Stopped because it is disabled or not placed on this host. */
    STOPPED,
    /** Stopped because the registry no longer names it. */
    REMOVED,
    /** The data of a removed tenant was deleted. */
    PURGED,
    /** Never became a generation: errors in the repository, or files it may not have. */
    REJECTED,
    /** Could not be carried out for a reason that lies in the host; tried again. */
    FAILED
  }

  /**
   * How a commit came to be accepted.
   *
   * @param mode what held for its repository: {@code require}, {@code warn} or {@code off}
   * @param policy the commit of the system repository that says so, and who may sign
   */
  public record Policy(String mode, String policy) {}

  /**
   * One line. Texts are as their authors wrote them and must be escaped before they are shown.
   *
   * @param scope a tenant id, or {@code system}
   * @param generation its number, 0 when there is none
   * @param commit the full commit id, or empty
   * @param reason why, or empty
   * @param durations the phases it went through, to how long each took
   * @param verified of an accepted commit: how
   */
  public record Entry(
      Instant time,
      String scope,
      Event event,
      int generation,
      String commit,
      String author,
      String subject,
      String signer,
      String reason,
      SortedMap<String, Duration> durations,
      Optional<Policy> verified) {
    /** A line that is not about acceptance. */
    public Entry(
        Instant time,
        String scope,
        Event event,
        int generation,
        String commit,
        String author,
        String subject,
        String signer,
        String reason,
        SortedMap<String, Duration> durations) {
      this(
          time,
          scope,
          event,
          generation,
          commit,
          author,
          subject,
          signer,
          reason,
          durations,
          Optional.empty());
    }

    /** All phases together. */
    public Duration took() {
      return durations.values().stream().reduce(Duration.ZERO, Duration::plus);
    }

    /** A line about a generation. */
    public static Entry of(
        Instant time,
        Event event,
        Generation generation,
        String reason,
        SortedMap<String, Duration> durations) {
      Manifest manifest = generation.manifest();
      return new Entry(
          time,
          generation.tenant().value(),
          event,
          generation.number(),
          manifest.commit(),
          manifest.author(),
          manifest.subject(),
          manifest.signer(),
          reason,
          durations);
    }

    /** Adds its members to those that place it. */
    private void put(Map<String, Object> map) {
      map.put("time", time.toString());
      map.put("scope", scope);
      map.put("event", event.name().toLowerCase(Locale.ROOT));
      map.put("generation", (long) generation);
      map.put("commit", commit);
      map.put("author", author);
      map.put("subject", subject);
      map.put("signer", signer);
      map.put("reason", reason);
      Map<String, Object> millis = new LinkedHashMap<>();
      durations.forEach((phase, duration) -> millis.put(phase, duration.toMillis()));
      map.put("durationsMillis", millis);
      verified.ifPresent(how -> {
        map.put("verify", how.mode());
        map.put("policy", how.policy());
      });
    }

    private static Entry fromJson(String line) {
      Fields fields = new Fields(Json.parseObject(line));
      SortedMap<String, Duration> durations = new TreeMap<>();
      Fields millis = fields.object("durationsMillis");
      millis.map().keySet().forEach(k -> durations.put(k, Duration.ofMillis(millis.number(k))));
      return new Entry(
          Instant.parse(fields.text("time")),
          fields.text("scope"),
          Event.valueOf(fields.text("event").toUpperCase(Locale.ROOT)),
          Math.toIntExact(fields.number("generation")),
          fields.text("commit"),
          fields.text("author"),
          fields.text("subject"),
          fields.text("signer"),
          fields.text("reason"),
          durations,
          fields.has("verify")
              ? Optional.of(new Policy(fields.text("verify"), fields.text("policy")))
              : Optional.empty());
    }
  }

  /** What the next line follows, and what lies between the two. */
  private record Place(LedgerHead after, Optional<LedgerLine.Torn> torn, boolean closed) {}

  /**
   * Adds a line, durable when this returns.
   *
   * @return its place in the chain
   */
  public synchronized LedgerHead append(Entry entry) throws IOException {
    Optional<LedgerFile.Ends> known = ledger.read();
    byte[] content = bytes(file);
    List<LedgerLine> lines = LedgerLine.split("log.jsonl", content);
    List<LedgerLine> before =
        known.isPresent() && lines.stream().anyMatch(LedgerLine::isEntry)
            ? List.of()
            : LedgerLine.split("log.jsonl.1", bytes(older));
    LedgerFile.Ends ends = known.orElseGet(() -> found(before, lines));
    if (known.isEmpty()) {
      ledger.write(ends);
    }
    Place place = place(ends.head(), before, lines);
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("number", place.after().number() + 1);
    map.put("previous", place.after().sha256());
    place
        .torn()
        .ifPresent(torn -> map.put("torn", Map.of("bytes", torn.bytes(), "sha256", torn.sha256())));
    if (known.isEmpty() && ends.head().number() > 0) {
      map.put("headless", true);
    }
    entry.put(map);
    String line = Json.write(map);
    LedgerHead head = new LedgerHead(place.after().number() + 1, LedgerHead.hash(line));
    LedgerHead dropped = ends.dropped();
    if (content.length > limit && place.closed() && place.torn().isEmpty()) {
      // What is left is said before anything is gone.
      dropped = beforeFirst(lines).orElse(dropped);
      ledger.write(new LedgerFile.Ends(ends.head(), dropped));
      disk.rename(file, older);
      content = new byte[0];
    }
    write((place.closed() ? "" : "\n") + line + "\n", content.length == 0);
    ledger.write(new LedgerFile.Ends(head, dropped));
    return head;
  }

  private void write(String text, boolean made) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.position(channel.size());
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(false);
    }
    if (made) {
      disk.sync(Durable.parent(file));
    }
  }

  /** Both ends as the files have them: ledger.json is gone, or was never there. */
  private static LedgerFile.Ends found(List<LedgerLine> before, List<LedgerLine> lines) {
    List<LedgerLine> all = new ArrayList<>(before);
    all.addAll(lines);
    LedgerHead head =
        all.reversed().stream()
            .flatMap(line -> line.head().stream())
            .findFirst()
            .orElse(LedgerHead.START);
    return new LedgerFile.Ends(head, beforeFirst(all).orElse(LedgerHead.START));
  }

  private static Optional<LedgerHead> beforeFirst(List<LedgerLine> lines) {
    return lines.stream()
        .flatMap(line -> line.link().stream())
        .filter(link -> link.number() > 0 && LedgerHead.isHash(link.previous()))
        .findFirst()
        .map(link -> new LedgerHead(link.number() - 1, link.previous()));
  }

  /**
   * Where the next line goes: after the newest that ledger.json knows, or after one more that was
   * written before a crash. Where the files end elsewhere it follows what ledger.json knows all the
   * same, so that the gap stays to be seen.
   */
  private static Place place(LedgerHead head, List<LedgerLine> before, List<LedgerLine> lines) {
    boolean closed = lines.isEmpty() || lines.getLast().whole();
    int rest = lines.size();
    while (rest > 0 && !lines.get(rest - 1).isEntry()) {
      rest--;
    }
    Optional<LedgerLine> last =
        rest > 0
            ? Optional.of(lines.get(rest - 1))
            : before.isEmpty() ? Optional.empty() : Optional.of(before.getLast());
    Optional<LedgerHead> newest = last.flatMap(LedgerLine::head);
    Optional<LedgerHead> after = Optional.empty();
    if (newest.isPresent() ? newest.get().equals(head) : head.number() == 0) {
      after = Optional.of(head);
    } else if (newest.isPresent() && follows(last.get(), head)) {
      after = newest;
    }
    boolean torn = after.isPresent() && rest < lines.size();
    return new Place(
        after.orElse(head),
        torn
            ? Optional.of(LedgerLine.Torn.of(LedgerLine.join(lines.subList(rest, lines.size()))))
            : Optional.empty(),
        closed);
  }

  private static boolean follows(LedgerLine line, LedgerHead head) {
    return line.link()
        .filter(link -> link.number() == head.number() + 1 && link.previous().equals(head.sha256()))
        .isPresent();
  }

  /** All entries that are kept, oldest first; what cannot be read is passed over. */
  public List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Path path : List.of(older, file)) {
      for (String line : new String(bytes(path), StandardCharsets.UTF_8).split("\n", -1)) {
        try {
          entries.add(Entry.fromJson(line));
        } catch (IllegalArgumentException | ArithmeticException | java.time.DateTimeException _) {
          // Cut short by a power loss, or by a full disk.
        }
      }
    }
    return entries;
  }

  /** The lines that are kept, byte by byte, oldest first. */
  public byte[] export() throws IOException {
    byte[] first = bytes(older);
    byte[] second = bytes(file);
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  /**
   * Checks the chain of all that is kept, up to what ledger.json says is the newest line.
   *
   * @param expected the hash of a line that must be there, as somebody kept it elsewhere
   */
  public LedgerCheck.Result check(Optional<String> expected) throws IOException {
    LedgerCheck.Result result = checkOnce(expected);
    // Lines may be added while we read.
    for (int again = 0; again < 3 && result.fault().isPresent(); again++) {
      result = checkOnce(expected);
    }
    return result;
  }

  private LedgerCheck.Result checkOnce(Optional<String> expected) throws IOException {
    while (true) {
      Optional<LedgerFile.Ends> ends = ledger.read();
      List<LedgerLine> lines = LedgerLine.split("log.jsonl.1", bytes(older));
      lines.addAll(LedgerLine.split("log.jsonl", bytes(file)));
      if (ends.equals(ledger.read())) {
        return LedgerCheck.kept(lines, ends, expected);
      }
    }
  }

  private static byte[] bytes(Path path) throws IOException {
    try {
      return Files.readAllBytes(path);
    } catch (NoSuchFileException _) {
      return new byte[0];
    }
  }
}
