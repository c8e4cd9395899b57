package io.bitbuilder.hypervisor.unitfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitFileTest {
  @Test
  void sectionsAndSettingsArePrintedInTheirOrder() {
    UnitFile file =
        UnitFile.builder()
            .section("Unit")
            .set("After", "b.service")
            .set("After", "a.service")
            .set("DefaultDependencies", false)
            .section("Service")
            .set("RemainAfterExit", true)
            .build();
    assertThat(file.toString())
        .isEqualTo(
            """
            [Unit]
            After=b.service
            After=a.service
            DefaultDependencies=no

            [Service]
            RemainAfterExit=yes
            """);
  }

  @Test
  void aBuilderStartsAnewAfterEachFile() {
    UnitFile.Builder builder = UnitFile.builder().section("Unit").set("After", "a.service");
    UnitFile file = builder.build();
    assertThat(builder.build()).isEqualTo(file);
    assertThatThrownBy(() -> builder.set("After", "b.service"))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aSettingNeedsASection() {
    assertThatThrownBy(() -> UnitFile.builder().set("After", "a.service"))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void valuesAreThoseOfAllSectionsOfTheName() {
    UnitFile file = UnitFile.parse("[Peer]\nKey=1\nOther=2\n[Link]\nKey=3\n[Peer]\nKey=4\nKey=\n");
    assertThat(file.values("Peer", "Key")).containsExactly("1", "4", "");
    assertThat(file.values("Link", "Key")).containsExactly("3");
    assertThat(file.values("Link", "Other")).isEmpty();
    assertThat(file.values("Route", "Key")).isEmpty();
  }

  @Test
  void commentsEmptyLinesAndSpacesAroundDoNotCount() {
    assertThat(UnitFile.parse("# one\n\n[Unit]\n; two\n  After = a.service \n\t#three\n"))
        .hasToString("[Unit]\nAfter=a.service\n");
  }

  @Test
  void aLineThatEndsInABackslashGoesOn() {
    UnitFile file = UnitFile.parse("[Unit]\nAfter=a.service\\\n# between\n  b.service\nWants=c\n");
    assertThat(file.values("Unit", "After")).containsExactly("a.service   b.service");
    assertThat(file.values("Unit", "Wants")).containsExactly("c");
  }

  @Test
  void onlyTheFirstEqualsSignDivides() {
    assertThat(UnitFile.parse("[Service]\nEnvironment=A=b=c\n").values("Service", "Environment"))
        .containsExactly("A=b=c");
  }

  @Test
  void anEmptyFileHasNoSections() {
    assertThat(UnitFile.parse("").sections()).isEmpty();
    assertThat(UnitFile.builder().build()).hasToString("");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "After=a.service, line 1: not an assignment in a section",
        "\"[Unit]\nAfter\", line 2: not an assignment in a section",
        "\"[Unit]\n\nAf ter=a\", line 3: not a key of a setting",
        "\"[Unit]\n=a\", line 2: not a key of a setting",
        "\"[Unit\nA=b\", line 1: not an assignment in a section",
        "\"[]\nA=b\", line 1: not an assignment in a section",
        "\"[Un]it]\nA=b\n[Service]\", line 3: not the name of a section",
        "\"[Unit]\nA=b\\\", line 2: the last line goes on nowhere"
      })
  void whatIsNoUnitFileIsNamedByItsLine(String text, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UnitFile.parse(text))
        .withMessage(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", " Unit", "Unit ", "[", "]", "a[b", "a]b", "a\nb", "a\u007fb"})
  void whatWouldNotStayTheNameOfASectionIsNone(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> new UnitFile.Section(name, List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A B", "A=", "[", "@", "`", "{", "/", ":", "_", "#", "É", "A\n"})
  void whatWouldNotStayAKeyIsNone(String key) {
    assertThatIllegalArgumentException().isThrownBy(() -> new UnitFile.Entry(key, "value"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "Z", "a", "z", "0", "9", "X-Key"})
  void aKeyIsOfLettersDigitsAndDashes(String key) {
    assertThat(UnitFile.parse("[Unit]\n" + key + "=value\n").values("Unit", key))
        .containsExactly("value");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\n[Service]",
        "a\rb",
        "a\u0000b",
        "a\u001fb",
        "a\u007f",
        " a",
        "a ",
        "\ta",
        "a\\"
      })
  void whatWouldNotStayAValueIsNone(String value) {
    assertThatIllegalArgumentException().isThrownBy(() -> new UnitFile.Entry("Key", value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\tb", "[a]", "a=b", "# a", "a\\b", "é", "\u0080"})
  void everyOtherValueStays(String value) {
    assertThat(UnitFile.parse("[Unit]\nKey=" + value + "\n").values("Unit", "Key"))
        .containsExactly(value);
  }

  /** Whatever can be built reads back as the same. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void parsingTakesBackPrinting(long seed) {
    Random random = new Random(seed);
    int built = 0;
    for (int i = 0; i < 500; i++) {
      UnitFile.Builder builder = UnitFile.builder();
      try {
        for (int section = random.nextInt(3); section >= 0; section--) {
          builder.section(text(random));
          for (int entry = random.nextInt(4); entry > 0; entry--) {
            builder.set("Key" + random.nextInt(3), text(random));
          }
        }
        UnitFile file = builder.build();
        assertThat(UnitFile.parse(file.toString())).isEqualTo(file);
        built++;
      } catch (IllegalArgumentException _) {
        // Not a file.
      }
    }
    assertThat(built).isGreaterThan(50);
  }

  private static String text(Random random) {
    String[] pieces = {"a", "B", "é", " ", "=", "[", "]", "#", ";", "\\", "\n", "\t", "\"", "%"};
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(5); length >= 0; length--) {
      text.append(pieces[random.nextInt(random.nextInt(pieces.length) + 1)]);
    }
    return text.toString();
  }
}
