package io.bitbuilder.hypervisor.voa;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Public keys of OpenSSH as {@code ssh-keygen} writes them: {@code TYPE BASE64 [COMMENT]}.
 *
 * <p>UAPI.11 names a file by "sha256 of the key" in its examples only and does not say of which
 * bytes. We take the key blob, which is what the base64 stands for: it is what {@code ssh-keygen
 * -l} and signatures (PROTOCOL.sshsig of OpenSSH) mean by the key, and a comment does not change
 * it.
 */
public final class SshKeys {
  private static final Set<String> TYPES =
      Set.of(
          "ssh-ed25519",
          "ssh-rsa",
          "ecdsa-sha2-nistp256",
          "ecdsa-sha2-nistp384",
          "ecdsa-sha2-nistp521",
          "sk-ssh-ed25519@openssh.com",
          "sk-ecdsa-sha2-nistp256@openssh.com");

  private SshKeys() {}

  /** What a file has. */
  public sealed interface Found {
    /**
     * One public key.
     *
     * @param fingerprint SHA-256 of the key blob, 64 lowercase hex digits
     * @param line type, base64 and comment, with a line feed at the end; one character for each
     *     byte
     */
    record Key(String fingerprint, String line) implements Found {}

    /**
     * Something else.
     *
     * @param sentence why, for people; it has nothing of the file in it
     */
    record None(String sentence) implements Found {}
  }

  /**
   * The one key of a file. Empty lines and those that begin with "#" are passed over.
   *
   * @param text one character for each byte (ISO-8859-1)
   */
  public static Found read(String text) {
    if (text.contains("PRIVATE KEY-----")) {
      return new Found.None("has a private key");
    }
    List<String> lines =
        text.lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .toList();
    if (lines.size() != 1) {
      return new Found.None(lines.isEmpty() ? "has no key" : "has more than one line with a key");
    }
    String[] words = lines.getFirst().split("[ \t]+", 3);
    if (words.length < 2 || !TYPES.contains(words[0])) {
      return new Found.None("is no public key of OpenSSH");
    }
    byte[] blob;
    try {
      blob = Base64.getDecoder().decode(words[1]);
    } catch (IllegalArgumentException _) {
      return new Found.None("has a key that is no base64");
    }
    if (!isBlob(blob, words[0])) {
      return new Found.None("has a key of another type than it says, or a part of one");
    }
    String hash = HexFormat.of().formatHex(Certificates.digest("SHA-256").digest(blob));
    return new Found.Key(hash, String.join(" ", words) + "\n");
  }

  /** Whether bytes are strings of RFC 4251, the first of them the type, and at least one more. */
  private static boolean isBlob(byte[] blob, String type) {
    ByteBuffer rest = ByteBuffer.wrap(blob);
    int strings = 0;
    while (rest.remaining() >= 4) {
      int length = rest.getInt();
      if (length < 0 || length > rest.remaining()) {
        return false;
      }
      String name = new String(blob, rest.position(), length, ISO_8859_1);
      if (strings == 0 && !name.equals(type)) {
        return false;
      }
      rest.position(rest.position() + length);
      strings++;
    }
    return strings > 1 && !rest.hasRemaining();
  }
}
