package io.bitbuilder.hypervisor.signature;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EllipticCurve;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The kinds of SSH key whose signatures are judged (RFC 4253, 5656, 8709, PROTOCOL.u2f). */
enum SshKind {
  ED25519("ssh-ed25519", null, null),
  ECDSA_256("ecdsa-sha2-nistp256", "nistp256", "SHA256withECDSAinP1363Format"),
  ECDSA_384("ecdsa-sha2-nistp384", "nistp384", "SHA384withECDSAinP1363Format"),
  ECDSA_521("ecdsa-sha2-nistp521", "nistp521", "SHA512withECDSAinP1363Format"),
  RSA("ssh-rsa", null, null),
  SK_ED25519("sk-ssh-ed25519@openssh.com", null, null),
  SK_ECDSA("sk-ecdsa-sha2-nistp256@openssh.com", "nistp256", "SHA256withECDSAinP1363Format");

  /** Least and most bits of an RSA modulus; the most is OpenSSH's. */
  private static final int LEAST_RSA = 2048;

  private static final int MOST_RSA = 16384;

  /** What stands before the 32 bytes of an Ed25519 key in X.509 (RFC 8410). */
  private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private final String label;
  private final @Nullable String curve;
  private final @Nullable String ecdsa;

  SshKind(String label, @Nullable String curve, @Nullable String ecdsa) {
    this.label = label;
    this.curve = curve;
    this.ecdsa = ecdsa;
  }

  /** The name of the key's type and, but for RSA, of its signatures. */
  String label() {
    return label;
  }

  /** The JDK's name of the ECDSA variant; none for other kinds. */
  @Nullable String ecdsa() {
    return ecdsa;
  }

  /** Whether it lives in a security key, which signs more than the message. */
  boolean isSecurityKey() {
    return this == SK_ED25519 || this == SK_ECDSA;
  }

  static SshKind of(String label) throws RefusalException {
    for (SshKind kind : values()) {
      if (kind.label.equals(label)) {
        return kind;
      }
    }
    if (label.endsWith("-cert-v01@openssh.com")) {
      throw new RefusalException(Reason.UNSUPPORTED, "SSH certificates are not judged");
    }
    if ("ssh-dss".equals(label)) {
      throw new RefusalException(Reason.WEAK, "DSA keys are too weak");
    }
    throw new RefusalException(Reason.UNSUPPORTED, "this type of SSH key is not judged");
  }

  /** Reads what follows the type's name in a key, without the application of security keys. */
  PublicKey key(SshReader reader) throws RefusalException {
    try {
      return switch (this) {
        case ED25519, SK_ED25519 -> ed25519(reader.string());
        case ECDSA_256, ECDSA_384, ECDSA_521, SK_ECDSA -> ecdsa(reader);
        case RSA -> rsa(reader.positive(), reader.positive());
      };
    } catch (GeneralSecurityException _) {
      throw RefusalException.malformed("SSH key is not a valid " + label);
    }
  }

  private static PublicKey ed25519(byte[] point) throws RefusalException, GeneralSecurityException {
    if (point.length != 32) {
      throw RefusalException.malformed("Ed25519 key is not of 32 bytes");
    }
    byte[] encoded = Arrays.copyOf(ED25519_PREFIX, ED25519_PREFIX.length + 32);
    System.arraycopy(point, 0, encoded, ED25519_PREFIX.length, 32);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }

  private PublicKey ecdsa(SshReader reader) throws RefusalException, GeneralSecurityException {
    if (curve == null || !reader.text().equals(curve)) {
      throw RefusalException.malformed("SSH key names another curve than its type");
    }
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(curve.replace("nistp", "secp") + "r1"));
    ECParameterSpec spec = parameters.getParameterSpec(ECParameterSpec.class);
    byte[] point = reader.string();
    int size = (spec.getCurve().getField().getFieldSize() + 7) / 8;
    if (point.length != 1 + 2 * size || point[0] != 4) {
      throw RefusalException.malformed("SSH key is not an uncompressed point of its curve");
    }
    BigInteger x = new BigInteger(1, Arrays.copyOfRange(point, 1, 1 + size));
    BigInteger y = new BigInteger(1, Arrays.copyOfRange(point, 1 + size, point.length));
    if (!isOn(spec.getCurve(), x, y)) {
      throw RefusalException.malformed("SSH key is not a point of its curve");
    }
    return KeyFactory.getInstance("EC")
        .generatePublic(new ECPublicKeySpec(new ECPoint(x, y), spec));
  }

  /** The JDK takes any point; y^2 = x^3 + ax + b is for us to ask. All three have cofactor 1. */
  private static boolean isOn(EllipticCurve curve, BigInteger x, BigInteger y) {
    BigInteger p = ((ECFieldFp) curve.getField()).getP();
    BigInteger right = x.multiply(x).add(curve.getA()).multiply(x).add(curve.getB()).mod(p);
    return x.compareTo(p) < 0 && y.compareTo(p) < 0 && y.multiply(y).mod(p).equals(right);
  }

  private static PublicKey rsa(BigInteger exponent, BigInteger modulus)
      throws RefusalException, GeneralSecurityException {
    if (modulus.bitLength() < LEAST_RSA) {
      throw new RefusalException(Reason.WEAK, "RSA key has fewer than " + LEAST_RSA + " bits");
    }
    if (modulus.bitLength() > MOST_RSA
        || exponent.bitLength() > 64
        || !exponent.testBit(0)
        || exponent.bitLength() < 2) {
      throw RefusalException.malformed("RSA key has a modulus or exponent out of range");
    }
    return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
  }
}
