package io.bitbuilder.hypervisor.schema;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.document.Node;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.TenantId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The scalar types every kind of document uses. */
public final class Types {
  /** {@code true} or {@code false}; the words of YAML 1.1 are text and refused. */
  public static final Scalar<Boolean> BOOLEAN =
      new Scalar<>("boolean", "true or false", Map.of("type", "boolean"), Types::bool);

  /** The name of a container, machine, network or volume. */
  public static final Scalar<ResourceName> NAME =
      Scalar.ofText(
          "name",
          ResourceName.EXPECTED,
          Map.of("type", "string", "pattern", "^[a-z]([a-z0-9-]{0,29}[a-z0-9])?$"),
          (text, node, reading) -> {
            if (ResourceName.isValid(text)) {
              return new ResourceName(text);
            }
            reading.error(
                Code.BB207,
                node,
                Quote.quote(text) + " is not a valid name",
                ResourceName.EXPECTED,
                "");
            return null;
          });

  /** The id of a tenant. */
  public static final Scalar<TenantId> TENANT_ID =
      Scalar.ofText(
          "tenant id",
          TenantId.EXPECTED,
          Map.of("type", "string", "pattern", "^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$"),
          (text, node, reading) -> {
            if (TenantId.isValid(text)) {
              return new TenantId(text);
            }
            boolean reserved = text.equals("system");
            reading.error(
                Code.BB207,
                node,
                Quote.quote(text) + (reserved ? " is reserved" : " is not a valid tenant id"),
                TenantId.EXPECTED,
                "");
            return null;
          });

  private static final Set<String> YES_NO =
      Set.of("yes", "no", "on", "off", "y", "n", "true", "false");

  private Types() {}

  /** Text without control characters, of 1 to so many code points. */
  public static Scalar<String> text(int limit) {
    String expected = "text of 1 to " + limit + " characters on one line";
    return Scalar.ofText(
        "text",
        expected,
        Map.of("type", "string", "minLength", 1, "maxLength", limit),
        (text, node, reading) -> safe(text, limit, expected, node, reading));
  }

  /** Text of which a rule decides, reported under a code. */
  public static Scalar<String> text(
      String word, String expected, Code code, Map<String, Object> json, Predicate<String> rule) {
    return Scalar.ofText(
        word,
        expected,
        json,
        (text, node, reading) -> {
          if (rule.test(text)) {
            return text;
          }
          reading.error(code, node, Quote.quote(text) + " is not a valid " + word, expected, "");
          return null;
        });
  }

  /** Text, or a number or nothing taken as written, as values of environment variables are. */
  public static Scalar<String> loose(int limit) {
    String expected = "text of at most " + limit + " characters on one line";
    return new Scalar<>(
        "text",
        expected,
        Map.of("type", List.of("string", "number"), "maxLength", limit),
        (node, reading) -> {
          if (node.isBoolean() || (node.isNull() && !node.text().isEmpty())) {
            reading.wrongType(node, expected, Scalar.inQuotes(node));
            return null;
          }
          return node.text().isEmpty() ? "" : safe(node.text(), limit, expected, node, reading);
        });
  }

  /**
   * One of some words.
   *
   * @param values what each word means, in the order to show
   * @param later words that are understood but have no effect in this version
   */
  public static <T> Scalar<T> choice(Map<String, T> values, Set<String> later) {
    List<String> words = new ArrayList<>(values.keySet());
    List<String> now = words.stream().filter(word -> !later.contains(word)).toList();
    String expected = String.join(", ", words);
    return Scalar.ofText(
        "one of " + expected,
        expected,
        Map.of("enum", words),
        (text, node, reading) -> {
          T value = values.get(text);
          if (value == null) {
            reading.error(
                Code.BB204,
                node,
                "unknown value " + Quote.quote(text),
                expected,
                Similar.to(text, words)
                    .map(word -> "a similar value exists: `" + word + "`")
                    .orElse(""));
          } else if (later.contains(text)) {
            reading.error(
                Code.BB212,
                node,
                Quote.quote(text) + " is not supported by this version",
                String.join(", ", now),
                "use `" + now.getFirst() + "`");
          }
          return value;
        });
  }

  /** The values of an enumeration, in order, with the words people write. */
  public static <T> Map<String, T> words(List<String> words, List<T> values) {
    Map<String, T> map = new LinkedHashMap<>();
    for (int i = 0; i < words.size(); i++) {
      map.put(words.get(i), values.get(i));
    }
    return map;
  }

  /** Whether every character may be shown and handed on: none of control, format, or lone half. */
  public static boolean isPrintable(String text) {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (c >= ' ' && c < 0x7f) {
        continue;
      }
      switch (Character.getType(c)) {
        case Character.CONTROL,
            Character.FORMAT,
            Character.SURROGATE,
            Character.PRIVATE_USE,
            Character.UNASSIGNED,
            Character.LINE_SEPARATOR,
            Character.PARAGRAPH_SEPARATOR -> {
          return false;
        }
        default -> {}
      }
    }
    return true;
  }

  private static @Nullable String safe(
      String text, int limit, String expected, Node node, Reading reading) {
    if (!isPrintable(text)) {
      reading.error(
          Code.BB211,
          node,
          Quote.quote(text) + " holds characters that cannot be handed to systemd",
          expected,
          "remove line ends and control characters");
      return null;
    }
    int length = text.codePointCount(0, text.length());
    if (length < 1 || length > limit) {
      reading.error(Code.BB204, node, "text of " + length + " characters", expected, "");
      return null;
    }
    return text;
  }

  private static @Nullable Boolean bool(Node.Scalar node, Reading reading) {
    if (node.isBoolean()) {
      return node.text().equals("true");
    }
    String word = node.text().toLowerCase(Locale.ROOT);
    String help =
        node.isPlain() && YES_NO.contains(word)
            ? "YAML 1.2 knows true and false only"
            : "write true or false without quotes";
    reading.wrongType(node, "true or false", help);
    return null;
  }
}
