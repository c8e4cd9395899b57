package io.bitbuilder.hypervisor.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.TextRenderer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class CasesTest {
  private static final Path CASES = Path.of("src/test/cases");

  /** The corpus only grows. */
  private static final int FLOOR = 150;

  /**
   * Codes of BB1xx to BB4xx that no small case reaches: files too large for Git are in TenantsTest
   * (BB307), an exhausted range of UIDs in PlannerTest (BB405), and what a tenant uses on a host in
   * StorageInUseTest (BB410).
   */
  private static final Set<String> ELSEWHERE = Set.of("BB307", "BB405", "BB410");

  @TestFactory
  Stream<DynamicTest> everyCase() throws IOException {
    return directories().stream()
        .map(directory ->
            DynamicTest.dynamicTest(
                CASES.relativize(directory).toString(),
                directory.resolve("EXPECT").toUri(),
                () -> check(directory)));
  }

  @Test
  void theCorpusIsWhole() throws IOException {
    assertThat(directories()).hasSizeGreaterThanOrEqualTo(FLOOR);
    Set<String> missing = new TreeSet<>();
    for (Code code : Code.values()) {
      if (code.name().compareTo("BB500") < 0) {
        missing.add(code.name());
      }
    }
    for (Path directory : directories()) {
      expectations(directory).forEach(expectation -> missing.remove(expectation.code()));
    }
    assertThat(missing).as("codes without a case").isEqualTo(ELSEWHERE);
  }

  /** A directory with files of its own but no EXPECT above it is a case nobody runs. */
  @Test
  void noDirectoryIsForgotten() throws IOException {
    try (Stream<Path> features = Files.list(CASES)) {
      for (Path feature : features.filter(Files::isDirectory).toList()) {
        try (Stream<Path> cases = Files.list(feature)) {
          assertThat(cases).allSatisfy(path -> assertThat(path.resolve("EXPECT")).isRegularFile());
        }
      }
    }
  }

  private static void check(Path directory) throws IOException {
    List<Expectation> expectations = expectations(directory);
    assertThat(expectations).as("assertions of the case").isNotEmpty();
    Outcome outcome = CaseRun.run(directory);
    List<String> wrong = new ArrayList<>();
    for (Expectation expectation : expectations) {
      if (!expectation.holds(outcome)) {
        wrong.add(expectation.line());
      }
    }
    List<Diagnostic> unexpected = new ArrayList<>();
    for (Diagnostic finding : outcome.findings()) {
      if (expectations.stream().noneMatch(each -> !each.negated() && isOf(each, finding))) {
        unexpected.add(finding);
      }
    }
    if (!wrong.isEmpty() || !unexpected.isEmpty()) {
      fail(
          "not as expected:\n  "
              + String.join("\n  ", wrong)
              + "\nunexpected findings: "
              + unexpected.size()
              + "\n\n"
              + TextRenderer.render(outcome.findings(), false)
              + "\nfiles:\n  "
              + String.join("\n  ", outcome.files().keySet()));
    }
  }

  private static boolean isOf(Expectation expectation, Diagnostic finding) {
    return expectation.isFinding() && expectation.matches(finding);
  }

  private static List<Path> directories() throws IOException {
    try (Stream<Path> paths = Files.walk(CASES)) {
      return paths
          .filter(path -> path.endsWith("EXPECT"))
          .map(path -> path.resolveSibling(""))
          .sorted()
          .toList();
    }
  }

  private static List<Expectation> expectations(Path directory) throws IOException {
    return Files.readString(directory.resolve("EXPECT"))
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .map(Expectation::parse)
        .toList();
  }
}
