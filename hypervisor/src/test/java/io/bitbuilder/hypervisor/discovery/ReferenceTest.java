package io.bitbuilder.hypervisor.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.document.Document;
import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.Reading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The reference documentation and the schemas say what the model says. {@code
 * -Dreference.update=true} writes them anew, to be reviewed as a difference.
 */
class ReferenceTest {
  private static final Path REFERENCE = Path.of("../docs/reference");
  private static final boolean UPDATE = Boolean.getBoolean("reference.update");

  /** So that the checks below cannot go blind. */
  private static final int LEAST_KEYS = 190;

  @Test
  void everyKeyIsDocumented() {
    List<Key<?>> keys =
        DocumentKind.all().stream()
            .<Key<?>>flatMap(kind -> ReferencePages.keys(kind.shape()).stream())
            .toList();
    assertThat(keys).hasSizeGreaterThanOrEqualTo(LEAST_KEYS);
    assertThat(keys)
        .allSatisfy(key -> {
          assertThat(key.doc()).as(key.name()).matches("[A-Z][^\\n]*[.]");
          assertThat(key.since()).as(key.name()).isNotEmpty();
        });
  }

  @Test
  void filesAreWhatTheModelSays() throws IOException {
    Map<Path, String> wanted = new TreeMap<>();
    for (DocumentKind kind : DocumentKind.all()) {
      wanted.put(REFERENCE.resolve(kind.name() + ".md"), ReferencePages.of(kind));
      wanted.put(
          REFERENCE.resolve("schema").resolve(kind.name() + ".schema.json"),
          Json.pretty(JsonSchemas.of(kind)));
    }
    wanted.put(REFERENCE.resolve("documents.md"), ReferencePages.index());
    for (Map.Entry<Path, String> file : wanted.entrySet()) {
      if (UPDATE) {
        Files.createDirectories(file.getKey().resolveSibling(""));
        Files.writeString(file.getKey(), file.getValue());
      }
      assertThat(file.getKey()).content().isEqualTo(file.getValue());
    }
    try (Stream<Path> schemas = Files.list(REFERENCE.resolve("schema"))) {
      assertThat(schemas).allSatisfy(path -> assertThat(wanted).containsKey(path));
    }
  }

  /** A default is shown as text and used as a value; both must be the same. */
  @Test
  void defaultsAreWhatTheySay() {
    int checked = 0;
    for (DocumentKind kind : DocumentKind.all()) {
      for (Key<?> key : ReferencePages.keys(kind.shape())) {
        if (key.fallback() != null) {
          Report report = new Report();
          Document document = document(key.shown(), report);
          assertThat(key.type().read(document.root(), new Reading(document, report)))
              .as("%s of %s", key.name(), kind.name())
              .isEqualTo(key.fallback());
          checked++;
        }
      }
    }
    assertThat(checked).isGreaterThan(30);
  }

  /** Whatever the examples hold, the schemas accept. */
  @Test
  void schemasAcceptTheExamples() throws IOException {
    List<String> complaints = new ArrayList<>();
    int checked = 0;
    for (Path file : documents(Path.of("../examples"), Path.of("src/test/cases/tenant"))) {
      for (DocumentKind kind : DocumentKind.all()) {
        if (file.toString().replace('\\', '/').matches(".*/" + kind.path().replace("*", "[^/]+"))) {
          Report report = new Report();
          Document document = document(Files.readString(file), report);
          SchemaCheck.check(JsonSchemas.of(kind), document.root())
              .forEach(complaint -> complaints.add(file + ": " + complaint));
          checked++;
        }
      }
    }
    assertThat(complaints).isEmpty();
    assertThat(checked).isGreaterThan(10);
  }

  private static List<Path> documents(Path... tops) throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path top : tops) {
      try (Stream<Path> paths = Files.walk(top)) {
        paths
            .filter(path -> path.toString().endsWith(".yaml") || path.toString().endsWith(".json"))
            .filter(path -> !path.toString().contains("rootfs-overlay"))
            .forEach(found::add);
      }
    }
    return found;
  }

  private static Document document(String text, Report report) {
    return Document.read(
            new Document.Source("", "", "x"), text.getBytes(StandardCharsets.UTF_8), report)
        .orElseThrow();
  }
}
