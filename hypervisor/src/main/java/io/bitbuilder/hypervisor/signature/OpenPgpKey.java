package io.bitbuilder.hypervisor.signature;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.bouncycastle.bcpg.BCPGInputStream;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.bcpg.RSAPublicBCPGKey;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;
import org.jspecify.annotations.Nullable;

/** A primary key or subkey of version 4 (RFC 9580 section 5.5.2.2). */
final class OpenPgpKey {
  static final int RSA = 1;
  static final int RSA_SIGN = 3;
  static final int DSA = 17;
  static final int ECDSA = 19;
  static final int EDDSA_LEGACY = 22;
  static final int ED25519 = 27;
  static final int ED448 = 28;

  private static final Set<Integer> SIGNING =
      Set.of(RSA, RSA_SIGN, ECDSA, EDDSA_LEGACY, ED25519, ED448);
  private static final Set<Integer> WEAK = Set.of(16, DSA, 20);

  /** Object identifiers of the curves taken: NIST, Ed25519, Brainpool. */
  private static final Set<String> CURVES =
      Set.of(
          "2a8648ce3d030107",
          "2b81040022",
          "2b81040023",
          "2b06010401da470f01",
          "2b2403030208010107",
          "2b240303020801010b",
          "2b240303020801010d");

  private static final int LEAST_RSA = 2048;
  private static final int MOST_RSA = 8192;

  private final Packet packet;
  private final int algorithm;
  private final Instant created;
  private final String fingerprint;
  private final @Nullable RefusalException unfit;
  private final @Nullable PGPPublicKey key;

  private OpenPgpKey(Packet packet) {
    byte[] body = packet.body();
    this.packet = packet;
    this.algorithm = body[5] & 0xff;
    this.created = Instant.ofEpochSecond(ByteBuffer.wrap(body, 1, 4).getInt() & 0xffffffffL);
    MessageDigest digest = Digests.of("SHA-1");
    digest.update((byte) 0x99);
    digest.update((byte) (body.length >> 8));
    digest.update((byte) body.length);
    this.fingerprint = HexFormat.of().withUpperCase().formatHex(digest.digest(body));
    RefusalException reason = null;
    PGPPublicKey read = null;
    try {
      read = read(packet, algorithm);
    } catch (RefusalException e) {
      reason = e;
    }
    this.unfit = reason;
    this.key = read;
  }

  /** Of any algorithm; those that cannot be used to sign are refused when they are asked to. */
  static OpenPgpKey of(Packet packet) throws RefusalException {
    byte[] body = packet.body();
    if (body.length < 6 || body[0] != 4) {
      throw new RefusalException(Reason.UNSUPPORTED, "an OpenPGP key is not of version 4");
    }
    if (body.length > 0xffff) {
      throw RefusalException.malformed("an OpenPGP key is larger than 64 KiB");
    }
    return new OpenPgpKey(packet);
  }

  private static PGPPublicKey read(Packet packet, int algorithm) throws RefusalException {
    if (WEAK.contains(algorithm)) {
      throw new RefusalException(Reason.WEAK, "DSA and Elgamal keys are too weak");
    }
    if (!SIGNING.contains(algorithm)) {
      throw new RefusalException(Reason.UNSUPPORTED, "key is of an algorithm not judged");
    }
    if (algorithm == ECDSA || algorithm == EDDSA_LEGACY) {
      checkCurve(packet.body());
    }
    try {
      PublicKeyPacket parsed =
          (PublicKeyPacket)
              new BCPGInputStream(new ByteArrayInputStream(packet.encoded())).readPacket();
      PGPPublicKey key = new PGPPublicKey(parsed, new BcKeyFingerprintCalculator());
      if (parsed.getKey() instanceof RSAPublicBCPGKey rsa) {
        int bits = rsa.getModulus().bitLength();
        if (bits < LEAST_RSA) {
          throw new RefusalException(Reason.WEAK, "RSA key has fewer than " + LEAST_RSA + " bits");
        }
        if (bits > MOST_RSA || rsa.getPublicExponent().bitLength() > 64) {
          throw new RefusalException(
              Reason.UNSUPPORTED, "RSA key has more than " + MOST_RSA + " bits");
        }
      }
      return key;
    } catch (IOException | PGPException | RuntimeException _) {
      // Bouncy Castle throws what it happens to meet.
      throw RefusalException.malformed("an OpenPGP key does not fit its algorithm");
    }
  }

