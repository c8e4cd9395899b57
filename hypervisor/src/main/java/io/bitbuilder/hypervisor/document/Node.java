package io.bitbuilder.hypervisor.document;

import io.bitbuilder.hypervisor.diagnostic.Span;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value of a document: a scalar, a list or a mapping. It knows where it was written and where it
 * hangs in the tree.
 */
public abstract sealed class Node {
  private final @Nullable Node parent;
  private final String step;
  private final Span span;

  private Node(@Nullable Node parent, String step, Span span) {
    this.parent = parent;
    this.step = step;
    this.span = span;
  }

  /** Where the value was written; for lists and mappings, where it starts. */
  public final Span span() {
    return span;
  }

  /** The JSON pointer of the value (RFC 6901), empty for the whole document. */
  public final String pointer() {
    return parent == null ? "" : parent.pointer(step);
  }

  /** The JSON pointer of a key or position inside this value, whether or not it is there. */
  public final String pointer(String key) {
    String escaped =
        key.indexOf('~') < 0 && key.indexOf('/') < 0
            ? key
            : key.replace("~", "~0").replace("/", "~1");
    return pointer() + "/" + escaped;
  }

  /** What it is, for messages: {@code a list}, {@code text}, {@code a number}. */
  public abstract String kind();

  /** Whether it says nothing: null, an empty text, list or mapping. */
  public abstract boolean isEmpty();

  /** One value: text, number, boolean or null, told apart only when somebody asks. */
  public static final class Scalar extends Node {
    private final String text;
    private final boolean plain;

    Scalar(@Nullable Node parent, String step, Span span, String text, boolean plain) {
      super(parent, step, span);
      this.text = text;
      this.plain = plain;
    }

    /** The text as the author wrote it, without quotes and with escapes resolved. */
    public String text() {
      return text;
    }

    /** Whether it was written without quotes, so that it may be a number, boolean or null. */
    public boolean isPlain() {
      return plain;
    }

    /** Whether it is null: nothing at all, {@code null} or {@code ~}. */
    public boolean isNull() {
      return plain && (text.isEmpty() || text.equals("null") || text.equals("~"));
    }

    /** Whether it is {@code true} or {@code false}. */
    public boolean isBoolean() {
      return plain && (text.equals("true") || text.equals("false"));
    }

    /** Whether it is a number of JSON (RFC 8259 section 6). */
    public boolean isNumber() {
      return plain && Numbers.isJson(text);
    }

    @Override
    public String kind() {
      if (isNull()) {
        return "null";
      }
      return isBoolean() ? "a boolean" : isNumber() ? "a number" : "text";
    }

    @Override
    public boolean isEmpty() {
      return text.isEmpty() || isNull();
    }
  }

  /** A list. */
  public static final class Items extends Node {
    private final List<Node> items = new ArrayList<>();

    Items(@Nullable Node parent, String step, Span span) {
      super(parent, step, span);
    }

    void add(Node item) {
      items.add(item);
    }

    /** The values in order. */
    public List<Node> items() {
      return Collections.unmodifiableList(items);
    }

    @Override
    public String kind() {
      return "a list";
    }

    @Override
    public boolean isEmpty() {
      return items.isEmpty();
    }
  }

  /** A mapping from text to values. */
  public static final class Entries extends Node {
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    Entries(@Nullable Node parent, String step, Span span) {
      super(parent, step, span);
    }

    void put(String key, Entry entry) {
      entries.put(key, entry);
    }

    /** The entries in the order written. */
    public Map<String, Entry> entries() {
      return Collections.unmodifiableMap(entries);
    }

    /** The value of a key, or null when the key is not there. */
    public @Nullable Node get(String key) {
      Entry entry = entries.get(key);
      return entry == null ? null : entry.value();
    }

    /** The place of a key, of the mapping itself when the key is not there. */
    public Span keySpan(String key) {
      Entry entry = entries.get(key);
      return entry == null ? span() : entry.key();
    }

    @Override
    public String kind() {
      return "a mapping";
    }

    @Override
    public boolean isEmpty() {
      return entries.isEmpty();
    }
  }

  /** A value of a mapping and the place of its key. */
  public record Entry(Span key, Node value) {}
}
