package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.document.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The audit trail ({@code log.jsonl}): one JSON object per line for whatever became of a commit.
 * Lines are only added; a line that a power loss cut short is passed over when reading. When the
 * file is full it becomes {@code log.jsonl.1}, and the one before that is dropped.
 */
public final class AuditLog {
  private static final long SIZE_LIMIT = 4L << 20;

  private final Path file;
  private final Path older;
  private final long limit;

  /**
   * Opens the trail, which need not exist yet.
   *
   * @param root /var/lib/bitbuilder
   */
  public AuditLog(Path root) {
    this(root, SIZE_LIMIT);
  }

  AuditLog(Path root, long limit) {
    this.file = root.resolve("log.jsonl");
    this.older = root.resolve("log.jsonl.1");
    this.limit = limit;
  }

  /** What became of a commit. */
  public enum Event {
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
   * One line. Texts are as their authors wrote them and must be escaped before they are shown.
   *
   * @param scope a tenant id, or {@code system}
   * @param generation its number, 0 when there is none
   * @param commit the full commit id, or empty
   * @param reason why, or empty
   * @param durations the phases it went through, to how long each took
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
      SortedMap<String, Duration> durations) {
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

    private String toJson() {
      Map<String, Object> map = new LinkedHashMap<>();
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
      return Json.write(map);
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
          durations);
    }
  }

  /** Adds lines, durable when this returns. */
  public synchronized void append(List<Entry> entries) throws IOException {
    if (entries.isEmpty()) {
      return;
    }
    StringBuilder text = new StringBuilder();
    for (Entry entry : entries) {
      text.append(entry.toJson()).append('\n');
    }
    if (Files.exists(file) && Files.size(file) > limit) {
      Files.move(file, older, StandardCopyOption.ATOMIC_MOVE);
    }
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      channel.position(channel.size());
      if (!endsInLineEnd(channel)) {
        text.insert(0, '\n');
      }
      ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(false);
    }
  }

  private static boolean endsInLineEnd(FileChannel channel) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    return channel.size() == 0
        || (channel.read(last, channel.size() - 1) == 1 && last.get(0) == '\n');
  }

  /** All lines that are kept, oldest first. */
  public List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Path path : List.of(older, file)) {
      for (String line : Durable.read(path).orElse("").split("\n", -1)) {
        try {
          entries.add(Entry.fromJson(line));
        } catch (IllegalArgumentException | ArithmeticException | java.time.DateTimeException _) {
          // Cut short by a power loss, or by a full disk.
        }
      }
    }
    return entries;
  }
}
