package io.bitbuilder.hypervisor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "17, 17, 17",
    "1023, 1023, 1023",
    "1024, 1024, 1K",
    "1K, 1024, 1K",
    "1536M, 1610612736, 1536M",
    "4096M, 4294967296, 4G",
    "1T, 1099511627776, 1T",
    "1024T, 1125899906842624, 1024T",
    "9223372036854775807, 9223372036854775807, 9223372036854775807"
  })
  void aSizeIsWrittenInItsShortestExactForm(String text, long bytes, String shortest) {
    ByteSize size = ByteSize.parse(text).orElseThrow();
    assertThat(size.bytes()).isEqualTo(bytes);
    assertThat(size).hasToString(shortest);
    assertThat(ByteSize.parse(shortest)).contains(size);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "K",
        "-1",
        "+1",
        "1 K",
        "1.5G",
        "1k",
        "1P",
        "1KM",
        "/",
        ":",
        "٣",
        "9223372036854775808",
        "9007199254740992K",
        "00000000000000000001",
        "99999999999999999999"
      })
  void whatIsNoSizeOrDoesNotFitIsNone(String text) {
    assertThat(ByteSize.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "99999, 99999",
    "100000, 97.6K",
    "1048575, 1023.9K",
    "1048577, 1.0M",
    "1536M, 1536M",
    "10000M, 9.7G",
    "100000K, 97.6M",
    "9223372036854775807, 8388607.9T"
  })
  void peopleReadOneDecimalWhereTheExactFormIsLong(String text, String rounded) {
    assertThat(ByteSize.parse(text).orElseThrow().rounded()).isEqualTo(rounded);
  }

  @Test
  void sizesAddUpAndCompare() {
    ByteSize kilo = new ByteSize(1024);
    assertThat(kilo.plus(new ByteSize(1))).isEqualTo(new ByteSize(1025)).isGreaterThan(kilo);
    assertThat(ByteSize.ZERO.plus(kilo)).isEqualByComparingTo(kilo);
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(() -> new ByteSize(Long.MAX_VALUE).plus(kilo));
  }

  @Test
  void thereIsNothingLessThanNothing() {
    assertThatIllegalArgumentException().isThrownBy(() -> new ByteSize(-1));
  }
}
