package io.bitbuilder.hypervisor.diagnostic;

/** How bad a finding is. An error keeps the input out; a warning does not. */
public enum Severity {
  ERROR,
  WARNING;

  /** The word printed before the code. */
  public String word() {
    return this == ERROR ? "error" : "warning";
  }
}
