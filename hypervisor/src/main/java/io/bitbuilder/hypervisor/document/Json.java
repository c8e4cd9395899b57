package io.bitbuilder.hypervisor.document;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON (RFC 8259) as plain values, for what machines write to machines: our own state files and
 * Varlink. What people write is read with {@code Document}, which knows positions.
 *
 * <p>Values are {@code Map<String, Object>} in the order written, {@code List<Object>}, String,
 * Long, Double, Boolean and null.
 */
public final class Json {
  private static final int DEPTH_LIMIT = 100;

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /**
   * Reads one value.
   *
   * @throws IllegalArgumentException when the text is not JSON or nests deeper than 100
   */
  public static @Nullable Object parse(String text) {
    Json json = new Json(text);
    Object value = json.value(0);
    json.skipSpace();
    if (json.at != text.length()) {
      throw json.bad("text after the value");
    }
    return value;
  }

  /**
   * Reads one object.
   *
   * @throws IllegalArgumentException when the text is not a JSON object
   */
  @SuppressWarnings("unchecked")
  public static Map<String, @Nullable Object> parseObject(String text) {
    if (parse(text) instanceof Map<?, ?> map) {
      return (Map<String, @Nullable Object>) map;
    }
    throw new IllegalArgumentException("not a JSON object");
  }

  /** Writes a value on one line. Maps are written in their order. */
  public static String write(@Nullable Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out, -1);
    return out.toString();
  }

  /** Writes a value indented by two spaces, ending in a line end, for files people look into. */
  public static String pretty(@Nullable Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out, 0);
    return out.append('\n').toString();
  }

  private static void write(@Nullable Object value, StringBuilder out, int indent) {
    switch (value) {
      case null -> out.append("null");
      case String string -> quote(string, out);
      case Number number -> out.append(number);
      case Boolean bool -> out.append(bool);
      case Map<?, ?> map -> {
        out.append('{');
        boolean first = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          separate(out, first, indent);
          first = false;
          quote(String.valueOf(entry.getKey()), out);
          out.append(indent < 0 ? ":" : ": ");
          write(entry.getValue(), out, indent < 0 ? indent : indent + 1);
        }
        close(out, first, indent).append('}');
      }
      case Iterable<?> items -> {
        out.append('[');
        boolean first = true;
        for (Object item : items) {
          separate(out, first, indent);
          first = false;
          write(item, out, indent < 0 ? indent : indent + 1);
        }
        close(out, first, indent).append(']');
      }
      default -> throw new IllegalArgumentException("not a JSON value: " + value.getClass());
    }
  }

  private static void separate(StringBuilder out, boolean first, int indent) {
    if (!first) {
      out.append(',');
    }
    if (indent >= 0) {
      out.append('\n').repeat("  ", indent + 1);
    }
  }

  private static StringBuilder close(StringBuilder out, boolean empty, int indent) {
    if (indent >= 0 && !empty) {
      out.append('\n').repeat("  ", indent);
    }
    return out;
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    int written = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isPlain(c)) {
        continue;
      }
      out.append(text, written, i);
      written = i + 1;
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> out.append("\\u").append(HexFormat.of().toHexDigits(c));
      }
    }
    out.append(text, written, text.length()).append('"');
  }

  /** What a terminal takes for a command, or for the direction to write in, is written out. */
  private static boolean isPlain(char c) {
    return c >= ' '
        && c != '"'
        && c != '\\'
        && (c < 0x7f || (c >= 0xa0 && Character.getType(c) != Character.FORMAT))
        && !Character.isSurrogate(c)
        && c != 0x2028
        && c != 0x2029;
  }

  private @Nullable Object value(int depth) {
    if (depth > DEPTH_LIMIT) {
      throw bad("nested too deep");
    }
    skipSpace();
    char c = peek();
    return switch (c) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> string();
      case 't' -> literal("true", true);
      case 'f' -> literal("false", false);
      case 'n' -> literal("null", null);
      default -> number();
    };
  }

  private Map<String, @Nullable Object> object(int depth) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    at++;
    skipSpace();
    if (take('}')) {
      return map;
    }
    do {
      skipSpace();
      String key = string();
      skipSpace();
      expect(':');
      if (map.containsKey(key)) {
        throw bad("duplicate key");
      }
      map.put(key, value(depth + 1));
      skipSpace();
    } while (take(','));
    expect('}');
    return map;
  }

  private List<@Nullable Object> array(int depth) {
    List<@Nullable Object> list = new ArrayList<>();
    at++;
    skipSpace();
    if (take(']')) {
      return list;
    }
    do {
      list.add(value(depth + 1));
      skipSpace();
    } while (take(','));
    expect(']');
    return list;
  }

  private String string() {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (true) {
      char c = peek();
      at++;
      if (c == '"') {
        return out.toString();
      }
      if (c < ' ') {
        throw bad("control character in a string");
      }
      out.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        if (at + 4 > text.length()) {
          throw bad("cut short");
        }
        try {
          int code = Integer.parseInt(text, at, at + 4, 16);
          at += 4;
          yield (char) code;
        } catch (NumberFormatException _) {
          throw bad("bad escape");
        }
      }
      default -> throw bad("bad escape");
    };
  }

  private Object number() {
    int start = at;
    boolean whole = true;
    while (at < text.length() && "+-0123456789.eE".indexOf(text.charAt(at)) >= 0) {
      whole &= ".eE".indexOf(text.charAt(at)) < 0;
      at++;
    }
    String digits = text.substring(start, at);
    try {
      if (whole) {
        return Long.parseLong(digits);
      }
      return Double.parseDouble(digits);
    } catch (NumberFormatException _) {
      throw bad("not a value");
    }
  }

  private @Nullable Object literal(String word, @Nullable Object value) {
    if (!text.startsWith(word, at)) {
      throw bad("not a value");
    }
    at += word.length();
    return value;
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw bad("cut short");
    }
    return text.charAt(at);
  }

  private boolean take(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) {
    if (!take(c)) {
      throw bad("expected " + c);
    }
  }

  private IllegalArgumentException bad(String why) {
    return new IllegalArgumentException("not JSON at character " + at + ": " + why);
  }
}
