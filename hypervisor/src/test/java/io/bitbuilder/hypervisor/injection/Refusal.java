package io.bitbuilder.hypervisor.injection;

import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.JsonRenderer;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Severity;
import io.bitbuilder.hypervisor.diagnostic.Span;
import io.bitbuilder.hypervisor.diagnostic.TextRenderer;
import io.bitbuilder.hypervisor.document.Json;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What findings must be like, whatever they are about. */
final class Refusal {
  /** Of the text and of the JSON of one finding, with the line of the file and the way to it. */
  private static final int LIMIT = 9000;

  /** Of what a finding says itself. */
  private static final int SENTENCE_LIMIT = 1200;

  private static final Pattern LINE =
      Pattern.compile(
          "(error|warning)\\[BB\\d{3}]: .+|  --> .+|\\d* +\\|.*|\\d+ \\| .*|(expected|help|note): .+|");

  private Refusal() {}

  /** What is wrong with the findings, whether or not they refuse. */
  static Optional<String> fault(List<Diagnostic> findings) {
    for (Diagnostic finding : findings) {
      Optional<String> fault = fault(finding);
      if (fault.isPresent()) {
        return fault;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> fault(Diagnostic finding) {
    String json = Json.write(JsonRenderer.toValue(finding));
    String text = TextRenderer.render(List.of(finding), false);
    int sentences = finding.message().length() + finding.help().length();
    if (json.length() > LIMIT || text.length() > LIMIT) {
      return Optional.of("too long a finding: " + json.length() + " " + json.substring(0, 400));
    }
    if (sentences > SENTENCE_LIMIT) {
      return Optional.of("too long a sentence: " + finding.message().substring(0, 200));
    }
    if (!isVisible(json) || !isVisible(text.replace("\n", ""))) {
      return Optional.of("a character that is not to be shown in: " + json);
    }
    if (!isVisible(finding.message() + finding.expected() + finding.help())) {
      return Optional.of("a character that is not to be shown in the sentence of: " + json);
    }
    for (String line : text.split("\n", -1)) {
      if (!LINE.matcher(line).matches()) {
        return Optional.of("a line that is not one of a finding: " + line);
      }
    }
    return Optional.empty();
  }

  /**
   * Whether an error is where something was written; of what is no YAML, somewhere within it.
   *
   * @param slack how much further on it may be
   * @param length of what was written
   */
  static boolean isAt(List<Diagnostic> findings, String path, Span span, int slack, int length) {
    return findings.stream()
        .anyMatch(finding -> {
          Location at = finding.location();
          int within = at.span().column() - span.column();
          int most = slack + (finding.code().name().startsWith("BB10") ? length + 1 : 0);
          return finding.severity() == Severity.ERROR
              && at.path().equals(path)
              && at.span().line() == span.line()
              && within >= 0
              && within <= most;
        });
  }

  /** Where findings are and what they say, for messages. */
  static List<String> places(List<Diagnostic> findings) {
    return findings.stream()
        .map(finding -> finding.code() + " " + finding.location() + " " + finding.message())
        .toList();
  }

  /** Neither ends a line, nor speaks to a terminal, nor turns the direction of writing. */
  private static boolean isVisible(String text) {
    return text.codePoints()
        .noneMatch(c ->
            c < ' '
                || (c >= 0x7f && c < 0xa0)
                || (c >= 0xd800 && c <= 0xdfff)
                || (c >= 0x2028 && c <= 0x202e)
                || (c >= 0x200b && c <= 0x200f)
                || (c >= 0x2066 && c <= 0x2069)
                || c == 0xfeff);
  }
}
