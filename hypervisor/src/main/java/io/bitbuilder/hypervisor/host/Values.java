package io.bitbuilder.hypervisor.host;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Members of JSON that others wrote: what is missing or of another type is empty. */
final class Values {
  private Values() {}

  static Map<String, @Nullable Object> map(@Nullable Object value) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> members) {
      members.forEach((key, member) -> map.put(String.valueOf(key), member));
    }
    return map;
  }

  static String text(Map<String, @Nullable Object> map, String key) {
    return map.get(key) instanceof String text ? text : "";
  }

  static long number(Map<String, @Nullable Object> map, String key) {
    return map.get(key) instanceof Long number ? number : 0;
  }

  static List<?> list(Map<String, @Nullable Object> map, String key) {
    return map.get(key) instanceof List<?> list ? list : List.of();
  }
}
