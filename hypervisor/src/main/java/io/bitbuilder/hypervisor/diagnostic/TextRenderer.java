package io.bitbuilder.hypervisor.diagnostic;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Findings as text for people: level, code and message, the place with the source line underlined,
 * what was expected, how to mend it, and related places. At most 50 findings are shown per file.
 */
public final class TextRenderer {
  private static final int FINDINGS_PER_FILE = 50;
  private static final int LINE_WIDTH = 120;

  private TextRenderer() {}

  /**
   * Renders findings in the order given.
   *
   * @param colour whether to use terminal colours
   * @return lines, each ended by a line feed; empty when there is no finding
   */
  public static String render(List<Diagnostic> findings, boolean colour) {
    Map<String, Integer> perFile = new LinkedHashMap<>();
    StringBuilder out = new StringBuilder();
    for (Diagnostic finding : findings) {
      Location at = finding.location();
      String file =
          place(new Location(at.repository(), at.commit(), at.path(), Span.START, "", ""));
      int seen = perFile.merge(file, 1, Integer::sum);
      if (seen <= FINDINGS_PER_FILE) {
        if (!out.isEmpty()) {
          out.append('\n');
        }
        one(finding, colour, out);
      }
    }
    perFile.forEach((file, seen) -> {
      if (seen > FINDINGS_PER_FILE) {
        String where = file.endsWith(":1:1") ? file.substring(0, file.length() - 4) : file;
        out.append("\n").append(seen - FINDINGS_PER_FILE).append(" more findings in ");
        out.append(where).append(" are not shown\n");
      }
    });
    return out.toString();
  }

  private static void one(Diagnostic finding, boolean colour, StringBuilder out) {
    boolean error = finding.severity() == Severity.ERROR;
    String level = finding.severity().word() + "[" + finding.code() + "]";
    out.append(paint(level, error ? "1;31" : "1;33", colour)).append(": ");
    out.append(paint(clean(finding.message()), "1", colour)).append('\n');
    Location at = finding.location();
    String place = place(at);
    if (!place.isEmpty() || !at.pointer().isEmpty()) {
      out.append("  --> ").append(place.isEmpty() ? "." : place);
      if (!at.pointer().isEmpty()) {
        out.append("  (").append(clean(at.pointer())).append(')');
      }
      out.append('\n');
    }
    if (!at.sourceLine().isBlank()) {
      snippet(at, error, colour, out);
    }
    line("expected", finding.expected(), colour, out);
    line("help", finding.help(), colour, out);
    for (Diagnostic.Note note : finding.notes()) {
      String where = note.location().path().isEmpty() ? "" : " " + place(note.location());
      line("note", note.message() + where, colour, out);
    }
  }

  private static void snippet(Location at, boolean error, boolean colour, StringBuilder out) {
    Span span = at.span();
    String number = String.valueOf(span.line());
    String margin = " ".repeat(number.length()) + " |";
    int[] points = at.sourceLine().codePoints().toArray();
    int column = Math.min(span.column() - 1, points.length);
    // A long line is shown from a little before the finding on.
    int from = column < LINE_WIDTH - 20 ? 0 : column - 20;
    int to = Math.min(points.length, from + LINE_WIDTH);
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.appendCodePoint(points[i] == '\t' ? ' ' : Quote.isSafe(points[i]) ? points[i] : 0xFFFD);
    }
    int length = Math.clamp(span.length(), 1, Math.max(1, to - column));
    String carets =
        " ".repeat(column - from) + paint("^".repeat(length), error ? "1;31" : "1;33", colour);
    out.append(margin).append('\n');
    out.append(number).append(" | ").append(text.toString().stripTrailing()).append('\n');
    out.append(margin).append(' ').append(carets).append('\n');
  }

  private static void line(String label, String text, boolean colour, StringBuilder out) {
    if (!text.isEmpty()) {
      out.append(paint(label, "1;36", colour)).append(": ").append(clean(text)).append('\n');
    }
  }

  private static String place(Location at) {
    return clean(at.toString());
  }

  private static String clean(String text) {
    return Quote.escape(text, 2000);
  }

  private static String paint(String text, String code, boolean colour) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
