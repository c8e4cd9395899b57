package io.bitbuilder.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextDiffTest {
  @Test
  void equalTextsHaveNoDifference() {
    assertThat(TextDiff.unified(List.of("a", "b"), List.of("a", "b"))).isEmpty();
    assertThat(TextDiff.unified(List.of(), List.of())).isEmpty();
  }

  @Test
  void oneChangeHasThreeLinesAround() {
    List<String> before = List.of("1", "2", "3", "4", "5", "6", "7", "8", "9");
    List<String> after = List.of("1", "2", "3", "4", "five", "6", "7", "8", "9");
    assertThat(TextDiff.unified(before, after))
        .containsExactly("@@ -2,7 +2,7 @@", " 2", " 3", " 4", "-5", "+five", " 6", " 7", " 8");
  }

  @Test
  void farChangesHaveHunksOfTheirOwn() {
    List<String> before = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      before.add(String.valueOf(i));
    }
    List<String> after = new ArrayList<>(before);
    after.remove(0);
    after.add("21");
    assertThat(TextDiff.unified(before, after))
        .containsExactly(
            "@@ -1,4 +1,3 @@",
            "-1",
            " 2",
            " 3",
            " 4",
            "@@ -18,3 +17,4 @@",
            " 18",
            " 19",
            " 20",
            "+21");
  }

  @Test
  void anEmptySideCountsFromTheLineBefore() {
    assertThat(TextDiff.unified(List.of(), List.of("a"))).containsExactly("@@ -0,0 +1 @@", "+a");
    assertThat(TextDiff.unified(List.of("a"), List.of())).containsExactly("@@ -1 +0,0 @@", "-a");
  }

  @Test
  void applyingTheDifferenceGivesTheOtherText() {
    Random random = new Random(42);
    for (int round = 0; round < 500; round++) {
      List<String> before = text(random);
      List<String> after = text(random);
      assertThat(apply(before, TextDiff.unified(before, after))).isEqualTo(after);
    }
  }

  private static List<String> text(Random random) {
    List<String> text = new ArrayList<>();
    for (int i = random.nextInt(30); i > 0; i--) {
      text.add(String.valueOf((char) ('a' + random.nextInt(4))));
    }
    return text;
  }

  /** What patch(1) does, which trusts the line numbers of each hunk. */
  private static List<String> apply(List<String> before, List<String> diff) {
    List<String> result = new ArrayList<>();
    int at = 0;
    for (String line : diff) {
      String text = line.substring(1);
      switch (line.charAt(0)) {
        case '@' -> {
          String olds = line.substring(4, line.indexOf(' ', 4));
          int comma = olds.indexOf(',');
          int start = Integer.parseInt(comma < 0 ? olds : olds.substring(0, comma));
          int first = olds.endsWith(",0") ? start : start - 1;
          while (at < first) {
            result.add(before.get(at++));
          }
        }
        case ' ' -> {
          assertThat(before.get(at++)).isEqualTo(text);
          result.add(text);
        }
        case '-' -> assertThat(before.get(at++)).isEqualTo(text);
        case '+' -> result.add(text);
        default -> throw new AssertionError(line);
      }
    }
    result.addAll(before.subList(at, before.size()));
    return result;
  }
}
