package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Severity;
import io.bitbuilder.hypervisor.generation.AuditLog;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Why a commit never became a generation, as a line of the audit trail. */
final class Rejection {
  private Rejection() {}

  /**
   * The line; empty when nothing was rejected, or when it only says what an earlier line does.
   *
   * @param scope a tenant id, or {@code system}
   */
  static Optional<AuditLog.Entry> of(String scope, List<Diagnostic> findings, Instant now) {
    List<Diagnostic> errors =
        findings.stream()
            .filter(finding -> finding.severity() == Severity.ERROR)
            // That it was refused is told when it is refused.
            .filter(finding -> finding.code() != Code.BB508)
            .toList();
    if (errors.isEmpty()) {
      return Optional.empty();
    }
    Diagnostic first = errors.getFirst();
    String reason = first.code() + " " + first.location() + ": " + first.message();
    if (errors.size() > 1) {
      reason += " (and " + (errors.size() - 1) + " more)";
    }
    return Optional.of(
        new AuditLog.Entry(
            now,
            scope,
            AuditLog.Event.REJECTED,
            0,
            first.location().commit(),
            "",
            "",
            "",
            reason,
            new TreeMap<>()));
  }
}
