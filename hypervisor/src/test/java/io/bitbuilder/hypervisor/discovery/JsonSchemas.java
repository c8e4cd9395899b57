package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.MapOf;
import io.bitbuilder.hypervisor.schema.Scalar;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes kinds of documents as JSON Schemas (draft 2020-12) for editors. */
final class JsonSchemas {
  private JsonSchemas() {}

  static Map<String, Object> of(DocumentKind kind) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("$id", "https://bitbuilder.io/schema/" + kind.name() + ".schema.json");
    schema.put("title", kind.path());
    schema.put("description", kind.doc());
    schema.putAll(of(kind.shape()));
    return schema;
  }

  private static Map<String, Object> of(Type<?> type) {
    Map<String, Object> schema = new LinkedHashMap<>();
    switch (type) {
      case Scalar<?> scalar -> schema.putAll(new TreeMap<>(scalar.json()));
      case ListOf<?> list -> {
        schema.put("type", "array");
        schema.put("items", of(list.item()));
      }
      case MapOf<?> map -> {
        schema.put("type", "object");
        schema.put("additionalProperties", of(map.value()));
      }
      case Shape shape -> {
        schema.put("type", "object");
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (Key<?> key : shape.keys()) {
          properties.put(key.name(), of(key));
          if (key.required()) {
            required.add(key.name());
          }
        }
        schema.put("properties", properties);
        schema.put("required", required);
        schema.put("additionalProperties", false);
      }
    }
    return schema;
  }

  private static Map<String, Object> of(Key<?> key) {
    Map<String, Object> schema = new LinkedHashMap<>();
    String later = key.supported() ? "" : " Not supported by this version.";
    schema.put("description", key.doc() + later);
    if (key.fallback() != null) {
      schema.put("default", value(key.shown()));
    }
    schema.putAll(of(key.type()));
    return schema;
  }

  /** A default as it is written, as a JSON value. */
  private static Object value(String shown) {
    if (shown.equals("true") || shown.equals("false")) {
      return Boolean.valueOf(shown);
    }
    try {
      return shown.contains(".") ? (Object) Double.valueOf(shown) : (Object) Long.valueOf(shown);
    } catch (NumberFormatException _) {
      return shown;
    }
  }
}
