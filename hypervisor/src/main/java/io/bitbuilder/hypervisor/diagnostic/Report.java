package io.bitbuilder.hypervisor.diagnostic;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects findings, so that all of them are reported at once. Not safe for use by two threads. */
public final class Report {
  private static final Comparator<Diagnostic> BY_PLACE =
      Comparator.comparing((Diagnostic d) -> d.location().repository())
          .thenComparing(d -> d.location().path())
          .thenComparing(d -> d.location().span())
          .thenComparing(d -> d.code().name())
          .thenComparing(Diagnostic::message);

  private final List<Diagnostic> findings = new ArrayList<>();

  /** Adds a finding. */
  public void add(Diagnostic finding) {
    findings.add(finding);
  }

  /** Adds a finding without help or notes. */
  public void add(Code code, Location location, String message, String expected) {
    add(code, location, message, expected, "");
  }

  /** Adds a finding without notes. */
  public void add(Code code, Location location, String message, String expected, String help) {
    findings.add(new Diagnostic(code, message, location, expected, help, List.of()));
  }

  /** Adds all findings of another report. */
  public void addAll(Report other) {
    findings.addAll(other.findings);
  }

  /** Whether any finding is an error. */
  public boolean hasErrors() {
    return findings.stream().anyMatch(d -> d.severity() == Severity.ERROR);
  }

  /** All findings, without repetition, sorted by file and place. */
  public List<Diagnostic> sorted() {
    return findings.stream().distinct().sorted(BY_PLACE).toList();
  }
}
