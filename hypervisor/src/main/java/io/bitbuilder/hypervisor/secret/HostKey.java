package io.bitbuilder.hypervisor.secret;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** The public key of a host, of X25519: all may know it, and seal for the host with it. */
public final class HostKey {
  /** What tells such a key from those of tunnels, which look the same. */
  private static final String PREFIX = "bitbuilder-host:";

  private static final int SIZE = 32;

  private final byte[] bytes;

  HostKey(byte[] bytes) {
    if (bytes.length != SIZE) {
      throw new IllegalArgumentException("a key of X25519 has " + SIZE + " bytes");
    }
    this.bytes = bytes.clone();
  }

  /** Reads the word that {@link #toString} gives; empty when it is none. */
  public static Optional<HostKey> parse(String text) {
    if (!text.startsWith(PREFIX)) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(text.substring(PREFIX.length()));
      return Optional.of(bytes)
          .filter(key -> key.length == SIZE)
          .map(HostKey::new)
          .filter(key -> key.toString().equals(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  byte[] bytes() {
    return bytes.clone();
  }

  /** What names it in sealed files: the first 16 hexadecimal digits of its SHA-256. */
  public String id() {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HostKey that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The key as one word. */
  @Override
  public String toString() {
    return PREFIX + Base64.getEncoder().encodeToString(bytes);
  }
}
