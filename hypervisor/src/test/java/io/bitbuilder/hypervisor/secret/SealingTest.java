package io.bitbuilder.hypervisor.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.hpke.HPKE;
import org.junit.jupiter.api.Test;

class SealingTest {
  private static final byte[] SECRET = "hunter2".getBytes(StandardCharsets.US_ASCII);
  private final byte[] key = Sealing.generate();
  private final HostKey host = Sealing.publicKey(key);
  private final byte[] sealed = Sealing.seal(host, "acme", "db", SECRET);

  @Test
  void whatWasSealedOpens() {
    assertThat(sealed).hasSize(SECRET.length + Sealing.OVERHEAD);
    assertThat(Sealing.open(key, "acme", "db", sealed)).hasValue(SECRET);
    assertThat(Sealing.seal(host, "acme", "db", SECRET)).isNotEqualTo(sealed);
  }

  @Test
  void underAnotherTenantNameOrKeyItDoesNot() {
    assertThat(Sealing.open(key, "globex", "db", sealed)).isEmpty();
    assertThat(Sealing.open(key, "acme", "db2", sealed)).isEmpty();
    assertThat(Sealing.open(Sealing.generate(), "acme", "db", sealed)).isEmpty();
    // The boundary between tenant and name is part of what is bound.
    assertThat(Sealing.open(key, "acmed", "b", sealed)).isEmpty();
  }

  @Test
  void aChangedByteAnywhereIsNoticed() {
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      assertThat(Sealing.open(key, "acme", "db", changed)).as("byte %d", i).isEmpty();
    }
    for (int length = 0; length < sealed.length; length++) {
      assertThat(Sealing.open(key, "acme", "db", java.util.Arrays.copyOf(sealed, length)))
          .as("length %d", length)
          .isEmpty();
    }
    // A point of low order gives a shared secret of zeroes.
    assertThat(Sealing.open(key, "acme", "db", new byte[sealed.length])).isEmpty();
  }

  @Test
  void aKeyIsOneWordAndNothingElseIs() {
    assertThat(host.toString()).matches("bitbuilder-host:[A-Za-z0-9+/]{43}=");
    assertThat(HostKey.parse(host.toString())).hasValue(host);
    assertThat(host.id()).matches("[0-9a-f]{16}");
    for (String other :
        new String[] {
          "",
          host.toString().substring(16),
          host + "=",
          host.toString().substring(0, 40),
          "bitbuilder-host:" + "A".repeat(44)
        }) {
      assertThat(HostKey.parse(other)).as(other).isEmpty();
    }
    assertThatThrownBy(() -> Sealing.publicKey(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** RFC 9180, A.2.1: the suite is the one it is said to be, and is done as others do it. */
  @Test
  void theArithmeticIsThatOfTheStandard() throws Exception {
    HPKE hpke =
        new HPKE(
            HPKE.mode_base,
            HPKE.kem_X25519_SHA256,
            HPKE.kdf_HKDF_SHA256,
            HPKE.aead_CHACHA20_POLY1305);
    HexFormat hex = HexFormat.of();
    AsymmetricCipherKeyPair receiver =
        hpke.deserializePrivateKey(
            hex.parseHex("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb"),
            hex.parseHex("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a"));
    byte[] opened =
        hpke.open(
            hex.parseHex("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"),
            receiver,
            hex.parseHex("4f6465206f6e2061204772656369616e2055726e"),
            hex.parseHex("436f756e742d30"),
            hex.parseHex(
                "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db"
                    + "21993c62ce81883d2dd1b51a28"),
            new byte[0],
            new byte[0],
            null);
    assertThat(hex.formatHex(opened))
        .isEqualTo("4265617574792069732074727574682c20747275746820626561757479");
  }
}
