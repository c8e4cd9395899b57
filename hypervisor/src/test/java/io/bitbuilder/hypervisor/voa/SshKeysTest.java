package io.bitbuilder.hypervisor.voa;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SshKeysTest {
  private static final String BLOB =
      "AAAAC3NzaC1lZDI1NTE5AAAAINBbn2+4MUgjanjY4SD740vxjsXoaAiF5zueK4smi2yY";

  @Test
  void hashIsThatOfSshKeygen() {
    String hash = "a42d4897a40f76b4462a4584a5eecd894b83fb9846d4d3985a76bcaeed8afeef";
    assertThat(SshKeys.read("# a key\n\nssh-ed25519  " + BLOB + "  admin at work\r\n"))
        .isEqualTo(new SshKeys.Found.Key(hash, "ssh-ed25519 " + BLOB + " admin at work\n"));
  }

  @Test
  void readsEcdsa() {
    assertThat(
            SshKeys.read(
                "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBFEQ9GCF"
                    + "XU+NdqPUL469FpEme0Tlh+f0RHuaWl/w/i5lON2cRWcl2AeG5GNRMBpORuQEV5UVRNxIC0u4FLQ"
                    + "VSXU="))
        .isInstanceOf(SshKeys.Found.Key.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# nothing",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
        "ssh-ed25519",
        "ssh-ed25519 !!!!",
        "ssh-ed25519 AAAA",
        "ssh-rsa " + BLOB,
        "ssh-ed25519 " + BLOB + "\nssh-ed25519 " + BLOB,
        "restrict ssh-ed25519 " + BLOB,
        "ssh-dss " + BLOB
      })
  void refuses(String text) {
    assertThat(SshKeys.read(text)).isInstanceOf(SshKeys.Found.None.class);
  }

  @Test
  void refusesPartsOfKeys() {
    byte[] blob = Base64.getDecoder().decode(BLOB);
    for (int i = 0; i < blob.length; i++) {
      String cut = Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(blob, i));
      assertThat(SshKeys.read("ssh-ed25519 " + cut)).isInstanceOf(SshKeys.Found.None.class);
    }
    assertThat(new String(blob, UTF_8)).contains("ssh-ed25519");
  }
}
