package io.bitbuilder.hypervisor.unitfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WordsTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "azAZ09,A=azAZ09",
        "-_=./:@+$,A=-_=./:@+$",
        "||,A=",
        "a b,\"A=a b\"",
        "100%,A=100%%",
        "%h %%,\"A=%%h %%%%\"",
        "$HOME,A=$HOME",
        "a\"b,\"A=a\\\"b\"",
        "a\\b,\"A=a\\\\b\"",
        "a'b,\"A=a'b\"",
        "[,\"A=[\"",
        "{,\"A={\"",
        "`,\"A=`\"",
        "é,\"A=é\""
      })
  void anAssignmentIsQuotedWhereItHasTo(String value, String word) {
    assertThat(Words.environment("A", value)).isEqualTo(word);
  }

  @Test
  void aLineEndStaysInAnAssignment() {
    assertThat(Words.environment("A", "b\n\tc")).isEqualTo("\"A=b\\n\\tc\"");
  }

  @Test
  void theWordsOfAVariableAreQuotedWhereTheyHaveTo() {
    assertThat(Words.variable(List.of("/bin/sh", "-c", "a b", "", "\"\\")))
        .isEqualTo("/bin/sh -c \"a b\" \"\" \"\\\"\\\\\"");
    assertThat(Words.variable(List.of())).isEmpty();
    assertThat(Words.words("")).isEmpty();
  }

  @Test
  void aFieldKeepsItsColons() {
    assertThat(Words.field("/a b/c:d\\e")).isEqualTo("/a b/c\\:d\\\\e");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\t", "a\nb", "\nb", "a\tb", " a", "a "})
  void aFieldCannotCarryWhatWouldBeLost(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Words.field(text));
  }

  /** Control characters, halves of surrogate pairs, and code points that are no characters. */
  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, 8, 0xb, 0x1f, 0x7f, 0xd800, 0xdfff, 0xfdd0, 0xfdef, 0xfffe, 0xffff, 0x1fffe})
  void whatSystemdCannotCarryIsRefused(int point) {
    String text = "a" + Character.toString(point) + "b";
    assertThatIllegalArgumentException().isThrownBy(() -> Words.environment("A", text));
    assertThatIllegalArgumentException().isThrownBy(() -> Words.variable(List.of(text)));
    assertThatIllegalArgumentException().isThrownBy(() -> Words.field(text));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x20, 0x7e, 0x80, 0xd7ff, 0xe000, 0xfdcf, 0xfdf0, 0xfffd, 0x1fffd, 0x10000})
  void whatIsNextToItIsNot(int point) {
    String text = "a" + Character.toString(point) + "b";
    assertThat(Systemd.environment(Words.environment("A", text))).containsExactly("A=" + text);
    assertThat(Systemd.variable(Words.variable(List.of(text)))).containsExactly(text);
    assertThat(Systemd.fields(Words.field(text))).containsExactly(text);
  }

  /** What is not written by this class reads as some text, and is never an exception. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "||,||",
        "\",\"",
        "\"\",||",
        "\"a,\"a",
        "a\",a\"",
        "\"a\\\",a\\",
        "%%%%,%%",
        "\"a\\xb\",axb"
      })
  void otherTextReadsAsSomething(String word, String text) {
    assertThat(Words.unquoted(word)).isEqualTo(text);
  }

  @Test
  void otherWordsReadAsSomething() {
    assertThat(Words.words("\"a\\")).containsExactly("a\\");
    assertThat(Words.words("a\\ b")).containsExactly("a\\", "b");
    assertThat(Words.words("\"a b\"c")).containsExactly("a bc");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everyTextComesOutOfSystemdAsItWentIn(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      List<String> words = new ArrayList<>();
      for (int count = random.nextInt(4); count > 0; count--) {
        words.add(text(random));
      }
      String variable = Words.variable(words);
      assertThat(Systemd.variable(variable)).isEqualTo(words);
      assertThat(Words.words(variable)).isEqualTo(words);

      String assignment = Words.environment("NAME", variable);
      UnitFile file = UnitFile.builder().section("Service").set("Environment", assignment).build();
      String read = UnitFile.parse(file.toString()).values("Service", "Environment").getFirst();
      assertThat(Systemd.environment(read)).containsExactly("NAME=" + variable);
      assertThat(Words.unquoted(read)).isEqualTo("NAME=" + variable);
    }
  }

  private static String text(Random random) {
    String[] pieces = {
      "a",
      "%",
      "%%",
      "$",
      "${x}",
      "\"",
      "'",
      "\\",
      "\\n",
      " ",
      "\n",
      "\t",
      ";",
      "#",
      ":",
      "=",
      "é",
      "\ud83d\ude00",
      "[",
      "-"
    };
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(8); length > 0; length--) {
      text.append(pieces[random.nextInt(pieces.length)]);
    }
    return text.toString();
  }
}
