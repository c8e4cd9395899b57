package io.bitbuilder.hypervisor.schema;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.diagnostic.Severity;
import io.bitbuilder.hypervisor.document.Document;
import io.bitbuilder.hypervisor.document.Node;
import java.util.List;

/**
 * One document being read, and what was found in it. After {@value #LIMIT} findings the rest is
 * dropped: nobody reads more, and a hostile file must not fill the disk with them.
 */
public final class Reading {
  private static final int LIMIT = 200;

  private final Document document;
  private final Report report;
  private int findings;
  private boolean failed;

  public Reading(Document document, Report report) {
    this.document = document;
    this.report = report;
  }

  /** The document. */
  public Document document() {
    return document;
  }

  /** Whether an error was found. */
  public boolean failed() {
    return failed;
  }

  /** Adds a finding about a value. */
  public void error(Code code, Node node, String message, String expected, String help) {
    add(code, document.at(node), message, expected, help);
  }

  /** Adds a finding about a key. */
  public void errorAtKey(
      Code code, Node.Entries mapping, String key, String message, String expected, String help) {
    add(code, document.atKey(mapping, key), message, expected, help);
  }

  /** Adds a finding about a place. */
  public void add(Code code, Location at, String message, String expected, String help) {
    add(new Diagnostic(code, message, at, expected, help, List.of()));
  }

  /** Adds a finding. */
  public void add(Diagnostic finding) {
    failed |= finding.severity() == Severity.ERROR;
    if (findings++ < LIMIT) {
      report.add(finding);
    }
  }

  /** Adds the finding that a value is of another type. */
  public void wrongType(Node node, String expected, String help) {
    String found =
        node instanceof Node.Scalar scalar && !scalar.isNull()
            ? node.kind() + " " + Quote.quote(scalar.text())
            : node.kind();
    error(Code.BB202, node, "found " + found, expected, help);
  }
}
