package io.bitbuilder.hypervisor.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LocalMessagesTest {
  private final FakeCommands commands = new FakeCommands();
  private final Messages messages = new LocalMessages(commands);

  @Test
  void aLineEndInAValueBeginsNoFieldOfItsOwn() throws IOException {
    messages.send(
        "f".repeat(32), 5, "is\nPRIORITY=0", new TreeMap<>(Map.of("TENANT", "a\r\nMESSAGE_ID=x")));
    assertThat(commands.asked).containsExactly("logger --journald");
    assertThat(commands.inputs.getFirst().lines())
        .containsExactly(
            "MESSAGE=is PRIORITY=0",
            "MESSAGE_ID=" + "f".repeat(32),
            "PRIORITY=5",
            "SYSLOG_IDENTIFIER=bitbuilder",
            "TENANT=a  MESSAGE_ID=x");
  }

  @Test
  void aJournalThatDoesNotTakeItIsAnError() {
    commands.answer("logger", 1, "", "no journal");
    assertThatThrownBy(() -> messages.send("f".repeat(32), 5, "x", new TreeMap<>()))
        .hasMessageContaining("no journal");
  }
}
