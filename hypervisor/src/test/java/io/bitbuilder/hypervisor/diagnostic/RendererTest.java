package io.bitbuilder.hypervisor.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RendererTest {
  private static final Location AT =
      new Location(
          "tenant-acme",
          "4f1c2d9",
          "metadata.json",
          new Span(10, 5, 8),
          "/resources/memroy",
          "    \"memroy\": \"4G\",");

  private static final Diagnostic FINDING =
      new Diagnostic(
          Code.BB201,
          "unknown key `memroy` in resources",
          AT,
          "cpu, memory, storage",
          "a key with a similar name exists: `memory`",
          List.of());

  @Test
  void showsPlaceSourceExpectedAndHelp() {
    assertThat(TextRenderer.render(List.of(FINDING), false))
        .isEqualTo(
            """
            error[BB201]: unknown key `memroy` in resources
              --> tenant-acme@4f1c2d9:metadata.json:10:5  (/resources/memroy)
               |
            10 |     "memroy": "4G",
               |     ^^^^^^^^
            expected: cpu, memory, storage
            help: a key with a similar name exists: `memory`
            """);
  }

  @Test
  void notesCarryTheirPlace() {
    Diagnostic finding =
        FINDING.withNote("first claimed at", Location.ofFile("tenant-blue", "99ab010", "a.yaml"));
    assertThat(TextRenderer.render(List.of(finding), false))
        .endsWith("note: first claimed at tenant-blue@99ab010:a.yaml:1:1\n");
  }

  @Test
  void untrustedTextForgesNeitherLineNorEscape() {
    Location at =
        new Location("t", "", "a\n\u001b[2Jb", new Span(1, 2, 9999), "/x\ny", "\t\u001b[31mred");
    Diagnostic finding = new Diagnostic(Code.BB204, "m\rm", at, "", "", List.of());
    String text = TextRenderer.render(List.of(finding), false);
    assertThat(text).doesNotContain("\u001b").doesNotContain("\r");
    assertThat(text.lines()).hasSize(5);
  }

  @Test
  void longLinesAreCutAroundTheFinding() {
    String line = "x".repeat(500) + "HERE" + "y".repeat(500);
    Location at = new Location("t", "", "a", new Span(1, 501, 4), "", line);
    String text =
        TextRenderer.render(List.of(new Diagnostic(Code.BB204, "m", at, "", "", List.of())), false);
    List<String> lines = text.lines().toList();
    assertThat(lines.get(3)).hasSizeLessThan(130);
    assertThat(lines.get(3).substring(lines.get(4).indexOf('^'))).startsWith("HERE");
  }

  @Test
  void saysHowManyRemain() {
    List<Diagnostic> many = new ArrayList<>();
    for (int i = 0; i < 53; i++) {
      many.add(FINDING);
    }
    String text = TextRenderer.render(many, false);
    assertThat(text)
        .endsWith("\n3 more findings in tenant-acme@4f1c2d9:metadata.json are not shown\n");
    assertThat(text.lines().filter(line -> line.startsWith("error["))).hasSize(50);
  }

  @Test
  void coloursOnlyWhenAsked() {
    assertThat(TextRenderer.render(List.of(FINDING), true)).contains("\u001b[1;31merror[BB201]");
    assertThat(TextRenderer.render(List.of(), true)).isEmpty();
  }

  @Test
  void jsonGoesThereAndBack() {
    Diagnostic finding = FINDING.withNote("see", AT);
    assertThat(JsonRenderer.parse(JsonRenderer.toValue(finding))).isEqualTo(finding);
    assertThatThrownBy(() -> JsonRenderer.parse(Map.of("code", "BB201")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
