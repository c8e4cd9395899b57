package io.bitbuilder.hypervisor.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.document.Document;
import io.bitbuilder.hypervisor.document.Node;
import io.bitbuilder.hypervisor.model.ByteSize;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TypesTest {
  private final Report report = new Report();

  private <T> @Nullable T read(Type<T> type, String text) {
    Document document =
        Document.read(new Document.Source("", "", "x.yaml"), text.getBytes(UTF_8), report)
            .orElseThrow();
    return type.read(document.root(), new Reading(document, report));
  }

  private Code code() {
    assertThat(report.sorted()).hasSize(1);
    return report.sorted().getFirst().code();
  }

  @ParameterizedTest
  @CsvSource({"0.01, 10", "0.5, 500", "1, 1000", "1.000, 1000", "1e1, 10000", "4096, 4096000"})
  void processors(String text, int millis) {
    assertThat(read(Amounts.CPU, text)).isEqualTo(millis);
  }

  @ParameterizedTest
  @CsvSource({"0.009", "0", "-1", "4096.001", "0.0005", "1e99", "1e-99", "1e99999999999"})
  void processorsOutOfRange(String text) {
    assertThat(read(Amounts.CPU, text)).isNull();
    assertThat(code()).isEqualTo(Code.BB205);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "17, 17", "1K, 1024", "'\"2M\"', 2097152", "8191T, 9006099743113216"})
  void sizes(String text, long bytes) {
    assertThat(read(Amounts.SIZE, text)).isEqualTo(new ByteSize(bytes));
  }

  @ParameterizedTest
  @CsvSource({
    "4GB, write `4G`",
    "4gib, write `4G`",
    "4 G, write `4G`",
    "4X, ''",
    "G, ''",
    "-1, ''",
    "1.5G, ''",
    "01K, ''",
    "''' 4G''', ''",
    "'\"\"', ''",
  })
  void notSizes(String text, String help) {
    assertThat(read(Amounts.SIZE, text)).isNull();
    assertThat(code()).isEqualTo(Code.BB206);
    if (!help.isEmpty()) {
      assertThat(report.sorted().getFirst().help()).isEqualTo(help);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "5s, 5000",
    "500ms, 500",
    "1h30m, 5400000",
    "7d, 604800000",
    "3650d, 315360000000"
  })
  void durations(String text, long millis) {
    assertThat(read(Amounts.DURATION, text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({"5", "s", "1x", "-5s", "1.5s", "5 s", "1h30", "9999999999999999999d", "'\"\"'", "5S"})
  void notDurations(String text) {
    assertThat(read(Amounts.DURATION, text)).isNull();
    assertThat(code()).isEqualTo(Code.BB208);
  }

  @ParameterizedTest
  @CsvSource({
    "3650d1ms",
    "3651d",
    "87601h",
    "999999999999d",
    "999999999999999999d",
    "3650d3650d3650d"
  })
  void tooLong(String text) {
    assertThat(read(Amounts.DURATION, text)).isNull();
    assertThat(code()).isEqualTo(Code.BB205);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "10, 10"})
  void wholeNumbers(String text, int value) {
    assertThat(read(Amounts.integer(1, 10), text)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    "0, BB205",
    "11, BB205",
    "-1, BB205",
    "99999999999, BB205",
    "1.5, BB202",
    "1e0, BB202",
    "'\"1\"', BB202",
    "01, BB202",
    "x, BB202",
    "true, BB202",
    "[], BB202"
  })
  void notWholeNumbers(String text, Code code) {
    assertThat(read(Amounts.integer(1, 10), text)).isNull();
    assertThat(code()).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource({"0.1, 0.1", "100, 100.0", "1e1, 10.0"})
  void numbers(String text, double value) {
    assertThat(read(Amounts.decimal(0.1, 100), text)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({"0.09, BB205", "100.1, BB205", "x, BB202", ".inf, BB202"})
  void notNumbers(String text, Code code) {
    assertThat(read(Amounts.decimal(0.1, 100), text)).isNull();
    assertThat(code()).isEqualTo(code);
  }

  @Test
  void textIsLimitedInCodePoints() {
    assertThat(read(Types.text(3), "\"🌍🌍🌍\"")).isEqualTo("🌍🌍🌍");
    assertThat(read(Types.text(3), "abcd")).isNull();
    assertThat(code()).isEqualTo(Code.BB204);
  }

  @ParameterizedTest
  @CsvSource({
    "\\n", "\\t", "\\0", "\\e", "\\x7f", "\\u0085", "\\u200e", "\\u202e", "\\u2028", "\\ue000",
    "\\udc00", "\\ufeff"
  })
  void textHasNoInvisibleCharacters(String escape) {
    assertThat(read(Types.text(9), "\"a" + escape + "\"")).isNull();
    assertThat(code()).isEqualTo(Code.BB211);
    Diagnostic finding = report.sorted().getFirst();
    assertThat(finding.message().chars()).allMatch(c -> c >= ' ' && c < 0x7f);
  }

  @Test
  void looseTextTakesNumbersAndNothing() {
    assertThat(read(Types.loose(9), "8080")).isEqualTo("8080");
    assertThat(read(Types.loose(9), "1.50")).isEqualTo("1.50");
    assertThat(read(Types.loose(9), "\"\"")).isEmpty();
    assertThat(read(Types.loose(9), "\"true\"")).isEqualTo("true");
    assertThat(report.hasErrors()).isFalse();
    assertThat(read(Types.loose(9), "true")).isNull();
    assertThat(code()).isEqualTo(Code.BB202);
  }

  @Test
  void laterWordsAreUnderstoodAndRefused() {
    Scalar<String> type =
        Types.choice(Types.words(List.of("now", "soon"), List.of("n", "s")), Set.of("soon"));
    assertThat(read(type, "now")).isEqualTo("n");
    assertThat(report.hasErrors()).isFalse();
    assertThat(read(type, "soon")).isEqualTo("s");
    assertThat(code()).isEqualTo(Code.BB212);
  }

  private static final Key<Integer> INNER =
      Key.of("port", Amounts.integer(1, 9), Consequence.LIVE, "A port.").or(5, "5");
  private static final Key<Values> SECTION =
      Key.of("section", Shape.of("section", INNER), Consequence.RESTART, "A section.");
  private static final Key<List<String>> LATER =
      Key.of("later", new ListOf<>(Types.text(9)), Consequence.LIVE, "Later.").later();
  private static final Key<Boolean> FLAG =
      Key.of("flag", Types.BOOLEAN, Consequence.RECREATE, "A flag.").or(false, "false").later();
  private static final Shape SHAPE = Shape.of("a thing", SECTION, LATER, FLAG);

  @Test
  void anAbsentSectionHasDefaults() {
    Values values = java.util.Objects.requireNonNull(read(SHAPE, "{}"));
    assertThat(values.section(SECTION).get(INNER)).isEqualTo(5);
    assertThat(values.section(SECTION).has(INNER)).isFalse();
    assertThat(values.list(LATER)).isEmpty();
    assertThat(values.at(FLAG).pointer()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"later: []", "flag: false", "section: {}"})
  void sayingNothingNewIsNoUse(String text) {
    assertThat(read(SHAPE, text)).isNotNull();
    assertThat(report.sorted()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"later: [a], /later", "flag: true, /flag"})
  void usingWhatComesLaterIsAFinding(String text, String pointer) {
    assertThat(read(SHAPE, text)).isNotNull();
    assertThat(code()).isEqualTo(Code.BB212);
    assertThat(report.sorted().getFirst().location().pointer()).isEqualTo(pointer);
  }

  @Test
  void consequencesAreThoseOfTheInnermostKey() {
    Map.of(
            "/section", Consequence.RESTART,
            "/section/port", Consequence.LIVE,
            "/section/port/deeper", Consequence.LIVE,
            "/section/other", Consequence.RESTART,
            "/later/3", Consequence.LIVE,
            "/flag", Consequence.RECREATE)
        .forEach((pointer, wanted) -> assertThat(SHAPE.consequence(pointer)).isEqualTo(wanted));
    assertThat(SHAPE.consequence("")).isNull();
    assertThat(SHAPE.consequence("/other")).isNull();
  }

  /** A file of nothing but mistakes must not fill the disk with findings. */
  @Test
  void findingsOfOneFileAreLimited() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      text.append("unknown").append(i).append(": 1\n");
    }
    assertThat(read(SHAPE, text.toString())).isNotNull();
    assertThat(report.sorted()).hasSize(200);
  }

  @Test
  void writtenItemsAreTheValidOnes() {
    Key<List<Integer>> key =
        Key.of("n", new ListOf<>(Amounts.integer(1, 9)), Consequence.LIVE, "N.");
    Values values = java.util.Objects.requireNonNull(read(Shape.of("x", key), "n: [1, 10, 2]"));
    assertThat(values.list(key)).containsExactly(1, 2);
    assertThat(values.written(key).stream().map(Node::pointer)).containsExactly("/n/0", "/n/2");
  }
}
