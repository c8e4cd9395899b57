package io.bitbuilder.hypervisor.networkd;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.diagnostic.Span;
import io.bitbuilder.hypervisor.document.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A file of sections and settings (systemd.syntax(7)) with the place of each word, read more
 * strictly than systemd does: a line is one setting, whole and visible, or it is a finding.
 */
final class SettingsText {
  /** Nobody reads more, and a hostile file must not fill the disk with them. */
  private static final int FINDINGS = 200;

  /** Longer lines are not shown in findings. */
  private static final int LINE_LIMIT = 2000;

  private final Document.Source source;
  private final List<String> lines;
  private final Report report;
  private final List<Section> sections = new ArrayList<>();
  private int findings;
  private boolean goesOn;

  /** A piece of a line. */
  record Word(String text, Span span) {}

  /** A section as written, with its settings. */
  record Section(Word name, List<Setting> settings) {}

  /** A setting as written. */
  record Setting(Word key, Word value) {}

  private SettingsText(Document.Source source, String text, Report report) {
    this.source = source;
    this.lines = List.of(text.split("\n", -1));
    this.report = report;
  }

  /** Reads a file; empty when it is not text at all. */
  static Optional<SettingsText> read(Document.Source source, byte[] bytes, Report report) {
    Optional<SettingsText> read =
        Document.text(source, bytes, report).map(text -> new SettingsText(source, text, report));
    read.ifPresent(SettingsText::lines);
    return read;
  }

  /** The sections in order, whatever was wrong around them. */
  List<Section> sections() {
    return sections;
  }

  /** Whether anything was found. */
  boolean failed() {
    return findings > 0;
  }

  /** Adds an error. */
  void add(Code code, Span span, String pointer, String message, String expected, String help) {
    add(new Diagnostic(code, message, at(span, pointer), expected, help, List.of()));
  }

  void add(Diagnostic finding) {
    if (findings++ < FINDINGS) {
      report.add(finding);
    }
  }

  Location at(Span span, String pointer) {
    String line = lines.get(span.line() - 1);
    return new Location(
        source.repository(),
        source.commit(),
        source.path(),
        span,
        pointer,
        line.length() > LINE_LIMIT ? "" : line);
  }

  private void lines() {
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      // A line may end as it does elsewhere.
      String text = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
      if (isVisible(i + 1, text)) {
        line(i + 1, text);
      }
    }
  }

  /** systemd ends a line at more than a line feed, so that there is more than is seen. */
  private boolean isVisible(int number, String line) {
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if ((c < 0x20 && c != '\t') || c == 0x7f) {
        add(
            Code.BB106,
            span(number, line, i, i + 1),
            "",
            "control character " + Quote.quote(String.valueOf(c)) + " in the line",
            "lines of text",
            "remove it");
        return false;
      }
    }
    return true;
  }

  private void line(int number, String line) {
    String text = line.strip();
    boolean comment = text.startsWith("#") || text.startsWith(";");
    if (comment || (text.isEmpty() && !goesOn)) {
      return;
    }
    boolean before = goesOn;
    goesOn = line.endsWith("\\");
    if (goesOn && !before) {
      add(
          Code.BB106,
          span(number, line, line.length() - 1, line.length()),
          "",
          "the line goes on in the next one",
          "one setting in one line",
          "join the lines");
    }
    if (goesOn || before) {
      return;
    }
    int start = line.indexOf(text.charAt(0));
    if (text.startsWith("[")) {
      header(number, line, start, text);
    } else {
      setting(number, line, start, text);
    }
  }

  private void header(int number, String line, int start, String text) {
    Span span = span(number, line, start, start + text.length());
    String name = text.length() > 2 ? text.substring(1, text.length() - 1) : "";
    boolean header = text.endsWith("]") && name.indexOf('[') < 0 && name.indexOf(']') < 0;
    if (!header || name.isBlank()) {
      add(
          Code.BB106,
          span,
          "",
          Quote.quote(text) + " is not the head of a section",
          "a name in brackets, and nothing else in the line",
          "");
    }
    // Settings below a head that cannot be read belong to it all the same.
    sections.add(new Section(new Word(header ? name : "", span), new ArrayList<>()));
  }

  private void setting(int number, String line, int start, String text) {
    int equals = line.indexOf('=');
    if (equals < 0 || sections.isEmpty() || equals == start) {
      add(
          Code.BB106,
          span(number, line, start, start + text.length()),
          "",
          equals > start
              ? Quote.quote(text) + " is in no section"
              : Quote.quote(text) + " is not a setting",
          equals > start ? "the head of a section above it" : "`Key=value`, or # and a comment",
          "");
      return;
    }
    String key = line.substring(start, equals).stripTrailing();
    String value = line.substring(equals + 1).strip();
    int from = value.isEmpty() ? equals : line.indexOf(value, equals + 1);
    int to = value.isEmpty() ? equals + 1 : from + value.length();
    sections
        .getLast()
        .settings()
        .add(
            new Setting(
                new Word(key, span(number, line, start, start + key.length())),
                new Word(value, span(number, line, from, to))));
  }

  /** The place of a piece of a line. */
  private static Span span(int number, String line, int from, int to) {
    return new Span(
        number,
        line.codePointCount(0, from) + 1,
        Math.max(1, line.codePointCount(from, Math.max(from, to))));
  }

  /** The place of a piece of a word. */
  static Span span(Word word, int from, int to) {
    return new Span(
        word.span().line(),
        word.span().column() + word.text().codePointCount(0, from),
        Math.max(1, word.text().codePointCount(from, to)));
  }
}
