package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.MapOf;
import io.bitbuilder.hypervisor.schema.Scalar;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes kinds of documents as pages of the reference, one section for each key. */
final class ReferencePages {
  private static final String NOTE =
      "<!-- Written from the model by ReferenceTest; change the model, then run it with"
          + " -Dreference.update=true. -->\n";

  private final StringBuilder out = new StringBuilder();

  private ReferencePages() {}

  static String of(DocumentKind kind) {
    ReferencePages page = new ReferencePages();
    page.out
        .append(NOTE)
        .append("# `")
        .append(kind.path())
        .append("`\n\n")
        .append(kind.doc())
        .append("\n\nEditors check it with [")
        .append(kind.name())
        .append(".schema.json](schema/")
        .append(kind.name())
        .append(".schema.json). Keys that are not listed here are errors.\n\n")
        .append("| key | value | default | a change |\n|---|---|---|---|\n");
    page.table(kind.shape(), "");
    page.out.append('\n');
    page.sections(kind.shape(), "");
    return page.out.toString().stripTrailing() + "\n";
  }

  /** The page that lists all kinds. */
  static String index() {
    StringBuilder out = new StringBuilder(NOTE);
    out.append("# Documents\n\n")
        .append("Files in YAML 1.2 or JSON, in UTF-8, at most 1 MiB each. Anchors, aliases, tags,")
        .append(" merge keys and several documents in one file are refused, as are duplicate and")
        .append(" unknown keys. `true` and `false` are the only booleans; a number that is meant")
        .append(" as text needs quotes. Comments and trailing commas are allowed in JSON too.\n\n")
        .append("A change of a key is applied *live*, or it needs a *restart* of what runs, or")
        .append(" what runs is removed and made anew (*recreate*); `bitbuilder plan` says which.\n")
        .append("\n| file | what it is |\n|---|---|\n");
    for (DocumentKind kind : DocumentKind.all()) {
      out.append("| [`").append(kind.path()).append("`](").append(kind.name()).append(".md) | ");
      out.append(kind.doc()).append(" |\n");
    }
    return out.toString();
  }

  private void table(Shape shape, String prefix) {
    for (Key<?> key : shape.keys()) {
      String path = prefix + key.name();
      out.append("| `").append(path).append("` | ").append(cell(key.type().word()));
      out.append(" | ").append(cell(fallback(key)));
      out.append(" | ").append(key.supported() ? key.consequence().word() : "not supported yet");
      out.append(" |\n");
      Inner inner = inner(key.type(), path);
      if (inner != null) {
        table(inner.shape(), inner.prefix());
      }
    }
  }

  private void sections(Shape shape, String prefix) {
    for (Key<?> key : shape.keys()) {
      String path = prefix + key.name();
      out.append("## `").append(path).append("`\n\n").append(key.doc()).append("\n\n");
      line("Value", value(key.type()));
      line("Default", fallback(key));
      line("A change is applied", applied(key));
      line("Since", key.since());
      out.append('\n');
      Inner inner = inner(key.type(), path);
      if (inner != null) {
        sections(inner.shape(), inner.prefix());
      }
    }
  }

  private void line(String label, String text) {
    out.append("- ").append(label).append(": ").append(text).append('\n');
  }

  private static String applied(Key<?> key) {
    String how =
        switch (key.consequence()) {
          case LIVE -> "live";
          case RESTART -> "by a restart";
          case RECREATE -> "by making it anew";
        };
    return key.supported() ? how : how + ", once a later version supports it";
  }

  private static String fallback(Key<?> key) {
    if (key.required()) {
      return "none, it must be there";
    }
    if (key.shown().isEmpty()) {
      return "none";
    }
    return key.fallback() == null ? key.shown() : "`" + key.shown() + "`";
  }

  private static String value(Type<?> type) {
    return switch (type) {
      case Scalar<?> scalar -> scalar.expected();
      case ListOf<?> list -> "a list; each item: " + value(list.item());
      case MapOf<?> map ->
          "a mapping; keys: " + map.keyExpected() + "; values: " + value(map.value());
      case Shape shape ->
          "a mapping with " + String.join(", ", shape.keys().stream().map(Key::name).toList());
    };
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }

  private record Inner(Shape shape, String prefix) {}

  private static @Nullable Inner inner(Type<?> type, String path) {
    return switch (type) {
      case Scalar<?> _ -> null;
      case ListOf<?> list -> inner(list.item(), path + "[]");
      case MapOf<?> map -> inner(map.value(), path + ".*");
      case Shape shape -> new Inner(shape, path + ".");
    };
  }

  /** All keys of a kind, inner ones after the one that holds them. */
  static List<Key<?>> keys(Shape shape) {
    List<Key<?>> keys = new ArrayList<>();
    for (Key<?> key : shape.keys()) {
      keys.add(key);
      Inner inner = inner(key.type(), "");
      if (inner != null) {
        keys.addAll(keys(inner.shape()));
      }
    }
    return keys;
  }
}
