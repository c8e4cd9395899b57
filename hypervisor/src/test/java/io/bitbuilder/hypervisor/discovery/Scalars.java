package io.bitbuilder.hypervisor.discovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.document.Document;
import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Scalar;
import java.util.List;

/** Reads one value as a document that has nothing else. */
final class Scalars {
  private Scalars() {}

  /** What is found wrong with a text; nothing when it is accepted. */
  static List<Diagnostic> findings(Scalar<?> scalar, String text) {
    Report report = new Report();
    Document document =
        Document.read(
                new Document.Source("acme", "", "x.json"), Json.write(text).getBytes(UTF_8), report)
            .orElseThrow();
    Object value = scalar.read(document.root(), new Reading(document, report));
    if ((value == null) != report.hasErrors()) {
      throw new AssertionError("a value with a finding, or neither: " + text);
    }
    return report.sorted();
  }

  static boolean accepts(Scalar<?> scalar, String text) {
    return findings(scalar, text).isEmpty();
  }
}
