package io.bitbuilder.hypervisor.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.diagnostic.Span;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentTest {
  private static final Document.Source SOURCE =
      new Document.Source("acme", "0123456789ab", "a/b.yaml");

  private final Report report = new Report();

  private Document read(String text) {
    return Document.read(SOURCE, text.getBytes(UTF_8), report).orElseThrow();
  }

  private Diagnostic refused(byte[] bytes) {
    assertThat(Document.read(SOURCE, bytes, report)).isEmpty();
    return report.sorted().getFirst();
  }

  private Diagnostic refused(String text) {
    return refused(text.getBytes(UTF_8));
  }

  @Test
  void everyValueKnowsItsPlace() {
    Document document = read("a:\n  - b\n  - {c: \"dé\", e: [1,  22]}\n");
    assertThat(document.at("/a/1/c"))
        .isEqualTo(
            new Location(
                "acme",
                "0123456789ab",
                "a/b.yaml",
                new Span(3, 9, 4),
                "/a/1/c",
                "  - {c: \"dé\", e: [1,  22]}"));
    assertThat(document.at("/a/1/e/1").span()).isEqualTo(new Span(3, 23, 2));
    assertThat(document.at("/a").span()).isEqualTo(new Span(2, 3, 1));
  }

  @Test
  void theNearestEnclosingValueStandsIn() {
    Document document = read("a: {b: 1}\n");
    for (String pointer : List.of("/a/x", "/a/x/y", "/a/b/z", "/a/0")) {
      Location at = document.at(pointer);
      assertThat(at.pointer()).isEqualTo(pointer.startsWith("/a/b") ? "/a/b" : "/a");
    }
    assertThat(document.at("").pointer()).isEmpty();
    assertThat(document.at("/nothing").span()).isEqualTo(new Span(1, 1, 1));
  }

  @Test
  void listsAreSteppedByNumber() {
    Document document = read("[10, 20]\n");
    assertThat(document.at("/1").span()).isEqualTo(new Span(1, 6, 2));
    assertThat(document.at("/2").pointer()).isEmpty();
    assertThat(document.at("/-1").pointer()).isEmpty();
    assertThat(document.at("/x").pointer()).isEmpty();
  }

  @Test
  void pointersEscape() {
    Document document = read("{\"a/b~c\": {\"~1\": 1}}\n");
    Node.Entries root = (Node.Entries) document.root();
    assertThat(root.pointer("a/b~c")).isEqualTo("/a~1b~0c");
    assertThat(document.at("/a~1b~0c/~01").pointer()).isEqualTo("/a~1b~0c/~01");
    assertThat(document.atKey(root, "a/b~c").span()).isEqualTo(new Span(1, 2, 7));
  }

  @Test
  void scalarsSayWhatTheyAre() {
    Node.Items items =
        (Node.Items)
            read("[1, -2.5e3, true, null, ~, '', \"1\", NO, 0x10, 010, .5, 1., +1, 1e, x]").root();
    assertThat(items.items().stream().map(Node::kind))
        .containsExactly(
            "a number",
            "a number",
            "a boolean",
            "null",
            "null",
            "text",
            "text",
            "text",
            "text",
            "text",
            "text",
            "text",
            "text",
            "text",
            "text");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "# nothing\n", "---\n", "null\n", "~", "--- # x\n...\n"})
  void nothingIsAnEmptyMapping(String text) {
    assertThat(read(text).root().isEmpty()).isTrue();
    assertThat(read(text).root().kind()).isEqualTo("a mapping");
  }

  @Test
  void jsonIsYaml() {
    Document document = read("{\t\"a\":\t\"\\u00e9\\/\\n\\ud83c\\udf0d\",\r\n\t\"b\": [true]}");
    Node.Entries root = (Node.Entries) document.root();
    Node.Entry first = java.util.Objects.requireNonNull(root.entries().get("a"));
    assertThat(((Node.Scalar) first.value()).text()).isEqualTo("é/\n🌍");
    assertThat(root.keySpan("b").line()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a: [                | BB101
          a: b: c             | BB101
          'a: "'              | BB101
          a: @x               | BB101
          a: 1\\na: 2         | BB102
          a: &x 1             | BB105
          a: *x               | BB105
          a: !!int 1          | BB105
          a: !x {}            | BB105
          --- 1\\n--- 2       | BB105
          %YAML 1.2\\n---\\na | BB105
          '? {a: b}\\n: c'    | BB105
          *a : 1              | BB105
          &a a: 1             | BB105
          <<: {}              | BB105
          """)
  void refuses(String text, Code code) {
    assertThat(refused(text.replace("\\n", "\n")).code()).isEqualTo(code);
  }

  @Test
  void goesOnAfterADuplicate() {
    assertThat(Document.read(SOURCE, "a: 1\na: 2\nb: {c: 1, c: 2}\n".getBytes(UTF_8), report))
        .isEmpty();
    assertThat(report.sorted())
        .extracting(finding -> finding.location().pointer())
        .containsExactly("/a", "/b/c");
    assertThat(report.sorted().getLast().notes().getFirst().location().span())
        .isEqualTo(new Span(3, 5, 1));
  }

  @Test
  void pointsAtTheByteThatIsNotUtf8() {
    Diagnostic finding = refused(new byte[] {'a', ':', ' ', 'x', '\n', 'b', (byte) 0x80, '\n'});
    assertThat(finding.code()).isEqualTo(Code.BB104);
    assertThat(finding.location().span()).isEqualTo(new Span(2, 2, 1));
    assertThat(finding.message()).contains("0x80");
  }

  @Test
  void textCutInTheMiddleOfACharacterIsNotUtf8() {
    assertThat(refused(new byte[] {'a', (byte) 0xC3}).code()).isEqualTo(Code.BB104);
  }

  @Test
  void pointsAtAControlCharacter() {
    Diagnostic finding = refused("a: 1\nb: é\u0001\n");
    assertThat(finding.code()).isEqualTo(Code.BB101);
    assertThat(finding.location().span()).isEqualTo(new Span(2, 5, 1));
    assertThat(finding.message()).contains("\\u{1}").doesNotContain("\u0001");
  }

  @ParameterizedTest
  @CsvSource({"32, true", "33, false"})
  void depthIsLimited(int depth, boolean allowed) {
    String text = "[".repeat(depth) + "]".repeat(depth);
    assertThat(Document.read(SOURCE, text.getBytes(UTF_8), report).isPresent()).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({"256, true", "257, false"})
  void keysAreLimited(int length, boolean allowed) {
    String text = "{" + "k".repeat(length) + ": 1}";
    assertThat(Document.read(SOURCE, text.getBytes(UTF_8), report).isPresent()).isEqualTo(allowed);
  }

  /** What a hostile author can make us do stays in proportion to the size of the file. */
  @ParameterizedTest
  @ValueSource(strings = {"[", "{", "- ", "? ", "\"", "a: ", "&a ", "!", "#", "|\n", "%", "'", ","})
  void hostileFilesEndSoon(String unit) {
    byte[] bytes = unit.repeat((1 << 20) / unit.length()).getBytes(UTF_8);
    org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> Document.read(SOURCE, bytes, report));
    assertThat(report.sorted().size()).isLessThan(10);
  }

  @Test
  void aVeryLongLineIsNotShown() {
    String text = "a: " + "x".repeat(2_000_000) + "\nb: &x 1\n";
    Diagnostic finding = refused(text);
    assertThat(finding.location().span()).isEqualTo(new Span(2, 4, 1));
    Document document = read(text.replace("&x ", ""));
    assertThat(document.at("/a").sourceLine()).isEmpty();
    assertThat(document.at("/b").sourceLine()).isEqualTo("b: 1");
  }

  /** Reading never throws, and a reading without a result always says why. */
  @Test
  void randomBytesAreReadOrRefused() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
    String alphabet = "{}[]:,-?&*!|>'\"%@` \n\r\t#abc01.~\\u\u00e9\u2028\ufeff";
    for (int round = 0; round < 5_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(1, 24); i > 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      Report own = new Report();
      Optional<Document> document = Document.read(SOURCE, text.toString().getBytes(UTF_8), own);
      assertThat(document.isEmpty()).as("%s", text).isEqualTo(own.hasErrors());
      document.ifPresent(read -> check(read, read.root()));
      own.sorted().forEach(finding -> assertThat(finding.location().span()).isNotNull());
    }
  }

  /** The place of every value is inside the text, and its pointer leads back to it. */
  private static void check(Document document, Node node) {
    assertThat(document.at(node.pointer()).span()).isEqualTo(node.span());
    switch (node) {
      case Node.Scalar _ -> {}
      case Node.Items items -> items.items().forEach(item -> check(document, item));
      case Node.Entries entries ->
          entries.entries().values().forEach(entry -> check(document, entry.value()));
    }
  }
}
