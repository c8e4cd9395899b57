package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.JsonRenderer;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Severity;
import io.bitbuilder.hypervisor.diagnostic.TextRenderer;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Findings in the ways verbs show them. */
final class Findings {
  private Findings() {}

  /** The first one in short, and how many there are. Not escaped. */
  static String oneLine(List<Diagnostic> findings) {
    if (findings.isEmpty()) {
      return "";
    }
    Diagnostic first = findings.getFirst();
    Location at = first.location();
    StringBuilder text = new StringBuilder(first.code().name()).append(' ');
    if (!at.path().isEmpty()) {
      text.append(at.path()).append(':').append(at.span().line()).append(':');
      text.append(at.span().column()).append(": ");
    }
    text.append(first.message());
    if (findings.size() > 1) {
      text.append(" (and ").append(findings.size() - 1).append(" more)");
    }
    return text.toString();
  }

  /** In full, for people. */
  static void print(List<Diagnostic> findings, Output output) {
    output.out().print(TextRenderer.render(findings, output.colour()));
  }

  /** For programs. */
  static List<Map<String, Object>> json(Collection<Diagnostic> findings) {
    return findings.stream().map(JsonRenderer::toValue).toList();
  }

  static boolean haveErrors(Collection<Diagnostic> findings) {
    return findings.stream().anyMatch(finding -> finding.severity() == Severity.ERROR);
  }

  /** The exit status findings call for: the worst that is not passing. */
  static int status(Collection<Diagnostic> findings) {
    int status = ExitStatus.DONE;
    for (Diagnostic finding : findings) {
      if (finding.severity() == Severity.ERROR) {
        status = worse(status, status(finding.code()));
      }
    }
    return status;
  }

  /** Of two statuses the one that tells more: rolled back, unverified, rejected, try later. */
  static int worse(int one, int other) {
    List<Integer> order =
        List.of(
            ExitStatus.INTERNAL,
            ExitStatus.ROLLED_BACK,
            ExitStatus.UNVERIFIED,
            ExitStatus.REJECTED,
            ExitStatus.TRY_LATER,
            ExitStatus.DONE);
    return order.indexOf(one) <= order.indexOf(other) ? one : other;
  }

  private static int status(Code code) {
    return switch (code) {
      case BB501, BB507, BB606 -> ExitStatus.TRY_LATER;
      case BB502, BB503, BB608, BB609 -> ExitStatus.UNVERIFIED;
      case BB601, BB602, BB603 -> ExitStatus.ROLLED_BACK;
      default -> ExitStatus.REJECTED;
    };
  }
}
