package io.bitbuilder.hypervisor.unitfile;

import java.util.ArrayList;
import java.util.List;

/**
 * A unit, drop-in, network, netdev or nspawn file: sections of assignments, in order, keys repeated
 * where they are (systemd.syntax(7)). Values are as systemd reads them before it looks at quotes or
 * specifiers; {@link Words} makes them of untrusted text. {@link #parse} of {@link #toString} gives
 * the same file.
 */
public record UnitFile(List<Section> sections) {
  public UnitFile {
    sections = List.copyOf(sections);
  }

  /** A section and its assignments. The same name may come twice: each is a peer, a lease. */
  public record Section(String name, List<Entry> entries) {
    public Section {
      entries = List.copyOf(entries);
      if (name.isEmpty() || !name.equals(name.strip()) || !isLine(name) || hasBracket(name)) {
        throw new IllegalArgumentException("not the name of a section");
      }
    }

    private static boolean hasBracket(String name) {
      return name.indexOf('[') >= 0 || name.indexOf(']') >= 0;
    }
  }

  /** One assignment; an empty value resets a list. */
  public record Entry(String key, String value) {
    public Entry {
      if (!isKey(key)) {
        throw new IllegalArgumentException("not a key of a setting");
      }
      if (!isLine(value) || !value.equals(value.strip()) || value.endsWith("\\")) {
        throw new IllegalArgumentException("not the value of a setting: it would not stay one");
      }
    }

    private static boolean isKey(String text) {
      for (int i = 0; i < text.length(); i++) {
        if (!isKey(text.charAt(i))) {
          return false;
        }
      }
      return !text.isEmpty();
    }

    private static boolean isKey(char c) {
      return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    }
  }

  /** The values of a key in all sections of a name, in order. */
  public List<String> values(String section, String key) {
    return sections.stream()
        .filter(one -> one.name().equals(section))
        .flatMap(one -> one.entries().stream())
        .filter(entry -> entry.key().equals(key))
        .map(Entry::value)
        .toList();
  }

  private static boolean isLine(String text) {
    // A loop: all values of all files pass here, and a stream costs more than the rest of an entry.
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < 0x20 && c != '\t') || c == 0x7f) {
        return false;
      }
    }
    return true;
  }

  /** The text of the file. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    for (Section section : sections) {
      out.append(out.isEmpty() ? "[" : "\n[").append(section.name()).append("]\n");
      for (Entry entry : section.entries()) {
        out.append(entry.key()).append('=').append(entry.value()).append('\n');
      }
    }
    return out.toString();
  }

  /**
   * Reads a file. Comments are dropped, a line that ends in a backslash goes on in the next one.
   *
   * @throws IllegalArgumentException when a line is neither a section nor an assignment in one; the
   *     message names the line by number
   */
  public static UnitFile parse(String text) {
    List<Section> sections = new ArrayList<>();
    String name = "";
    List<Entry> entries = new ArrayList<>();
    StringBuilder pending = new StringBuilder();
    int number = 0;
    for (String raw : text.lines().toList()) {
      number++;
      String stripped = raw.strip();
      if (stripped.startsWith("#") || stripped.startsWith(";")) {
        continue;
      }
      if (raw.endsWith("\\")) {
        pending.append(raw, 0, raw.length() - 1).append(' ');
        continue;
      }
      String line = pending.append(raw).toString().strip();
      pending.setLength(0);
      try {
        if (line.startsWith("[") && line.endsWith("]") && line.length() > 2) {
          close(name, entries, sections);
          name = line.substring(1, line.length() - 1);
        } else if (!line.isEmpty()) {
          entries.add(entry(name, line));
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
      }
    }
    if (!pending.isEmpty()) {
      throw new IllegalArgumentException("line " + number + ": the last line goes on nowhere");
    }
    close(name, entries, sections);
    return new UnitFile(sections);
  }

  private static Entry entry(String section, String line) {
    int equals = line.indexOf('=');
    if (section.isEmpty() || equals < 0) {
      throw new IllegalArgumentException("not an assignment in a section");
    }
    return new Entry(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
  }

  private static void close(String name, List<Entry> entries, List<Section> sections) {
    if (!name.isEmpty()) {
      sections.add(new Section(name, entries));
      entries.clear();
    }
  }

  /** Starts an empty file. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects a file from top to bottom. */
  public static final class Builder {
    private final List<Section> sections = new ArrayList<>();
    private String name = "";
    private final List<Entry> entries = new ArrayList<>();

    private Builder() {}

    /** Begins a section. */
    public Builder section(String section) {
      close(name, entries, sections);
      name = section;
      return this;
    }

    /**
     * Adds an assignment to the section begun last.
     *
     * @throws IllegalArgumentException when the value would not stay one value: it has a line end,
     *     or a space or backslash at its end
     */
    public Builder set(String key, String value) {
      if (name.isEmpty()) {
        throw new IllegalStateException("an assignment before any section");
      }
      entries.add(new Entry(key, value));
      return this;
    }

    /** Adds {@code yes} or {@code no}. */
    public Builder set(String key, boolean value) {
      return set(key, value ? "yes" : "no");
    }

    /** The file. */
    public UnitFile build() {
      close(name, entries, sections);
      name = "";
      return new UnitFile(sections);
    }
  }
}
