package io.bitbuilder.hypervisor.document;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.bitbuilder.hypervisor.diagnostic.Report;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Whatever lies in a repository is a document or a finding, and never anything else. */
final class DocumentFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void document(byte[] bytes) {
    for (String name : new String[] {"config.yaml", "metadata.json"}) {
      Report report = new Report();
      Optional<Document> read = Document.read(new Document.Source("acme", "", name), bytes, report);
      assertThat(read.isEmpty()).isEqualTo(report.hasErrors());
      read.ifPresent(document -> visit(document.root(), 0));
    }
  }

  private static int visit(Node node, int depth) {
    assertThat(depth).isLessThanOrEqualTo(Document.DEPTH_LIMIT);
    return switch (node) {
      case Node.Scalar scalar -> scalar.text().length();
      case Node.Items items ->
          items.items().stream().mapToInt(item -> visit(item, depth + 1)).sum();
      case Node.Entries entries ->
          entries.entries().values().stream()
              .mapToInt(entry -> visit(entry.value(), depth + 1))
              .sum();
    };
  }

  /** What is read is written again, and is the same then. */
  @FuzzTest(maxDuration = "10m")
  void json(byte[] bytes) {
    Object value;
    try {
      value = Json.parse(new String(bytes, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException _) {
      return;
    }
    assertThat(Json.parse(Json.write(value))).isEqualTo(value);
  }
}
