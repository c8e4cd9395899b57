package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import java.io.IOException;
import java.util.List;

/** Staged files broke a rule (BB605): the compiler is broken, or somebody else wrote them. */
public final class NotAdmitted extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient List<Diagnostic> findings;

  NotAdmitted(List<Diagnostic> findings) {
    super(findings.isEmpty() ? "staged files are not allowed" : findings.getFirst().message());
    this.findings = List.copyOf(findings);
  }

  /** What was found, at least one error. */
  public List<Diagnostic> findings() {
    return findings;
  }
}
