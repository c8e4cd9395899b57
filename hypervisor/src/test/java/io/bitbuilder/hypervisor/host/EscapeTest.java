package io.bitbuilder.hypervisor.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EscapeTest {
  private static final long MILLI = 1_000_000;

  private final Escape escape = new Escape();

  private boolean typed(String keys, long millis) {
    byte[] bytes = keys.getBytes(StandardCharsets.US_ASCII);
    return escape.typed(bytes, bytes.length, millis * MILLI);
  }

  @Test
  void threeTimesInOneReadOrInThree() {
    assertThat(typed("\u001d\u001d\u001d", 0)).isTrue();
    Escape other = new Escape();
    byte[] key = {0x1d, 'x'};
    assertThat(other.typed(key, 1, Long.MAX_VALUE)).isFalse();
    assertThat(other.typed(key, 1, Long.MAX_VALUE + 1)).as("a clock may overflow").isFalse();
    assertThat(other.typed(key, 1, Long.MAX_VALUE + 2)).isTrue();
  }

  @Test
  void otherKeysBetweenStartAgain() {
    assertThat(typed("\u001d\u001dx\u001d\u001d", 0)).isFalse();
    assertThat(typed("\u001d", 1)).isTrue();
  }

  @Test
  void aSecondIsTheLimit() {
    assertThat(typed("\u001d\u001d", 0)).isFalse();
    assertThat(typed("\u001d", 1001)).as("the first of another try").isFalse();
    assertThat(typed("\u001d", 1500)).isFalse();
    assertThat(typed("\u001d", 2001)).isTrue();
  }
}
