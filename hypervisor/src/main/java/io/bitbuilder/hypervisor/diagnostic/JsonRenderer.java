package io.bitbuilder.hypervisor.diagnostic;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Findings as JSON values (maps, lists, texts and whole numbers) for programs, and back. */
public final class JsonRenderer {
  private JsonRenderer() {}

  /** The finding as one object; its keys are stable. */
  public static Map<String, Object> toValue(Diagnostic finding) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("code", finding.code().name());
    value.put("severity", finding.severity().word());
    value.put("message", finding.message());
    value.put("location", location(finding.location()));
    value.put("expected", finding.expected());
    value.put("help", finding.help());
    List<Object> notes = new ArrayList<>();
    for (Diagnostic.Note note : finding.notes()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("message", note.message());
      entry.put("location", location(note.location()));
      notes.add(entry);
    }
    value.put("notes", notes);
    return value;
  }

  /**
   * Reads what {@link #toValue} wrote.
   *
   * @throws IllegalArgumentException when the value has another shape
   */
  public static Diagnostic parse(Map<String, ? extends @Nullable Object> value) {
    List<Diagnostic.Note> notes = new ArrayList<>();
    if (!(value.get("notes") instanceof List<?> list)) {
      throw new IllegalArgumentException("notes is not a list");
    }
    for (Object entry : list) {
      Map<?, ?> note = map(entry, "note");
      notes.add(new Diagnostic.Note(text(note, "message"), location(note)));
    }
    return new Diagnostic(
        Code.valueOf(text(value, "code")),
        text(value, "message"),
        location(value),
        text(value, "expected"),
        text(value, "help"),
        notes);
  }

  private static Map<String, Object> location(Location at) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("repository", at.repository());
    value.put("commit", at.commit());
    value.put("path", at.path());
    value.put("line", (long) at.span().line());
    value.put("column", (long) at.span().column());
    value.put("length", (long) at.span().length());
    value.put("pointer", at.pointer());
    value.put("source", at.sourceLine());
    return value;
  }

  private static Location location(Map<?, ?> holder) {
    Map<?, ?> value = map(holder.get("location"), "location");
    Span span = new Span(number(value, "line"), number(value, "column"), number(value, "length"));
    return new Location(
        text(value, "repository"),
        text(value, "commit"),
        text(value, "path"),
        span,
        text(value, "pointer"),
        text(value, "source"));
  }

  private static Map<?, ?> map(@Nullable Object value, String what) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw new IllegalArgumentException(what + " is not an object");
  }

  private static String text(Map<?, ?> map, String key) {
    if (map.get(key) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(key + " is not a text");
  }

  private static int number(Map<?, ?> map, String key) {
    if (map.get(key) instanceof Number number) {
      return Math.toIntExact(number.longValue());
    }
    throw new IllegalArgumentException(key + " is not a number");
  }
}
