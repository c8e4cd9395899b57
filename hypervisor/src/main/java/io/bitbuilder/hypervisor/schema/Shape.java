package io.bitbuilder.hypervisor.schema;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.document.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A mapping with known keys. */
public final class Shape implements Type<Values> {
  private final String word;
  private final Map<String, Key<?>> keys = new LinkedHashMap<>();

  private Shape(String word, List<Key<?>> keys) {
    this.word = word;
    for (Key<?> key : keys) {
      if (this.keys.put(key.name(), key) != null) {
        throw new IllegalArgumentException("key declared twice: " + key.name());
      }
    }
  }

  /**
   * A shape.
   *
   * @param word what it describes, as in "unknown key in …"
   */
  public static Shape of(String word, Key<?>... keys) {
    return new Shape(word, List.of(keys));
  }

  /** The keys in the order declared. */
  public List<Key<?>> keys() {
    return List.copyOf(keys.values());
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public @Nullable Values read(Node node, Reading reading) {
    if (!(node instanceof Node.Entries mapping)) {
      reading.wrongType(node, "a mapping with " + names(), "");
      return null;
    }
    Map<String, Object> values = HashMap.newHashMap(mapping.entries().size());
    for (Map.Entry<String, Node.Entry> entry : mapping.entries().entrySet()) {
      Key<?> key = keys.get(entry.getKey());
      if (key == null) {
        unknown(mapping, entry.getKey(), reading);
      } else {
        Object value = read(key, mapping, entry.getValue().value(), reading);
        if (value != null) {
          values.put(key.name(), value);
        }
      }
    }
    for (Key<?> key : keys.values()) {
      if (key.required() && !mapping.entries().containsKey(key.name())) {
        reading.error(
            Code.BB203,
            mapping,
            "missing key " + Quote.quote(key.name()) + " in " + word,
            key.name() + ": " + expected(key.type()),
            "");
      }
    }
    return new Values(mapping, values, reading);
  }

  private static String expected(Type<?> type) {
    return type instanceof Shape shape ? "a mapping with " + shape.names() : type.word();
  }

  private static @Nullable Object read(
      Key<?> key, Node.Entries mapping, Node value, Reading reading) {
    Object read = key.type().read(value, reading);
    if (!key.supported() && read != null && !saysNothing(read, key)) {
      reading.errorAtKey(
          Code.BB212,
          mapping,
          key.name(),
          Quote.quote(key.name()) + " is not supported by this version",
          "",
          "remove `" + key.name() + "` until a later version supports it");
    }
    return read;
  }

  /** Whether a value says no more than leaving the key out. */
  private static boolean saysNothing(Object value, Key<?> key) {
    return switch (value) {
      case List<?> list -> list.isEmpty();
      case Map<?, ?> map -> map.isEmpty();
      case Values values -> values.node().isEmpty();
      default -> value.equals(key.fallback());
    };
  }

  private void unknown(Node.Entries mapping, String name, Reading reading) {
    reading.errorAtKey(
        Code.BB201,
        mapping,
        name,
        "unknown key " + Quote.quote(name) + " in " + word,
        names(),
        Similar.to(name, keys.keySet())
            .map(similar -> "a key with a similar name exists: `" + similar + "`")
            .orElse(""));
  }

  private String names() {
    return keys.isEmpty() ? "no keys" : String.join(", ", new ArrayList<>(keys.keySet()));
  }

  /** Values of this shape when the whole of it was left out: every key has its default. */
  Values absent(Values parent) {
    return new Values(parent.node(), Map.of(), parent.reading());
  }

  /**
   * What follows when the value at a JSON pointer changes: the consequence of the innermost key on
   * the way; null when the pointer names no key.
   */
  public @Nullable Consequence consequence(String pointer) {
    Consequence found = null;
    Type<?> type = this;
    for (String step : pointer.isEmpty() ? new String[0] : pointer.substring(1).split("/", -1)) {
      switch (type) {
        case Shape shape -> {
          Key<?> key = shape.keys.get(step);
          if (key == null) {
            return found;
          }
          found = key.consequence();
          type = key.type();
        }
        case ListOf<?> list -> type = list.item();
        case MapOf<?> map -> type = map.value();
        case Scalar<?> _ -> {
          return found;
        }
      }
    }
    return found;
  }
}
