package io.bitbuilder.hypervisor.signature;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bouncycastle.openpgp.PGPException;
import org.junit.jupiter.api.Test;

/** Whatever bytes arrive: a verdict, soon, and never a yes to content nobody signed. */
class MutationTest {
  private static final int ROUNDS = 2000;
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final byte[] PAYLOAD = Corpus.bytes(Corpus.COMMIT);
  private static final byte[] OTHER = Corpus.bytes(Corpus.COMMIT + "!");

  private final Random random = new Random(20_260_101);

  @Test
  void changedOpenPgp() throws PGPException, IOException {
    Forge forge = new Forge("somebody");
    byte[] certificate =
        Tools.join(
            forge.certificate(Forge.SHA256, it -> it.setKeyFlags(true, 3)),
            forge.subkey(true),
            forge.subkeyRevocation(1));
    byte[] signature = Forge.sign(forge.subkey(), PAYLOAD, Forge.SHA256, _ -> {});
    OpenPgpCertificate key = Tools.accepted(OpenPgpCertificate.parse(certificate));
    assertThat(verdict(PAYLOAD, signature, key)).isInstanceOf(Verdict.Good.class);
    byte[] armored = Forge.armored(Armor.SIGNATURE, signature);
    byte[] armoredKey = Forge.armored(Armor.CERTIFICATE, certificate);
    for (int round = 0; round < ROUNDS; round++) {
      Instant start = Instant.now();
      byte[] changed = changed(round % 2 == 0 ? signature : armored);
      assertThat(verdict(OTHER, changed, key)).isInstanceOf(Verdict.Bad.class);
      assertThat(verdict(PAYLOAD, changed, key)).isNotNull();
      byte[] changedKey = changed(round % 2 == 0 ? certificate : armoredKey);
      if (OpenPgpCertificate.parse(changedKey)
          instanceof Parsed.Accepted<OpenPgpCertificate>(OpenPgpCertificate it)) {
        assertThat(verdict(OTHER, signature, it)).isInstanceOf(Verdict.Bad.class);
        assertThat(verdict(PAYLOAD, signature, it)).isNotNull();
        assertThat(OpenPgpCertificate.merge(List.of(it, key))).isNotEmpty();
      }
      assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(1));
    }
  }

  @Test
  void changedSsh() throws Exception {
    SshForge forge = SshForge.securityKey();
    byte[] signature = forge.touched(PAYLOAD, 1);
    SshKey key = Tools.accepted(SshKey.parse(forge.line()));
    assertThat(verdict(PAYLOAD, signature, key)).isInstanceOf(Verdict.Good.class);
    byte[] line = forge.line().getBytes(StandardCharsets.US_ASCII);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] changed = changed(signature);
      assertThat(verdict(OTHER, changed, key)).isInstanceOf(Verdict.Bad.class);
      assertThat(verdict(PAYLOAD, changed, key)).isNotNull();
      String other = new String(changed(line), StandardCharsets.ISO_8859_1);
      if (SshKey.parse(other) instanceof Parsed.Accepted<SshKey>(SshKey it)) {
        assertThat(verdict(PAYLOAD, signature, it))
            .isInstanceOf(it.equals(key) ? Verdict.Good.class : Verdict.Bad.class);
      }
    }
  }

  @Test
  void changedCommit() throws PGPException, IOException {
    Forge forge = new Forge("somebody");
    byte[] certificate = forge.certificate(Forge.SHA256, it -> it.setKeyFlags(true, 3));
    OpenPgpCertificate key = Tools.accepted(OpenPgpCertificate.parse(certificate));
    byte[] signature = Forge.sign(forge.primary(), PAYLOAD, Forge.SHA256, _ -> {});
    byte[] raw = Corpus.signed(PAYLOAD, Forge.armored(Armor.SIGNATURE, signature));
    int good = 0;
    for (int round = 0; round < ROUNDS; round++) {
      if (SignedObject.commit(changed(raw))
              instanceof Parsed.Accepted<SignedObject.Commit>(SignedObject.Commit commit)
          && new Verifier(Set.of(key), NOW).verify(commit.signed()) instanceof Verdict.Good) {
        assertThat(commit.signed().payload()).isEqualTo(PAYLOAD);
        good++;
      }
      assertThat(SignedObject.tag(changed(raw))).isInstanceOf(Parsed.Refused.class);
    }
    assertThat(good).isLessThan(ROUNDS / 10);
  }

  private static Verdict verdict(byte[] content, byte[] signature, TrustedKey key)
      throws IOException {
    return new Verifier(Set.of(key), NOW).detached(new ByteArrayInputStream(content), signature);
  }

  /** One to four bytes changed, put in, left out, or the end cut off. */
  private byte[] changed(byte[] bytes) {
    byte[] changed = bytes.clone();
    for (int count = random.nextInt(4); count >= 0 && changed.length > 1; count--) {
      int at = random.nextInt(changed.length);
      switch (random.nextInt(6)) {
        case 0 -> changed[at] = (byte) random.nextInt(256);
        case 1 -> changed[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> changed[at] = (byte) 0xff;
        case 3 ->
            changed =
                Tools.join(
                    Arrays.copyOf(changed, at),
                    new byte[] {(byte) random.nextInt(256)},
                    Arrays.copyOfRange(changed, at, changed.length));
        case 4 ->
            changed =
                Tools.join(
                    Arrays.copyOf(changed, at),
                    Arrays.copyOfRange(changed, at + 1, changed.length));
        default -> changed = random.nextInt(8) == 0 ? Arrays.copyOf(changed, at) : changed;
      }
    }
    return changed;
  }
}
