package io.bitbuilder.hypervisor.document;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.diagnostic.Span;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A file of YAML 1.2 or JSON, read. A {@code .json} file is read as YAML, of which JSON is a part,
 * so that comments and trailing commas do no harm there.
 *
 * <p>Refused, because nobody needs them and they hide what a file says: duplicate keys, anchors,
 * aliases, tags, merge keys, directives, several documents in one file.
 */
public final class Document {
  /** How many levels of lists and mappings a file may have. */
  public static final int DEPTH_LIMIT = 32;

  /** How many code points a key may have. */
  public static final int KEY_LIMIT = 256;

  /** Lines longer than this are not shown in findings. */
  private static final int LINE_LIMIT = 2000;

  private final Source source;
  private final String text;
  private final Node root;

  /** Where each line starts; made when the first finding or origin asks for a place. */
  private volatile int @Nullable [] lines;

  private Document(Source source, String text, Node root) {
    this.source = source;
    this.text = text;
    this.root = root;
  }

  /**
   * Where a file comes from, for locations.
   *
   * @param repository the tenant id, {@code system}, or empty
   * @param commit the abbreviated commit, or empty
   * @param path the path inside the repository
   */
  public record Source(String repository, String commit, String path) {
    /** The file as a whole. */
    public Location location() {
      return Location.ofFile(repository, commit, path);
    }
  }

  /**
   * Reads a file. An empty file is an empty mapping.
   *
   * @return empty exactly when findings were reported
   */
  public static Optional<Document> read(Source source, byte[] bytes, Report report) {
    return text(source, bytes, report)
        .flatMap(text ->
            Optional.ofNullable(new TreeReader(source, text, report).read())
                .map(root -> new Document(source, text, root)));
  }

  /** Where the file comes from. */
  public Source source() {
    return source;
  }

  /** The value of the whole file. */
  public Node root() {
    return root;
  }

  /** The place of a value. */
  public Location at(Node node) {
    return location(node.span(), node.pointer());
  }

  /** The place of a key of a mapping; the mapping itself when the key is not there. */
  public Location atKey(Node.Entries mapping, String key) {
    return location(mapping.keySpan(key), mapping.pointer(key));
  }

  /**
   * The place of the value at a JSON pointer. When there is none, the place is that of the nearest
   * enclosing value that exists, and so is the pointer.
   */
  public Location at(String pointer) {
    return at(root, pointer);
  }

  /** The place of the value at a JSON pointer relative to a value of this document. */
  public Location at(Node base, String pointer) {
    Node node = base;
    int from = 1;
    while (from <= pointer.length()) {
      int slash = pointer.indexOf('/', from);
      int to = slash < 0 ? pointer.length() : slash;
      Node next = step(node, pointer.substring(from, to).replace("~1", "/").replace("~0", "~"));
      if (next == null) {
        break;
      }
      node = next;
      from = to + 1;
    }
    return at(node);
  }

  private static @Nullable Node step(Node node, String step) {
    return switch (node) {
      case Node.Scalar _ -> null;
      case Node.Entries entries -> entries.get(step);
      case Node.Items items -> {
        try {
          int index = Integer.parseInt(step);
          yield index >= 0 && index < items.items().size() ? items.items().get(index) : null;
        } catch (NumberFormatException _) {
          yield null;
        }
      }
    };
  }

  private Location location(Span span, String pointer) {
    int[] starts = lines;
    if (starts == null) {
      starts = starts(text);
      lines = starts;
    }
    String line = span.line() > starts.length ? "" : lineAt(text, starts[span.line() - 1]);
    return new Location(source.repository(), source.commit(), source.path(), span, pointer, line);
  }

  private static int[] starts(String text) {
    IntStream.Builder starts = IntStream.builder();
    int start = 0;
    do {
      starts.add(start);
      start = afterLine(text, start);
    } while (start < text.length());
    return starts.build().toArray();
  }

  static Location location(Source source, String text, Span span, String pointer) {
    return new Location(
        source.repository(),
        source.commit(),
        source.path(),
        span,
        pointer,
        line(text, span.line()));
  }

  private static String line(String text, int number) {
    int start = 0;
    for (int line = 1; line < number; line++) {
      start = afterLine(text, start);
    }
    return lineAt(text, start);
  }

  private static String lineAt(String text, int start) {
    int end = start;
    while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
      end++;
    }
    return end - start > LINE_LIMIT ? "" : text.substring(start, end);
  }

  private static int afterLine(String text, int from) {
    int at = from;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '\n') {
        return at;
      }
      if (c == '\r') {
        return at < text.length() && text.charAt(at) == '\n' ? at + 1 : at;
      }
    }
    return at;
  }

  /**
   * The text of a file, without a byte order mark.
   *
   * @return empty exactly when a finding was reported: it is not UTF-8
   */
  public static Optional<String> text(Source source, byte[] bytes, Report report) {
    boolean marked =
        bytes.length >= 3
            && bytes[0] == (byte) 0xEF
            && bytes[1] == (byte) 0xBB
            && bytes[2] == (byte) 0xBF;
    ByteBuffer in = ByteBuffer.wrap(bytes);
    in.position(marked ? 3 : 0);
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
    CoderResult result = decoder.decode(in, out, true);
    String text = out.flip().toString();
    if (!result.isError()) {
      return Optional.of(text);
    }
    report.add(
        Code.BB104,
        location(source, text, endOf(text), ""),
        "byte " + hex(bytes[in.position()]) + " is not part of valid UTF-8",
        "a file in UTF-8",
        "save the file in UTF-8");
    return Optional.empty();
  }

  private static String hex(byte value) {
    return "0x" + Character.forDigit((value >> 4) & 15, 16) + Character.forDigit(value & 15, 16);
  }

  /** The place just behind a text. */
  static Span endOf(String text) {
    int line = 1;
    int start = 0;
    for (int next = afterLine(text, 0); next > start; next = afterLine(text, start)) {
      char last = text.charAt(next - 1);
      if (last != '\n' && last != '\r') {
        break;
      }
      start = next;
      line++;
    }
    return new Span(line, text.codePointCount(start, text.length()) + 1, 1);
  }
}
