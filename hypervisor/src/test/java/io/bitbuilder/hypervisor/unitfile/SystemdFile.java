package io.bitbuilder.hypervisor.unitfile;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads a file of settings as systemd does (systemd.syntax(7); read_line(), config_parse() and
 * parse_line() of its sources), apart from the product's own reader. Stricter in one thing: a line
 * that systemd would pass over with a warning is a mistake of whoever wrote the file.
 */
public final class SystemdFile {
  private static final String WHITESPACE = " \t\n\r";

  private final List<Setting> settings = new ArrayList<>();
  private String section = "";

  private SystemdFile() {}

  /** An assignment, its value before quotes and specifiers are looked at. */
  public record Setting(String section, String key, String value) {}

  /**
   * The settings of a file, in order.
   *
   * @throws IllegalArgumentException when systemd would not take a line for what we meant
   */
  public static List<Setting> read(String text) {
    SystemdFile file = new SystemdFile();
    String continued = null;
    for (String line : lines(text)) {
      if (!isText(line)) {
        throw new IllegalArgumentException("systemd passes over a line that is no text");
      }
      String start = stripLeading(line);
      if (start.startsWith("#") || start.startsWith(";")) {
        continue;
      }
      boolean escaped = false;
      for (int i = 0; i < line.length(); i++) {
        escaped = !escaped && line.charAt(i) == '\\';
      }
      String joined = continued == null ? line : continued + line;
      if (escaped) {
        continued = joined.substring(0, joined.length() - 1) + ' ';
      } else {
        continued = null;
        file.line(joined);
      }
    }
    if (continued != null) {
      throw new IllegalArgumentException("the last line goes on");
    }
    return List.copyOf(file.settings);
  }

  /** A line ends at more than a line feed: read_line() knows these three. */
  private static List<String> lines(String text) {
    return List.of(text.split("\r\n|\n\r|[\n\r\0]", -1));
  }

  private static boolean isText(String line) {
    return line.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff);
  }

  private void line(String line) {
    String text = stripTrailing(stripLeading(line));
    if (text.isEmpty()) {
      return;
    }
    if (text.startsWith("[")) {
      if (!text.endsWith("]")) {
        throw new IllegalArgumentException("not the head of a section");
      }
      section = text.substring(1, text.length() - 1);
      return;
    }
    int equals = text.indexOf('=');
    if (equals < 0 || section.isEmpty()) {
      throw new IllegalArgumentException("systemd passes over a line that is no assignment");
    }
    settings.add(
        new Setting(
            section,
            stripTrailing(text.substring(0, equals)),
            stripLeading(text.substring(equals + 1))));
  }

  private static String stripLeading(String text) {
    int at = 0;
    while (at < text.length() && WHITESPACE.indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return text.substring(at);
  }

  private static String stripTrailing(String text) {
    int end = text.length();
    while (end > 0 && WHITESPACE.indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return text.substring(0, end);
  }
}
