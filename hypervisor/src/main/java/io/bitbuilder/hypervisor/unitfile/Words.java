package io.bitbuilder.hypervisor.unitfile;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Untrusted text as words of a setting: what goes in comes out again as the same word, whatever it
 * contains. systemd reads a word in layers, and each method here says which of them it covers:
 *
 * <ol>
 *   <li>quotes and C escapes (systemd.syntax(7), "Quoting");
 *   <li>specifiers, {@code %} (systemd.unit(5), "Specifiers");
 *   <li>the splitting of a variable in an Exec line (systemd.service(5), "Command lines").
 * </ol>
 *
 * <p>systemd accepts no other control characters than tab and newline in most settings, and only
 * well-formed text; every method refuses the rest.
 */
public final class Words {
  private Words() {}

  /**
   * One word of {@code Environment=} (systemd.exec(5)): quotes, C escapes and specifiers; {@code $}
   * means nothing there.
   */
  public static String environment(String name, String value) {
    String word = (name + "=" + value).replace("%", "%%");
    check(word);
    return isPlain(word) ? word : quoted(word);
  }

  private static String quoted(String word) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        case '"', '\\' -> out.append('\\').append(c);
        default -> out.append(c);
      }
    }
    return out.append('"').toString();
  }

  /**
   * The value of a variable that an Exec line takes apart again, {@code $NAME} as a word of its
   * own: quotes are honoured, and a backslash stands for the character after it, newlines included.
   */
  public static String variable(List<String> words) {
    return words.stream().map(Words::inVariable).collect(Collectors.joining(" "));
  }

  /**
   * The text that {@link #environment} made this word of. Of anything else the result is some text,
   * which then does not give the word again.
   */
  public static String unquoted(String word) {
    boolean quotes = word.length() > 1 && word.startsWith("\"") && word.endsWith("\"");
    String text = quotes ? unescaped(word.substring(1, word.length() - 1)) : word;
    return text.replace("%%", "%");
  }

  private static String unescaped(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        c = text.charAt(++i);
        out.append(c == 'n' ? '\n' : c == 't' ? '\t' : c);
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** The words that {@link #variable} made this value of; with the same proviso. */
  public static List<String> words(String variable) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inside = false;
    for (int i = 0; i < variable.length(); i++) {
      char c = variable.charAt(i);
      if (c == '\\' && inside && i + 1 < variable.length()) {
        word.append(variable.charAt(++i));
      } else if (c == '"') {
        inside = !inside;
      } else if (c == ' ' && !inside) {
        words.add(word.toString());
        word.setLength(0);
      } else {
        word.append(c);
      }
    }
    if (!variable.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }

  private static String inVariable(String word) {
    check(word);
    return isPlain(word) ? word : '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /**
   * One field of a value that is divided by colons, as {@code Bind=} of systemd.nspawn(5): quotes
   * and specifiers mean nothing there, and nothing stands for a newline.
   *
   * @throws IllegalArgumentException when the text has a newline or tab, or starts or ends with a
   *     space, which would be lost
   */
  public static String field(String text) {
    check(text);
    if (text.indexOf('\n') >= 0 || text.indexOf('\t') >= 0 || !text.equals(text.strip())) {
      throw new IllegalArgumentException("text cannot be a field of a setting");
    }
    return text.replace("\\", "\\\\").replace(":", "\\:");
  }

  private static boolean isRepresentable(int c) {
    boolean control = (c < 0x20 && c != '\t' && c != '\n') || c == 0x7f;
    boolean surrogate = c >= 0xd800 && c <= 0xdfff;
    boolean noncharacter = (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
    return !control && !surrogate && !noncharacter;
  }

  private static void check(String word) {
    if (!word.codePoints().allMatch(Words::isRepresentable)) {
      throw new IllegalArgumentException("systemd cannot carry a control character in a setting");
    }
  }

  private static boolean isPlain(String word) {
    return !word.isEmpty()
        && word.chars()
            .allMatch(c ->
                (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || "-_=./:,@+%$".indexOf(c) >= 0);
  }
}
