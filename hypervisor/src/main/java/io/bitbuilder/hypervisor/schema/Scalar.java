package io.bitbuilder.hypervisor.schema;

import io.bitbuilder.hypervisor.document.Node;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A type whose values are written as one scalar.
 *
 * @param expected what a valid value looks like, for messages and the reference
 * @param json its JSON Schema
 */
public record Scalar<T>(String word, String expected, Map<String, Object> json, Parser<T> parser)
    implements Type<T> {
  /** Characters of a value that are written out in help. */
  private static final int SHOWN_LIMIT = 80;

  /** From what was written to the value. */
  @FunctionalInterface
  public interface Parser<T> {
    /** The value, or null after reporting why not. */
    @Nullable T parse(Node.Scalar node, Reading reading);
  }

  /** From a text to the value. */
  @FunctionalInterface
  public interface TextParser<T> {
    /** The value, or null after reporting why not. */
    @Nullable T parse(String text, Node.Scalar node, Reading reading);
  }

  /** A type whose values must be text: a number or boolean has to be quoted. */
  public static <T> Scalar<T> ofText(
      String word, String expected, Map<String, Object> json, TextParser<T> parser) {
    return new Scalar<>(
        word,
        expected,
        json,
        (node, reading) -> {
          if (node.isNull() || node.isBoolean() || node.isNumber()) {
            reading.wrongType(node, expected, node.isNull() ? "" : inQuotes(node));
            return null;
          }
          return parser.parse(node.text(), node, reading);
        });
  }

  /** What to do with a value that is no text; a number may have as many digits as a file. */
  static String inQuotes(Node.Scalar node) {
    boolean shown = node.text().length() <= SHOWN_LIMIT;
    return "put it in quotes" + (shown ? ": \"" + node.text() + "\"" : "");
  }

  @Override
  public @Nullable T read(Node node, Reading reading) {
    if (node instanceof Node.Scalar scalar) {
      return parser.parse(scalar, reading);
    }
    reading.wrongType(node, expected, "");
    return null;
  }
}
