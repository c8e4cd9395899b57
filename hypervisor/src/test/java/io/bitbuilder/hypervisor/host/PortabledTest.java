package io.bitbuilder.hypervisor.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PortabledTest {
  private static final Path IMAGE = Path.of("/srv/a.raw");
  private static final String BUSCTL =
      "busctl --json=short --timeout=120 call org.freedesktop.portable1 /org/freedesktop/portable1 ";
  private static final String ASK =
      BUSCTL + "org.freedesktop.portable1.Manager GetImageMetadata sas /srv/a.raw 1 app";

  private final FakeCommands commands = new FakeCommands();
  private final Portabled portabled = new Portabled(commands);

  @Test
  void unitsComeAsBytes() throws IOException {
    commands.answer(
        ASK,
        0,
        "{\"type\":\"saya{say}\",\"data\":[\"/srv/a.raw\",[73,68],{\"app.service\":[91,195,164,93,10],\"app.timer\":[]}]}",
        "");
    assertThat(portabled.units(IMAGE, "app"))
        .isEqualTo(Map.of("app.service", "[ä]\n", "app.timer", ""));
    assertThat(commands.asked).containsExactly(ASK);
  }

  @Test
  void whatItSaysOfAnImageIsTold() {
    commands.answer(ASK, 1, "", "Call failed: No medium found\n");
    assertThatThrownBy(() -> portabled.units(IMAGE, "app"))
        .isInstanceOf(Systemd.NotPortable.class)
        .hasMessage("No medium found");
  }

  /** Then nothing is known of the image, and it is asked about again. */
  @Test
  void oneThatIsNotThereIsNoFaultOfTheImage() {
    commands.answer(BUSCTL, 1, "", "Call failed: Unit dbus-org.freedesktop.portable1 is masked.\n");
    assertThatThrownBy(() -> portabled.units(IMAGE, "app"))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(Systemd.NotPortable.class)
        .hasMessageContaining("masked");
  }

  @Test
  void whatIsNoTextIsNoUnit() {
    for (String answer :
        new String[] {
          "{\"data\":[\"\",[],{\"app.service\":[255]}]}",
          "{\"data\":[]}",
          "{\"data\":[\"\",[],{\"app.service\":[91,"
        }) {
      FakeCommands cut = new FakeCommands().answer(ASK, 0, answer, "");
      assertThatThrownBy(() -> new Portabled(cut).units(IMAGE, "app"))
          .isInstanceOf(Systemd.NotPortable.class)
          .hasMessageContaining("too large, or no text");
    }
  }
}
