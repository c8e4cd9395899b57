package io.bitbuilder.hypervisor.signature;

import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A public key of OpenSSH: Ed25519, ECDSA, RSA of 2048 bits or more, or in a security key. */
public final class SshKey implements TrustedKey {
  private static final int LIMIT = 16 << 10;

  private final SshKind kind;
  private final PublicKey key;
  private final byte @Nullable [] application;
  private final byte[] blob;
  private final String comment;

  private SshKey(
      SshKind kind, PublicKey key, byte @Nullable [] application, byte[] blob, String comment) {
    this.kind = kind;
    this.key = key;
    this.application = application;
    this.blob = blob;
    this.comment = comment;
  }

  /**
   * Reads a line as {@code ssh-keygen} writes it into {@code .pub} files: type, base64, comment.
   * Options before the type, certificates, DSA and RSA below 2048 bits are refused.
   */
  public static Parsed<SshKey> parse(String line) {
    return RefusalException.outcome(() -> read(line));
  }

  private static SshKey read(String line) throws RefusalException {
    if (line.length() > LIMIT) {
      throw RefusalException.malformed("SSH key is longer than " + LIMIT + " characters");
    }
    String[] words = line.strip().split("[ \\t]+", 3);
    if (words.length < 2 || line.strip().lines().count() != 1) {
      throw RefusalException.malformed("SSH key is not one line of type, base64 and comment");
    }
    SshKind kind = SshKind.of(words[0]);
    byte[] blob;
    try {
      blob = Base64.getDecoder().decode(words[1]);
    } catch (IllegalArgumentException _) {
      throw RefusalException.malformed("SSH key is not base64");
    }
    SshKey key = of(blob, words.length > 2 ? words[2] : "");
    if (key.kind != kind) {
      throw RefusalException.malformed("SSH key is of another type than its line says");
    }
    return key;
  }

  /** From the bytes that travel (RFC 4253 section 6.6). */
  static SshKey of(byte[] blob, String comment) throws RefusalException {
    SshReader reader = new SshReader(blob, "SSH key");
    SshKind kind = SshKind.of(reader.text());
    PublicKey key = kind.key(reader);
    byte[] application = kind.isSecurityKey() ? reader.string() : null;
    reader.end();
    return new SshKey(kind, key, application, blob, comment);
  }

  SshKind kind() {
    return kind;
  }

  PublicKey key() {
    return key;
  }

  /** What a security key was made for; empty for others. */
  byte[] application() {
    return application == null ? new byte[0] : application.clone();
  }

  /** The rest of the line, for display; not escaped. */
  public String comment() {
    return comment;
  }

  @Override
  public String fingerprint() {
    return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest());
  }

  @Override
  public String hex() {
    return HexFormat.of().formatHex(digest());
  }

  private byte[] digest() {
    return Digests.of("SHA-256").digest(blob);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SshKey that && Arrays.equals(blob, that.blob);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(blob);
  }

  @Override
  public String toString() {
    return kind.label() + " " + fingerprint();
  }
}
