package io.bitbuilder.hypervisor.injection;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.diagnostic.Span;
import io.bitbuilder.hypervisor.discovery.DocumentKind;
import io.bitbuilder.hypervisor.document.Document;
import io.bitbuilder.hypervisor.document.Node;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.MapOf;
import io.bitbuilder.hypervisor.schema.Scalar;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Type;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A place of the model where somebody writes a text, and where a file has it: a value, or a key of
 * a mapping.
 *
 * @param name of the kind of document, then the way through the model: {@code *} is any item,
 *     {@code {}} any value of a mapping, a trailing {@code =} its key
 * @param span of what is written in the file, quotes included
 * @param text what is written there
 */
record Field(String name, Span span, String text) {
  /** The names of all fields the model has. */
  static SortedSet<String> names() {
    SortedSet<String> names = new TreeSet<>();
    DocumentKind.all().forEach(kind -> names(kind.name() + "#", kind.shape(), names));
    return names;
  }

  private static void names(String at, Type<?> type, SortedSet<String> names) {
    switch (type) {
      case Scalar<?> _ -> names.add(at);
      case ListOf<?> list -> names(at + "/*", list.item(), names);
      case MapOf<?> map -> {
        names.add(at + "/{}=");
        names(at + "/{}", map.value(), names);
      }
      case Shape shape -> {
        names.add(at + "/=");
        shape.keys().forEach(key -> names(at + "/" + key.name(), key.type(), names));
      }
    }
  }

  /** The fields the documents of a tree set, by name, each with the path of the first. */
  static SortedMap<String, Placed> of(Trees tree) {
    SortedMap<String, Placed> fields = new TreeMap<>();
    for (DocumentKind kind : DocumentKind.all()) {
      for (String path : tree.files().keySet()) {
        if (path.matches(kind.path().replace(".", "\\.").replace("*", "[^/]+"))) {
          of(kind, document(path, tree.text(path)).root())
              .forEach((name, field) -> fields.putIfAbsent(name, new Placed(path, field)));
        }
      }
    }
    return fields;
  }

  /** A field and the file that has it. */
  record Placed(String path, Field field) {}

  static Document document(String path, String text) {
    Report report = new Report();
    return Document.read(new Document.Source("", "", path), text.getBytes(UTF_8), report)
        .orElseThrow(() -> new AssertionError(report.sorted().toString()));
  }

  /** The fields a document sets, by name; the first of each. */
  static SortedMap<String, Field> of(DocumentKind kind, Node root) {
    SortedMap<String, Field> fields = new TreeMap<>();
    find(kind.name() + "#", kind.shape(), root, fields);
    return fields;
  }

  private static void find(String at, Type<?> type, Node node, SortedMap<String, Field> fields) {
    switch (type) {
      case Scalar<?> _ when node instanceof Node.Scalar scalar ->
          fields.putIfAbsent(at, new Field(at, scalar.span(), scalar.text()));
      case ListOf<?> list when node instanceof Node.Items items ->
          items.items().forEach(item -> find(at + "/*", list.item(), item, fields));
      case MapOf<?> map when node instanceof Node.Entries entries -> {
        for (Map.Entry<String, Node.Entry> entry : entries.entries().entrySet()) {
          key(at + "/{}=", entry, fields);
          find(at + "/{}", map.value(), entry.getValue().value(), fields);
        }
      }
      case Shape shape when node instanceof Node.Entries entries -> {
        entries.entries().entrySet().forEach(entry -> key(at + "/=", entry, fields));
        for (Key<?> key : shape.keys()) {
          Node value = entries.get(key.name());
          if (value != null) {
            find(at + "/" + key.name(), key.type(), value, fields);
          }
        }
      }
      default -> throw new IllegalArgumentException(at + " is not of its type");
    }
  }

  private static void key(
      String at, Map.Entry<String, Node.Entry> entry, SortedMap<String, Field> fields) {
    fields.putIfAbsent(at, new Field(at, entry.getValue().key(), entry.getKey()));
  }

  /** Whether it is a key of which all that may stand there are known. */
  boolean isKnownKey() {
    return name.endsWith("/=");
  }

  /** A file with something else written there; everything before it stays where it is. */
  String in(String file, String written) {
    String[] lines = file.split("\n", -1);
    String line = lines[span.line() - 1];
    int from = span.column() - 1;
    lines[span.line() - 1] =
        line.substring(0, from) + written + line.substring(from + span.length());
    return String.join("\n", lines);
  }
}
