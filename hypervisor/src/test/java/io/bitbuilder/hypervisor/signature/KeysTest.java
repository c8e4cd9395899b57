package io.bitbuilder.hypervisor.signature;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bouncycastle.openpgp.PGPException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final byte[] CONTENT = Corpus.bytes("content\n");

  @Test
  void sshFingerprintsAreThoseOfSshKeygen(@TempDir Path top) throws IOException {
    try (Tools tools = new Tools(top)) {
      SshKey key = tools.sshKey("k", "-t", "ed25519");
      assertThat(tools.succeeds("ssh-keygen", "-lf", "k.pub")).contains(key.fingerprint());
      assertThat(key.hex()).matches("[0-9a-f]{64}");
      assertThat(key.comment()).isEqualTo("k");
    }
  }

  @Test
  void openPgpFingerprintsAreThoseOfGpg(@TempDir Path top) throws IOException {
    try (Tools tools = new Tools(top)) {
      tools.gpgKey("k", "ed25519", "sign");
      OpenPgpCertificate key = tools.export("k");
      assertThat(key.fingerprint()).isEqualTo(tools.fingerprint("k"));
      assertThat(key.hex()).isEqualTo(key.fingerprint().toLowerCase(java.util.Locale.ROOT));
      assertThat(key.userIds()).containsExactly("k <k@example.org>");
      assertThat(key.signers(NOW)).containsExactly(key.fingerprint());
    }
  }

  @Test
  void sshKeysThatAreRefused() {
    refused(SshKey.parse(""), Reason.MALFORMED);
    refused(SshKey.parse("ssh-ed25519"), Reason.MALFORMED);
    refused(SshKey.parse("ssh-ed25519 !"), Reason.MALFORMED);
    refused(SshKey.parse("ssh-ed25519 AAAA\nssh-ed25519 AAAA"), Reason.MALFORMED);
    refused(SshKey.parse("no-pty ssh-ed25519 AAAA"), Reason.UNSUPPORTED);
    refused(SshKey.parse("ssh-dss AAAA"), Reason.WEAK);
    refused(SshKey.parse("ssh-ed25519-cert-v01@openssh.com AAAA"), Reason.UNSUPPORTED);
    refused(SshKey.parse("ssh-ed25519 " + "A".repeat(20_000)), Reason.MALFORMED);
    String ed25519 = "AAAAC3NzaC1lZDI1NTE5AAAAI";
    refused(SshKey.parse("ssh-rsa " + ed25519 + "A".repeat(43)), Reason.MALFORMED);
    refused(SshKey.parse("ssh-ed25519 " + ed25519 + "A".repeat(47)), Reason.MALFORMED);
  }

  @Test
  void certificatesThatAreRefused() throws PGPException, IOException {
    byte[] good = certificate(new Forge("a"));
    refused(OpenPgpCertificate.parse(new byte[0]), Reason.MALFORMED);
    refused(OpenPgpCertificate.parse(Tools.join(good, good)), Reason.SEVERAL);
    refused(OpenPgpCertificate.parse(Arrays.copyOf(good, good.length - 1)), Reason.MALFORMED);
    refused(OpenPgpCertificate.parse(new byte[(1 << 20) + 1]), Reason.MALFORMED);
    byte[] secret = good.clone();
    secret[0] = (byte) 0xc5;
    refused(OpenPgpCertificate.parse(secret), Reason.MALFORMED);
    refused(OpenPgpCertificate.parse(Forge.armored(Armor.SIGNATURE, good)), Reason.MALFORMED);
    Packet subkey = new Packet(Packet.SUBKEY, new byte[] {4, 0, 0, 0, 0, 18});
    byte[][] many = new byte[66][];
    Arrays.fill(many, subkey.encoded());
    many[0] = good;
    refused(OpenPgpCertificate.parse(Tools.join(many)), Reason.MALFORMED);
  }

  @Test
  void aRevocationInAnyCopyCounts() throws PGPException, IOException {
    Forge forge = new Forge("a");
    byte[] signature = Forge.sign(forge.primary(), CONTENT, Forge.SHA256, _ -> {});
    OpenPgpCertificate clean = parsed(certificate(forge));
    OpenPgpCertificate revoked = parsed(forge.key(), forge.revocation(2, Forge.SHA256));
    OpenPgpCertificate other = parsed(certificate(new Forge("b")));
    assertThat(verdict(signature, clean, other)).isInstanceOf(Verdict.Good.class);
    bad(verdict(signature, clean, other, revoked), Reason.REVOKED_KEY);
    bad(verdict(signature, revoked, clean), Reason.REVOKED_KEY);
    assertThat(OpenPgpCertificate.merge(List.of(revoked, other, clean)))
        .extracting(OpenPgpCertificate::fingerprint)
        .containsExactly(clean.fingerprint(), other.fingerprint());
  }

  /** Wherever a copy puts it. */
  @Test
  void aRevocationOutOfPlaceCounts() throws PGPException, IOException {
    Forge forge = new Forge("a");
    byte[] signature = Forge.sign(forge.primary(), CONTENT, Forge.SHA256, _ -> {});
    bad(
        verdict(signature, parsed(certificate(forge), forge.revocation(2, Forge.SHA256))),
        Reason.REVOKED_KEY);
  }

  @Test
  void aRevocationBySomebodyElseDoesNot() throws PGPException, IOException {
    Forge forge = new Forge("a");
    byte[] signature = Forge.sign(forge.primary(), CONTENT, Forge.SHA256, _ -> {});
    byte[] foreign = new Forge("b").revocation(2, Forge.SHA256);
    assertThat(verdict(signature, parsed(certificate(forge), foreign)))
        .isInstanceOf(Verdict.Good.class);
  }

  /** The newest statement decides until when, and what for. */
  @Test
  void theNewestCertificationDecides() throws PGPException, IOException {
    Forge forge = new Forge("a");
    byte[] signature = Forge.sign(forge.primary(), CONTENT, Forge.SHA256, _ -> {});
    byte[] later =
        forge.userId(Forge.SHA256, Forge.MADE.plusSeconds(9), it -> it.setKeyFlags(true, 1));
    bad(verdict(signature, parsed(certificate(forge), later)), Reason.WRONG_PURPOSE);
    byte[] yet =
        forge.userId(
            Forge.SHA256,
            Forge.MADE.plusSeconds(99),
            it -> {
              it.setKeyFlags(true, 3);
              it.setKeyExpirationTime(true, 86_399);
            });
    bad(verdict(signature, parsed(certificate(forge), later, yet)), Reason.EXPIRED_KEY);
    byte[] future =
        forge.userId(Forge.SHA256, NOW.plusSeconds(9_999), it -> it.setKeyFlags(true, 1));
    assertThat(verdict(signature, parsed(certificate(forge), future)))
        .isInstanceOf(Verdict.Good.class);
  }

  /** Nor does what was said before it, when the newest is by a digest that is too weak. */
  @Test
  void aWeakNewestCertificationIsNoReasonToLookFurther() throws PGPException, IOException {
    Forge forge = new Forge("a");
    byte[] signature = Forge.sign(forge.primary(), CONTENT, Forge.SHA256, _ -> {});
    byte[] later =
        forge.userId(Forge.SHA1, Forge.MADE.plusSeconds(9), it -> it.setKeyFlags(true, 3));
    bad(verdict(signature, parsed(certificate(forge), later)), Reason.WEAK);
    byte[] again =
        forge.userId(Forge.SHA256, Forge.MADE.plusSeconds(99), it -> it.setKeyFlags(true, 3));
    assertThat(verdict(signature, parsed(certificate(forge), later, again)))
        .isInstanceOf(Verdict.Good.class);
  }

  @Test
  void aRevocationNobodyCanReadRefusesTheCertificate() throws PGPException, IOException {
    Forge forge = new Forge("a");
    for (byte[] body : new byte[][] {{4, 0x20, 22}, {3, 5, 0x20}, {4, 0x28, 22, 8, 0, 1, 0}}) {
      byte[] revocation = new Packet(Packet.SIGNATURE, body).encoded();
      refused(
          OpenPgpCertificate.parse(Tools.join(certificate(forge), revocation)), Reason.UNSUPPORTED);
    }
  }

  /** A signer names the key; a hint that names another is not of the signer. */
  @Test
  void theGoodVerdictSaysWho() throws PGPException, IOException {
    Forge forge = new Forge("a");
    OpenPgpCertificate key = parsed(certificate(forge), forge.subkey(true));
    byte[] signature = Forge.sign(forge.subkey(), CONTENT, Forge.SHA256, _ -> {});
    assertThat(verdict(signature, key))
        .isInstanceOfSatisfying(
            Verdict.Good.class,
            good -> {
              assertThat(good.key()).isSameAs(key);
              assertThat(good.signer()).isNotEqualTo(key.fingerprint()).isIn(key.signers(NOW));
              assertThat(good.created()).isEqualTo(Forge.MADE.plusSeconds(86_400));
            });
  }

  @Test
  void contentOfAnyLengthNeedsNoMemory() throws PGPException, IOException {
    Forge forge = new Forge("a");
    byte[] signature = Forge.sign(forge.primary(), CONTENT, Forge.SHA256, _ -> {});
    InputStream endless =
        new InputStream() {
          private long left = 200L << 20;

          @Override
          public int read() {
            return left-- > 0 ? 0 : -1;
          }

          @Override
          public int read(byte[] buffer, int offset, int length) {
            left -= length;
            return left > 0 ? length : -1;
          }
        };
    bad(
        new Verifier(Set.of(parsed(certificate(forge))), NOW).detached(endless, signature),
        Reason.BAD_SIGNATURE);
  }

  @Test
  void formsThatAreRefused() throws PGPException, IOException {
    OpenPgpCertificate key = parsed(certificate(new Forge("a")));
    bad(verdict(new byte[0], key), Reason.UNSIGNED);
    bad(verdict(new byte[70_000], key), Reason.MALFORMED);
    bad(verdict(Corpus.bytes("-----BEGIN PGP SIGNED MESSAGE-----\n"), key), Reason.UNSUPPORTED);
    bad(verdict(Corpus.bytes("-----BEGIN PGP MESSAGE-----\n"), key), Reason.MALFORMED);
    bad(verdict(new byte[] {(byte) 0xc2, (byte) 0xe0, 4}, key), Reason.UNSUPPORTED);
    bad(verdict(new byte[] {(byte) 0x8b, 4}, key), Reason.UNSUPPORTED);
    bad(verdict(new byte[] {(byte) 0xc2, -1, -1, -1, -1, -1}, key), Reason.MALFORMED);
    bad(verdict(new byte[] {(byte) 0xc2, 1, 3}, key), Reason.UNSUPPORTED);
    bad(verdict(new byte[] {(byte) 0xc2, 1, 6}, key), Reason.UNSUPPORTED);
    bad(
        new Verifier(Set.of(key), NOW)
            .verify(SignedBytes.of(CONTENT, new byte[] {(byte) 0xc2, 1, 4})),
        Reason.MALFORMED);
  }

  private static byte[] certificate(Forge forge) throws PGPException, IOException {
    return forge.certificate(Forge.SHA256, it -> it.setKeyFlags(true, 3));
  }

  private static OpenPgpCertificate parsed(byte[]... parts) {
    return Tools.accepted(OpenPgpCertificate.parse(Tools.join(parts)));
  }

  private static Verdict verdict(byte[] signature, TrustedKey... keys) throws IOException {
    return new Verifier(new ArrayList<>(List.of(keys)), NOW)
        .detached(new ByteArrayInputStream(CONTENT), signature);
  }

  private static void bad(Verdict verdict, Reason reason) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Bad.class,
            bad -> assertThat(bad.reason()).as(bad.sentence()).isEqualTo(reason));
  }

  private static void refused(Parsed<?> parsed, Reason reason) {
    assertThat(parsed)
        .isInstanceOfSatisfying(
            Parsed.Refused.class,
            it -> assertThat(it.reason()).as(it.sentence()).isEqualTo(reason));
  }
}
