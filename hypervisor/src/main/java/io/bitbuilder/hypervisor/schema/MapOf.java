package io.bitbuilder.hypervisor.schema;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.document.Node;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A mapping with keys of the author's choice.
 *
 * @param keyWord what a key is
 * @param keyExpected what a valid key looks like
 * @param isKey whether a text is a valid key
 */
public record MapOf<T>(String keyWord, String keyExpected, Predicate<String> isKey, Type<T> value)
    implements Type<SortedMap<String, T>> {
  @Override
  public @Nullable SortedMap<String, T> read(Node node, Reading reading) {
    if (!(node instanceof Node.Entries mapping)) {
      reading.wrongType(node, "a mapping from " + keyWord + " to " + value.word(), "");
      return null;
    }
    SortedMap<String, T> values = new TreeMap<>();
    for (Map.Entry<String, Node.Entry> entry : mapping.entries().entrySet()) {
      String key = entry.getKey();
      if (!isKey.test(key)) {
        reading.errorAtKey(
            Code.BB207, mapping, key, Quote.quote(key) + " is not a " + keyWord, keyExpected, "");
        continue;
      }
      T read = value.read(entry.getValue().value(), reading);
      if (read != null) {
        values.put(key, read);
      }
    }
    return values;
  }

  @Override
  public String word() {
    return "mapping from " + keyWord + " to " + value.word();
  }
}
