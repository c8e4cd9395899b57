package io.bitbuilder.testbed;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** A JSON value a command printed. A step that leads nowhere fails the test and says where. */
public record Json(@Nullable Object value) {
  /** Reads one JSON document. */
  public static Json parse(String text) {
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(100_000_000).build();
    try {
      return new Json(new Load(settings).loadFromString(text));
    } catch (RuntimeException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  /** The value below, by member names (String) and indexes (Integer). */
  public Json at(Object... path) {
    Json here = this;
    for (Object step : path) {
      if (step instanceof String key
          && here.value instanceof Map<?, ?> map
          && map.containsKey(key)) {
        here = new Json(map.get(key));
      } else if (step instanceof Integer index
          && here.value instanceof List<?> list
          && index < list.size()) {
        here = new Json(list.get(index));
      } else {
        throw new AssertionError("no " + step + " in " + here.value);
      }
    }
    return here;
  }

  /** Whether the object has a member that is not null. */
  public boolean has(String key) {
    return value instanceof Map<?, ?> map && map.get(key) != null;
  }

  /** The members of a list. */
  public List<Json> list() {
    if (!(value instanceof List<?> list)) {
      throw new AssertionError("not a list: " + value);
    }
    List<Json> members = new ArrayList<>();
    for (Object member : list) {
      members.add(new Json(member));
    }
    return members;
  }

  /** The first member of a list whose own member has the value. */
  public Json where(String key, Object expected) {
    for (Json member : list()) {
      if (member.has(key) && expected.equals(member.at(key).value)) {
        return member;
      }
    }
    throw new AssertionError("nothing with " + key + "=" + expected + " in " + value);
  }

  /** The text. */
  public String text() {
    return String.valueOf(value);
  }

  @Override
  public String toString() {
    return text();
  }
}
