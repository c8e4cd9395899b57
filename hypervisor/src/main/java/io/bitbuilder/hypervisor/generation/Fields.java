package io.bitbuilder.hypervisor.generation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Typed access to the members of a JSON object of ours; anything unexpected is an error. */
record Fields(Map<String, @Nullable Object> map) {
  String text(String key) {
    if (map.get(key) instanceof String text) {
      return text;
    }
    throw missing(key, "text");
  }

  String text(String key, String otherwise) {
    return map.get(key) instanceof String text ? text : otherwise;
  }

  long number(String key) {
    if (map.get(key) instanceof Long number) {
      return number;
    }
    throw missing(key, "a whole number");
  }

  boolean flag(String key) {
    if (map.get(key) instanceof Boolean flag) {
      return flag;
    }
    throw missing(key, "true or false");
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (Object item : list(key)) {
      if (!(item instanceof String text)) {
        throw missing(key, "a list of texts");
      }
      texts.add(text);
    }
    return texts;
  }

  /** Whether it is there at all, which what an earlier version wrote need not have. */
  boolean has(String key) {
    return map.containsKey(key);
  }

  List<Fields> objects(String key) {
    List<Fields> objects = new ArrayList<>();
    for (Object item : list(key)) {
      objects.add(of(item, key));
    }
    return objects;
  }

  Fields object(String key) {
    return of(map.get(key), key);
  }

  private List<?> list(String key) {
    if (map.get(key) instanceof List<?> list) {
      return list;
    }
    throw missing(key, "a list");
  }

  private static Fields of(@Nullable Object value, String key) {
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> members = new java.util.LinkedHashMap<>();
      map.forEach((name, member) -> members.put(String.valueOf(name), member));
      return new Fields(members);
    }
    throw missing(key, "an object");
  }

  private static IllegalArgumentException missing(String key, String expected) {
    return new IllegalArgumentException("member " + key + " is not " + expected);
  }
}
