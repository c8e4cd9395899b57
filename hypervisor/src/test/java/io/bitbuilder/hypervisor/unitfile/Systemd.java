package io.bitbuilder.hypervisor.unitfile;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads values as systemd does, from its manual pages and apart from the product's own readers, so
 * that a mistake there cannot hide itself.
 */
public final class Systemd {
  private Systemd() {}

  /** The assignments of one {@code Environment=} (systemd.exec(5)), specifiers resolved. */
  public static List<String> environment(String value) {
    return split(value, true).stream().map(Systemd::specifiers).toList();
  }

  /** What {@code $NAME} as a word of its own becomes (systemd.service(5), "Command lines"). */
  public static List<String> variable(String value) {
    return split(value, false);
  }

  /** The words of a list of units, or of another setting that keeps backslashes as they are. */
  public static List<String> words(String value) {
    return split(value.replace("\\", "\\\\"), false).stream().map(Systemd::specifiers).toList();
  }

  /** The fields of a value that is divided by colons (systemd.nspawn(5), {@code Bind=}). */
  public static List<String> fields(String value) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\') {
        field.append(value.charAt(++i));
      } else if (c == ':') {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
  }

  /** systemd.syntax(7), "Quoting"; without C escapes a backslash stands for what follows it. */
  private static List<String> split(String value, boolean escapes) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean begun = false;
    char quote = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\') {
        char next = value.charAt(++i);
        word.append(escapes ? escaped(next) : next);
        begun = true;
      } else if (quote != 0 ? c == quote : c == '"' || c == '\'') {
        quote = quote == 0 ? c : 0;
        begun = true;
      } else if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
        if (begun) {
          words.add(word.toString());
        }
        word.setLength(0);
        begun = false;
      } else {
        word.append(c);
        begun = true;
      }
    }
    if (quote != 0) {
      throw new IllegalArgumentException("a quote without an end: " + value);
    }
    if (begun) {
      words.add(word.toString());
    }
    return words;
  }

  private static char escaped(char c) {
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case '\\', '"', '\'' -> c;
      default -> throw new IllegalArgumentException("an escape we do not use: " + c);
    };
  }

  /** systemd.unit(5), "Specifiers": {@code %%} is a percent sign, all else would be replaced. */
  private static String specifiers(String word) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < word.length(); i++) {
      if (word.charAt(i) == '%' && word.charAt(++i) != '%') {
        throw new IllegalArgumentException("a specifier: " + word);
      }
      text.append(word.charAt(i));
    }
    return text.toString();
  }
}
