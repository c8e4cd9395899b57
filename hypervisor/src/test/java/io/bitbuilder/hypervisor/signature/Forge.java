package io.bitbuilder.hypervisor.signature;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.function.Consumer;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.crypto.generators.Ed25519KeyPairGenerator;
import org.bouncycastle.crypto.params.Ed25519KeyGenerationParameters;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;

/** OpenPGP certificates and signatures no tool would make: one primary key, one subkey, Ed25519. */
final class Forge {
  static final int SHA1 = HashAlgorithmTags.SHA1;
  static final int SHA256 = HashAlgorithmTags.SHA256;
  static final int CERTIFY = 1;
  static final int SIGN = 2;

  /** When its keys were made. */
  static final Instant MADE = Instant.parse("2020-01-01T12:00:00Z");

  private final String userId;
  private final PGPKeyPair primary = pair();
  private final PGPKeyPair subkey = pair();

  Forge(String name) throws PGPException {
    userId = Tools.address(name);
  }

  private static PGPKeyPair pair() throws PGPException {
    Ed25519KeyPairGenerator generator = new Ed25519KeyPairGenerator();
    generator.init(new Ed25519KeyGenerationParameters(new SecureRandom()));
    return new BcPGPKeyPair(
        4, PublicKeyAlgorithmTags.EDDSA_LEGACY, generator.generateKeyPair(), Date.from(MADE));
  }

  PGPKeyPair primary() {
    return primary;
  }

  PGPKeyPair subkey() {
    return subkey;
  }

  /** The primary key and a user id it certifies. */
  byte[] certificate(int hash, Consumer<PGPSignatureSubpacketGenerator> says)
      throws PGPException, IOException {
    return Tools.join(key(), userId(hash, MADE, says));
  }

  byte[] key() throws IOException {
    return primary.getPublicKey().getEncoded();
  }

  byte[] userId(int hash, Instant when, Consumer<PGPSignatureSubpacketGenerator> says)
      throws PGPException, IOException {
    byte[] id = userId.getBytes(StandardCharsets.UTF_8);
    PGPSignatureGenerator generator = generator(primary, 0x13, hash, when, says);
    return Tools.join(
        new Packet(Packet.USER_ID, id).encoded(),
        generator.generateCertification(userId, primary.getPublicKey()).getEncoded());
  }

  /** A subkey that may sign, with the signature it confirms its certificate by, or without. */
  byte[] subkey(boolean confirms) throws PGPException, IOException {
    PGPSignature confirmation =
        generator(subkey, 0x19, SHA256, MADE, _ -> {})
            .generateCertification(primary.getPublicKey(), subkey.getPublicKey());
    PGPSignatureGenerator generator =
        generator(
            primary,
            0x18,
            SHA256,
            MADE,
            it -> {
              it.setKeyFlags(true, SIGN);
              if (confirms) {
                embed(it, confirmation);
              }
            });
    byte[] body =
        Tools.accepted(RefusalException.outcome(() -> Packet.all(subkeyBytes(), 10)))
            .getFirst()
            .body();
    return Tools.join(
        new Packet(Packet.SUBKEY, body).encoded(),
        generator
            .generateCertification(primary.getPublicKey(), subkey.getPublicKey())
            .getEncoded());
  }

  /** Revokes the subkey, a year after it was made. */
  byte[] subkeyRevocation(int reason) throws PGPException, IOException {
    return generator(
            primary,
            0x28,
            SHA256,
            MADE.plusSeconds(365 * 86_400),
            it -> it.setRevocationReason(false, (byte) reason, ""))
        .generateCertification(primary.getPublicKey(), subkey.getPublicKey())
        .getEncoded();
  }

  /** Revokes the primary key, a year after it was made. */
  byte[] revocation(int reason, int hash) throws PGPException, IOException {
    return generator(
            primary,
            0x20,
            hash,
            MADE.plusSeconds(365 * 86_400),
            it -> it.setRevocationReason(false, (byte) reason, ""))
        .generateCertification(primary.getPublicKey())
        .getEncoded();
  }

  private byte[] subkeyBytes() {
    try {
      return subkey.getPublicKey().getEncoded();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void embed(PGPSignatureSubpacketGenerator into, PGPSignature signature) {
    try {
      into.addEmbeddedSignature(true, signature);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static PGPSignatureGenerator generator(
      PGPKeyPair by,
      int type,
      int hash,
      Instant when,
      Consumer<PGPSignatureSubpacketGenerator> says)
      throws PGPException {
    PGPSignatureGenerator generator =
        new PGPSignatureGenerator(
            new BcPGPContentSignerBuilder(by.getPublicKey().getAlgorithm(), hash),
            by.getPublicKey());
    generator.init(type, by.getPrivateKey());
    PGPSignatureSubpacketGenerator subpackets = new PGPSignatureSubpacketGenerator();
    subpackets.setSignatureCreationTime(Date.from(when));
    subpackets.setIssuerFingerprint(false, by.getPublicKey());
    says.accept(subpackets);
    generator.setHashedSubpackets(subpackets.generate());
    PGPSignatureSubpacketGenerator hints = new PGPSignatureSubpacketGenerator();
    hints.setIssuerKeyID(false, by.getPublicKey().getKeyID());
    generator.setUnhashedSubpackets(hints.generate());
    return generator;
  }

  /** A binary signature of content, made a day after the keys. */
  static byte[] sign(
      PGPKeyPair by, byte[] content, int hash, Consumer<PGPSignatureSubpacketGenerator> says)
      throws PGPException, IOException {
    return sign(by, content, hash, MADE.plusSeconds(86_400), says);
  }

  static byte[] sign(
      PGPKeyPair by,
      byte[] content,
      int hash,
      Instant when,
      Consumer<PGPSignatureSubpacketGenerator> says)
      throws PGPException, IOException {
    PGPSignatureGenerator generator = generator(by, 0, hash, when, says);
    generator.update(content);
    return generator.generate().getEncoded();
  }

  static byte[] armored(String label, byte[] bytes) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return ("-----BEGIN " + label + "-----\n\n" + base64 + "\n-----END " + label + "-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }
}
