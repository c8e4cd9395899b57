package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.document.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One line of a file of the audit trail, as it lies there. */
final class LedgerLine {
  private final String file;
  private final int line;
  private final byte[] bytes;
  private final boolean whole;

  /**
   * A line.
   *
   * @param file what the file is called
   * @param line its number in the file, from 1
   * @param bytes without the line end; not copied
   * @param whole whether a line end follows
   */
  private LedgerLine(String file, int line, byte[] bytes, boolean whole) {
    this.file = file;
    this.line = line;
    this.bytes = bytes;
    this.whole = whole;
  }

  /** What its file is called. */
  String file() {
    return file;
  }

  /** Its number in the file, from 1. */
  int line() {
    return line;
  }

  /** Whether a line end follows. */
  boolean whole() {
    return whole;
  }

  /**
   * What puts a line in its place.
   *
   * @param previous the hash of the line before
   * @param torn what a power loss left between the two
   * @param headless whether ledger.json was gone when it was written
   */
  record Link(long number, String previous, Optional<Torn> torn, boolean headless) {}

  /**
   * What is left of a line that was never written to its end.
   *
   * @param bytes how many
   * @param sha256 their hash
   */
  record Torn(long bytes, String sha256) {
    static Torn of(byte[] left) {
      return new Torn(left.length, LedgerHead.hash(left));
    }
  }

  /** The lines of a file. */
  static List<LedgerLine> split(String file, byte[] content) {
    List<LedgerLine> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < content.length; i++) {
      if (content[i] == '\n') {
        byte[] bytes = Arrays.copyOfRange(content, start, i);
        lines.add(new LedgerLine(file, lines.size() + 1, bytes, true));
        start = i + 1;
      }
    }
    if (start < content.length) {
      byte[] bytes = Arrays.copyOfRange(content, start, content.length);
      lines.add(new LedgerLine(file, lines.size() + 1, bytes, false));
    }
    return lines;
  }

  String hash() {
    return LedgerHead.hash(bytes);
  }

  /** The line as an object, of which no beginning is one; empty when it is none. */
  private Optional<Map<String, @Nullable Object>> object() {
    try {
      return Optional.of(Json.parseObject(new String(bytes, StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** Whether it is an entry, be it one of the chain or not: nothing a power loss leaves. */
  boolean isEntry() {
    return object().isPresent();
  }

  /** Its place in the chain; empty when it claims none. */
  Optional<Link> link() {
    Optional<Map<String, @Nullable Object>> object = object();
    if (object.isEmpty()) {
      return Optional.empty();
    }
    try {
      Fields fields = new Fields(object.get());
      Optional<Torn> torn = Optional.empty();
      if (fields.has("torn")) {
        Fields left = fields.object("torn");
        torn = Optional.of(new Torn(left.number("bytes"), left.text("sha256")));
      }
      boolean headless = fields.has("headless") && fields.flag("headless");
      return Optional.of(
          new Link(fields.number("number"), fields.text("previous"), torn, headless));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** Where it says it is. */
  Optional<LedgerHead> head() {
    return link()
        .filter(link -> link.number() > 0)
        .map(link -> new LedgerHead(link.number(), hash()));
  }

  /** The bytes of lines that follow each other, the last line end left out. */
  static byte[] join(List<LedgerLine> lines) {
    int size = lines.stream().mapToInt(line -> line.bytes.length + 1).sum();
    byte[] joined = new byte[Math.max(0, size - 1)];
    int at = 0;
    for (LedgerLine line : lines) {
      System.arraycopy(line.bytes, 0, joined, at, line.bytes.length);
      at += line.bytes.length;
      if (at < joined.length) {
        joined[at++] = '\n';
      }
    }
    return joined;
  }
}
