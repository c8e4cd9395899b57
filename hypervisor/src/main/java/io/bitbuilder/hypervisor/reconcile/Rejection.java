package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Severity;
import io.bitbuilder.hypervisor.generation.AuditLog;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Why a commit never became a generation, as a line of the audit trail. */
final class Rejection {
  private Rejection() {}

  private static final String SYSTEM = "system";
  private static final Set<Code> OF_PUBLISHERS = EnumSet.of(Code.BB608, Code.BB609);

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
            // The commit is not to blame for what publishers of images sign.
            .filter(finding -> !scope.equals(SYSTEM) || !OF_PUBLISHERS.contains(finding.code()))
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