  private static void checkCurve(byte[] body) throws RefusalException {
    int length = body.length > 6 ? body[6] & 0xff : 0;
    if (length == 0
        || body.length < 7 + length
        || !CURVES.contains(HexFormat.of().formatHex(body, 7, 7 + length))) {
      throw new RefusalException(Reason.UNSUPPORTED, "key is of a curve not judged");
    }
  }

  Packet packet() {
    return packet;
  }

  Instant created() {
    return created;
  }

  /** 40 uppercase hexadecimal digits. */
  String fingerprint() {
    return fingerprint;
  }

  /** Whether its algorithm is one for signing, weak or not. */
  boolean mightSign() {
    return SIGNING.contains(algorithm) || WEAK.contains(algorithm);
  }

  /** Refuses weak and unknown keys. */
  void check() throws RefusalException {
    if (unfit != null) {
      throw new RefusalException(unfit.reason(), unfit.sentence());
    }
  }

  /** What checks one signature by this key; content is fed to it. */
  PGPSignature checker(SignaturePacket signature) throws RefusalException {
    check();
    boolean rsa = algorithm == RSA || algorithm == RSA_SIGN;
    boolean fits =
        signature.algorithm() == algorithm
            || (rsa && (signature.algorithm() == RSA || signature.algorithm() == RSA_SIGN));
    if (!fits || key == null) {
      throw new RefusalException(
          Reason.BAD_SIGNATURE, "signature is of another algorithm than its key");
    }
    try {
      PGPSignature checker = read(signature);
      checker.init(new BcPGPContentVerifierBuilderProvider(), key);
      return checker;
    } catch (PGPException | RuntimeException _) {
      throw RefusalException.malformed("an OpenPGP signature does not fit its algorithm");
    }
  }

  /** As Bouncy Castle reads it. */
  static PGPSignature read(SignaturePacket signature) throws RefusalException {
    try {
      return new PGPSignature(
          new BCPGInputStream(new ByteArrayInputStream(signature.packet().encoded())));
    } catch (IOException | PGPException | RuntimeException _) {
      throw RefusalException.malformed("an OpenPGP signature has something odd in it");
    }
  }

  static boolean isGood(Check check) {
    try {
      return check.run();
    } catch (PGPException | RefusalException | RuntimeException _) {
      // Bouncy Castle throws what it happens to meet in numbers out of range.
      return false;
    }
  }

  /** Something Bouncy Castle is asked. */
  @FunctionalInterface
  interface Check {
    boolean run() throws PGPException, RefusalException;
  }

  /** Whether this key certified, or revoked, itself. */
  boolean signedItself(SignaturePacket signature) {
    return key != null && isGood(() -> checker(signature).verifyCertification(key));
  }

  /** Whether this key certified, or revoked, the user id of itself. */
  boolean signedUserId(SignaturePacket signature, byte[] userId) {
    return key != null && isGood(() -> checker(signature).verifyCertification(userId, key));
  }

  /** Whether this primary key bound, or revoked, a subkey. */
  boolean signedSubkey(SignaturePacket signature, OpenPgpKey subkey) {
    return key != null
        && subkey.key != null
        && isGood(() -> checker(signature).verifyCertification(key, subkey.key));
  }

  /** Whether this subkey says that it belongs to the primary key (type 0x19). */
  boolean confirmed(List<SignaturePacket> signatures, OpenPgpKey primary) {
    for (SignaturePacket signature : signatures) {
      if (key != null
          && primary.key != null
          && signature.isSound()
          && isGood(() -> checker(signature).verifyCertification(primary.key, key))) {
        return true;
      }
    }
    return false;
  }
}
