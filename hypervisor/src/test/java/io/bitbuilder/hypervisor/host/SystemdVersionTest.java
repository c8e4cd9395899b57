package io.bitbuilder.hypervisor.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SystemdVersionTest {
  @ParameterizedTest
  @CsvSource({
    "systemd 262 (262-1), 262, true",
    "systemd 258 (258.7-1), 258.7, true",
    "systemd 258 (258.6-2ubuntu1), 258.6, false",
    "systemd 259 (259.5), 259.5, true",
    "systemd 259 (259.4), 259.4, false",
    "systemd 259, 259, false",
    "systemd 260 (260~rc1-1), 260, true",
    "systemd 257 (257.9-1), 257.9, false",
    "systemd 258.7, 258.7, true",
    "systemd 262 (v1.2), 262, true",
    "systemd 260 (12.7), 260, true",
  })
  void theUpdateIsInParentheses(String line, String version, boolean safe) {
    SystemdVersion parsed = SystemdVersion.parse(line + "\n+PAM +AUDIT\n").orElseThrow();
    assertThat(parsed).hasToString(version);
    assertThat(parsed.isSafe()).isEqualTo(safe);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "systemd", "openrc 1", "systemd x", "systemd 99999999999999"})
  void anythingElseIsNoVersion(String text) {
    assertThat(SystemdVersion.parse(text)).isEmpty();
  }

  @Test
  void aLaterUpdateIsGreater() {
    assertThat(new SystemdVersion(258, 7)).isGreaterThan(new SystemdVersion(258, 6));
    assertThat(new SystemdVersion(259, 0)).isGreaterThan(new SystemdVersion(258, 99));
    assertThat(new SystemdVersion(259, 1)).isEqualByComparingTo(new SystemdVersion(259, 1));
  }
}
