package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.document.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The part of JSON Schema our schemas use, to check that they accept what we accept. */
final class SchemaCheck {
  private final List<String> complaints = new ArrayList<>();

  private SchemaCheck() {}

  static List<String> check(Map<?, ?> schema, Node node) {
    SchemaCheck check = new SchemaCheck();
    check.value(schema, node);
    return check.complaints;
  }

  private void value(Map<?, ?> schema, Node node) {
    boolean fits =
        switch (node) {
          case Node.Entries entries -> entries(schema, entries);
          case Node.Items items -> items(schema, items);
          case Node.Scalar scalar -> scalar(schema, scalar);
        };
    if (!fits) {
      complaints.add(node.pointer() + " is " + node.kind() + ", not " + schema);
    }
  }

  private boolean entries(Map<?, ?> schema, Node.Entries node) {
    Object others = schema.get("additionalProperties");
    node.entries()
        .forEach((key, entry) -> {
          if (schema.get("properties") instanceof Map<?, ?> properties
              && properties.get(key) instanceof Map<?, ?> inner) {
            value(inner, entry.value());
          } else if (others instanceof Map<?, ?> inner) {
            value(inner, entry.value());
          } else {
            complaints.add(node.pointer(key) + " is unknown");
          }
        });
    if (schema.get("required") instanceof List<?> required) {
      required.stream()
          .filter(key -> node.get((String) key) == null)
          .forEach(key -> complaints.add(node.pointer() + " lacks " + key));
    }
    return "object".equals(schema.get("type"));
  }

  private boolean items(Map<?, ?> schema, Node.Items node) {
    if (schema.get("items") instanceof Map<?, ?> item) {
      node.items().forEach(each -> value(item, each));
    }
    return "array".equals(schema.get("type"));
  }

  private static boolean scalar(Map<?, ?> schema, Node.Scalar node) {
    String text = node.text();
    if (schema.get("enum") instanceof List<?> words) {
      return words.contains(text);
    }
    List<?> types = schema.get("type") instanceof List<?> list ? list : List.of(schema.get("type"));
    if (node.isNumber()) {
      double value = Double.parseDouble(text);
      return (types.contains("number") || (types.contains("integer") && value % 1 == 0))
          && (!(schema.get("minimum") instanceof Number least) || value >= least.doubleValue())
          && (!(schema.get("maximum") instanceof Number most) || value <= most.doubleValue());
    }
    if (node.isBoolean()) {
      return types.contains("boolean");
    }
    return types.contains("string")
        && (!(schema.get("pattern") instanceof String pattern)
            || Pattern.compile(pattern).matcher(text).find());
  }
}
