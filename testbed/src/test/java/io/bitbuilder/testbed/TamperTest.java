package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What opens /var of the immutable host: this machine's TPM, for a kernel we signed, booted as it
 * was booted before; and its own key. Each test begins with the machine as it was kept.
 */
@Tag("machine")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TamperTest {
  private static final Duration VERDICT = Duration.ofMinutes(10);
  private static final String ASK_AGAIN =
      "NEWPASSWORD=x systemd-cryptenroll --unlock-tpm2-device=auto --password"
          + " /dev/disk/by-partlabel/bitbuilder-var </dev/null";
  private static final String KEY = "cryptsetup.passphrase";

  private Host host;
  private String key;

  @BeforeAll
  void keepAMachine() {
    host = Host.bootImage("sealed", Map.of("bitbuilder.told", "once"));
    assertThat(SealedVar.boundTo(host)).isEqualTo("1+7+12+13+15");
    key = host.sh("cat /var/lib/bitbuilder-host/key");
    host.sh("echo kept >/var/lib/kept; sync");
    host.powerOff();
    host.keep();
  }

  @AfterAll
  void close() {
    if (host != null) {
      // A closed one answers nobody who asks for its failed units.
      host.powerOff();
      host.close();
    }
  }

  /** Without this, the tests below would pass on a machine that never boots. */
  @Test
  void itOpensAsItWas() {
    host.restore();
    comesUp();
    assertThat(SealedVar.boundTo(host)).isEqualTo("1+7+12+13+15");
    // Not even for who is root there: it was opened once in this boot.
    assertThat(host.shell(ASK_AGAIN).text())
        .contains("TPM policy does not match current system state");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "credential",
        "file",
        "addon",
        "command-line",
        "kernel",
        "initrd",
        "machine",
        "plain",
        "foreign"
      })
  void itStaysClosedWhenSomethingIsAnother(String kind) {
    host.restore();
    host.tamper(kind);
    assertThat(host.powerOnUnseen().says(VERDICT, "the root account is locked"))
        .contains("Dependency failed for", "var.mount", "You are in emergency mode")
        .doesNotContain("login:");
  }

  @Test
  void whatIsNotSignedIsNotStarted() {
    host.restore();
    host.tamper("unsigned");
    assertThat(host.powerOnUnseen().says(VERDICT, "Access denied")).doesNotContain("login:");
  }

  @Test
  void aChangeThatWasAnnouncedIsTaken() {
    host.restore();
    comesUp();
    host.succeeds("systemctl", "start", "bitbuilder-unseal.service");
    host.powerOff();
    host.tamper("credential");
    comesUp();
    assertThat(SealedVar.boundTo(host)).isEqualTo("1+7+12+13+15");
    host.powerOff();
    comesUp();
  }

  @Test
  void itsKeyOpensIt() {
    host.restore();
    host.tamper("file");
    host.tamper("credential", KEY + "=" + key);
    comesUp();
    // Not to the boot in which it was told its key.
    assertThat(SealedVar.boundTo(host)).isEqualTo("15");
    host.powerOff();
    host.tamper("credential", KEY + "=");
    comesUp();
    assertThat(SealedVar.boundTo(host)).isEqualTo("1+7+12+13+15");
  }

  private void comesUp() {
    host.powerOn();
    assertThat(host.sh("cat /var/lib/kept")).isEqualTo("kept");
    assertThat(host.failedUnits()).isEmpty();
  }
}
