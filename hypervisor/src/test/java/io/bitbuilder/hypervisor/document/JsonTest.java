package io.bitbuilder.hypervisor.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class JsonTest {
  /** It is printed to terminals: control characters of all kinds, and directions to write in. */
  @Test
  void whatATerminalWouldObeyIsWrittenOut() {
    String text = "a\u001b\u007f\u009b\u202e\u2066\u200b\u2028\ufeffé€";
    String written = Json.write(List.of(text));
    assertThat(written)
        .isEqualTo("[\"a\\u001b\\u007f\\u009b\\u202e\\u2066\\u200b\\u2028\\ufeffé€\"]");
    assertThat(Json.parse(written)).isEqualTo(List.of(text));
  }
}
