package io.bitbuilder.hypervisor.schema;

import io.bitbuilder.hypervisor.document.Node;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of values of one type. Items with findings are left out of what is read, so that positions
 * in it are those in the file only when reading did not fail.
 */
public record ListOf<T>(Type<T> item) implements Type<List<T>> {
  @Override
  public @Nullable List<T> read(Node node, Reading reading) {
    if (!(node instanceof Node.Items items)) {
      reading.wrongType(node, "a list", "write [ ] around the value");
      return null;
    }
    List<T> values = new ArrayList<>(items.items().size());
    for (Node each : items.items()) {
      T value = item.read(each, reading);
      if (value != null) {
        values.add(value);
      }
    }
    return values;
  }

  @Override
  public String word() {
    return "list of " + item.word();
  }
}
