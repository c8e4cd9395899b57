package io.bitbuilder.hypervisor.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every code has its page, and every page its code. */
final class ErrorPagesTest {
  private static final Path PAGES = Path.of("../docs/reference/errors");

  @ParameterizedTest
  @EnumSource(Code.class)
  void aCodeIsExplained(Code code) throws IOException {
    List<String> page = Files.readAllLines(PAGES.resolve(code.name() + ".md"));
    assertThat(page.getFirst()).isEqualTo("# " + code.name() + ": " + code.title());
    assertThat(page.get(2)).startsWith(code.severity() == Severity.ERROR ? "Error" : "Warning");
    int example = page.indexOf("## Example");
    int mend = page.indexOf("## How to mend it");
    assertThat(example).isGreaterThan(4);
    assertThat(mend).isGreaterThan(example + 4);
    assertThat(page.subList(example, mend)).anyMatch(line -> line.contains(code.name()));
    assertThat(page.subList(mend + 1, page.size())).anyMatch(line -> line.length() > 20);
  }

  @Test
  void noPageIsLeftOver() throws IOException {
    List<String> expected = new ArrayList<>(List.of("README.md"));
    for (Code code : Code.values()) {
      expected.add(code.name() + ".md");
    }
    try (Stream<Path> pages = Files.list(PAGES)) {
      assertThat(pages.map(page -> page.getFileName().toString()).toList())
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void theListNamesEveryCodeWithItsTitle() throws IOException {
    List<String> list = Files.readAllLines(PAGES.resolve("README.md"));
    for (Code code : Code.values()) {
      assertThat(list).contains("* [" + code + "](" + code + ".md): " + code.title());
    }
  }
}
