package io.bitbuilder.hypervisor.unitfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Text of strangers in files of systemd: it comes out as it went in, and as nothing else. */
final class UnitFileFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void unitFile(byte[] bytes) {
    UnitFile file;
    try {
      file = UnitFile.parse(new String(bytes, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException _) {
      return;
    }
    assertThat(UnitFile.parse(file.toString())).isEqualTo(file);
  }

  @FuzzTest(maxDuration = "10m")
  void words(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    try {
      assertThat(Systemd.environment(Words.environment("NAME", text)))
          .isEqualTo(List.of("NAME=" + text));
      assertThat(Words.words(Words.variable(List.of(text, "end")))).isEqualTo(List.of(text, "end"));
      assertThat(Systemd.fields(Words.field(text))).isEqualTo(List.of(text));
    } catch (IllegalArgumentException _) {
      // What cannot be handed to systemd is refused.
    }
    String name = UnitName.escape(text);
    assertThat(name).matches("[A-Za-z0-9:_.\\\\-]*");
  }
}
