package io.bitbuilder.hypervisor.secret;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;

/**
 * HPKE (RFC 9180) in base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and ChaCha20Poly1305:
 * the encapsulated key, 32 bytes, and the ciphertext with its tag. Tenant and name are
 * authenticated: moved to another of either, it does not open.
 */
public final class Sealing {
  /** Bytes that what is sealed is longer. */
  public static final int OVERHEAD = 32 + 16;

  private static final int KEY_SIZE = 32;
  private static final byte[] INFO = "bitbuilder secret 1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NOTHING = {};

  private Sealing() {}

  /** A new private key, 32 bytes; whoever gets it zeroes it. */
  public static byte[] generate() {
    AsymmetricCipherKeyPair pair = hpke().generatePrivateKey();
    return ((X25519PrivateKeyParameters) pair.getPrivate()).getEncoded();
  }

  /**
   * The public key that belongs to a private one.
   *
   * @throws IllegalArgumentException when it does not have 32 bytes
   */
  public static HostKey publicKey(byte[] privateKey) {
    return new HostKey(key(privateKey).generatePublicKey().getEncoded());
  }

  /**
   * Seals a secret for a host.
   *
   * @param tenant the id of the tenant it is of, and {@code name} its own among the tenant's
   */
  public static byte[] seal(HostKey host, String tenant, String name, byte[] secret) {
    try {
      byte[][] sealed =
          hpke()
              .seal(
                  new X25519PublicKeyParameters(host.bytes()),
                  INFO,
                  bound(tenant, name),
                  secret,
                  NOTHING,
                  NOTHING,
                  null);
      byte[] all = Arrays.copyOf(sealed[1], sealed[1].length + sealed[0].length);
      System.arraycopy(sealed[0], 0, all, sealed[1].length, sealed[0].length);
      return all;
    } catch (InvalidCipherTextException e) {
      throw new IllegalArgumentException("the host's key cannot be used", e);
    }
  }

  /**
   * Opens what was sealed for a host; whoever gets it zeroes it.
   *
   * @return empty when it was sealed for another key, tenant or name, or changed
   * @throws IllegalArgumentException when the private key does not have 32 bytes
   */
  public static Optional<byte[]> open(
      byte[] privateKey, String tenant, String name, byte[] sealed) {
    X25519PrivateKeyParameters key = key(privateKey);
    if (sealed.length < OVERHEAD) {
      return Optional.empty();
    }
    byte[] encapsulated = Arrays.copyOf(sealed, KEY_SIZE);
    byte[] ciphertext = Arrays.copyOfRange(sealed, KEY_SIZE, sealed.length);
    try {
      return Optional.of(
          hpke()
              .open(
                  encapsulated,
                  new AsymmetricCipherKeyPair(key.generatePublicKey(), key),
                  INFO,
                  bound(tenant, name),
                  ciphertext,
                  NOTHING,
                  NOTHING,
                  null));
    } catch (InvalidCipherTextException | IllegalArgumentException | IllegalStateException _) {
      // The last two: a point that gives a secret of zeroes.
      return Optional.empty();
    }
  }

  private static X25519PrivateKeyParameters key(byte[] privateKey) {
    if (privateKey.length != KEY_SIZE) {
      throw new IllegalArgumentException("a private key has " + KEY_SIZE + " bytes");
    }
    return new X25519PrivateKeyParameters(privateKey);
  }

  private static byte[] bound(String tenant, String name) {
    return (tenant + "\0" + name).getBytes(StandardCharsets.UTF_8);
  }

  private static HPKE hpke() {
    return new HPKE(
        HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_CHACHA20_POLY1305);
  }
}
