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
            String help = node.isNull() ? "" : "put it in quotes: \"" + node.text() + "\"";
            reading.wrongType(node, expected, help);
            return null;
          }
          return parser.parse(node.text(), node, reading);
        });
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
