package io.bitbuilder.hypervisor.voa;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * OpenPGP certificates as far as their names go: the armor is taken off and the fingerprint of the
 * primary key is computed (RFC 9580, 6.2 and 5.5.4). Signatures are not looked into.
 */
public final class Certificates {
  private static final String BEGIN = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
  private static final String BEGIN_PRIVATE = "-----BEGIN PGP PRIVATE KEY BLOCK-----";
  private static final String END = "-----END PGP PUBLIC KEY BLOCK-----";

  private static final int SECRET_KEY = 5;
  private static final int PUBLIC_KEY = 6;
  private static final int SECRET_SUBKEY = 7;

  private Certificates() {}

  /** What a file has. */
  public sealed interface Found {
    /**
     * One certificate.
     *
     * @param version of its primary key: 4 or 6
     * @param fingerprint of its primary key: 40 or 64 lowercase hex digits
     * @param armored all its packets in armor, without what stood around them
     */
    record Certificate(int version, String fingerprint, String armored) implements Found {}

    /**
     * Something else.
     *
     * @param sentence why, for people; it has nothing of the file in it
     */
    record None(String sentence) implements Found {}
  }

  /**
   * The one certificate of an armored file. A wrong checksum is no reason to refuse (RFC 9580,
   * 6.1).
   *
   * @param text one character for each byte (ISO-8859-1)
   */
  public static Found armored(String text) {
    List<String> lines = text.lines().map(String::stripTrailing).toList();
    if (lines.contains(BEGIN_PRIVATE)) {
      return new Found.None("has a private key");
    }
    int begin = lines.indexOf(BEGIN);
    if (begin < 0 || begin != lines.lastIndexOf(BEGIN)) {
      return new Found.None(
          begin < 0 ? "is no armored OpenPGP certificate" : "has more than one certificate");
    }
    int at = begin + 1;
    while (at < lines.size() && lines.get(at).contains(":")) {
      at++;
    }
    StringBuilder base64 = new StringBuilder();
    for (; at < lines.size() && !lines.get(at).equals(END); at++) {
      String line = lines.get(at);
      if (line.startsWith("=") && line.length() == 5) {
        break;
      }
      base64.append(line);
    }
    if (!lines.subList(Math.min(at, lines.size()), lines.size()).contains(END)) {
      return new Found.None("has armor without an end");
    }
    try {
      return binary(new String(Base64.getDecoder().decode(base64.toString()), ISO_8859_1));
    } catch (IllegalArgumentException _) {
      return new Found.None("has armor that is no base64");
    }
  }

  /**
   * The one certificate of a file without armor.
   *
   * @param text one character for each byte (ISO-8859-1)
   */
  public static Found binary(String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    Optional<Primary> primary = Optional.empty();
    try {
      while (rest.hasRemaining()) {
        Packet packet = packet(rest);
        if (packet.tag() == SECRET_KEY || packet.tag() == SECRET_SUBKEY) {
          return new Found.None("has a private key");
        }
        if (primary.isEmpty()) {
          primary = packet.tag() == PUBLIC_KEY ? primary(packet.body()) : Optional.empty();
          if (primary.isEmpty()) {
            return new Found.None("does not begin with an OpenPGP public key of version 4 or 6");
          }
        } else if (packet.tag() == PUBLIC_KEY) {
          return new Found.None("has more than one certificate");
        }
      }
    } catch (BufferUnderflowException | IllegalArgumentException _) {
      return new Found.None("has OpenPGP packets that are cut off or of no length");
    }
    return primary
        .<Found>map(key ->
            new Found.Certificate(
                key.version(), key.fingerprint(), armor(bytes, key.version() == 4)))
        .orElseGet(() -> new Found.None("is empty"));
  }

  private record Packet(int tag, ByteBuffer body) {}

  private record Primary(int version, String fingerprint) {}

  /** The next packet (RFC 9580, 4.2). Partial and open lengths are for data, not for keys. */
  private static Packet packet(ByteBuffer rest) {
    int head = rest.get() & 0xff;
    if ((head & 0x80) == 0) {
      throw new IllegalArgumentException("no packet");
    }
    long length;
    int tag;
    if ((head & 0x40) != 0) {
      tag = head & 0x3f;
      int first = rest.get() & 0xff;
      if (first < 192) {
        length = first;
      } else if (first < 224) {
        length = ((first - 192L) << 8) + (rest.get() & 0xff) + 192;
      } else if (first == 255) {
        length = rest.getInt() & 0xffffffffL;
      } else {
        throw new IllegalArgumentException("a partial length");
      }
    } else {
      tag = head >> 2 & 0xf;
      length =
          switch (head & 3) {
            case 0 -> rest.get() & 0xff;
            case 1 -> rest.getShort() & 0xffff;
            case 2 -> rest.getInt() & 0xffffffffL;
            default -> throw new IllegalArgumentException("an open length");
          };
    }
    if (length > rest.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer body = rest.slice(rest.position(), (int) length);
    rest.position(rest.position() + (int) length);
    return new Packet(tag, body);
  }

  private static Optional<Primary> primary(ByteBuffer body) {
    int version = body.hasRemaining() ? body.get(body.position()) : 0;
    int length = body.remaining();
    if (version == 4 && length <= 0xffff) {
      MessageDigest digest = digest("SHA-1");
      digest.update((byte) 0x99);
      digest.update(ByteBuffer.allocate(2).putShort((short) length).flip());
      digest.update(body);
      return Optional.of(new Primary(version, HexFormat.of().formatHex(digest.digest())));
    }
    if (version == 6) {
      MessageDigest digest = digest("SHA-256");
      digest.update((byte) 0x9b);
      digest.update(ByteBuffer.allocate(4).putInt(length).flip());
      digest.update(body);
      return Optional.of(new Primary(version, HexFormat.of().formatHex(digest.digest())));
    }
    return Optional.empty();
  }

  static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + algorithm, e);
    }
  }

  /** With a checksum for readers of RFC 4880; with version 6 there is to be none. */
  private static String armor(byte[] bytes, boolean checksum) {
    StringBuilder text = new StringBuilder(BEGIN).append("\n\n");
    text.append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)).append('\n');
    if (checksum) {
      int crc = crc24(bytes);
      byte[] sum = {(byte) (crc >> 16), (byte) (crc >> 8), (byte) crc};
      text.append('=').append(Base64.getEncoder().encodeToString(sum)).append('\n');
    }
    return text.append(END).append('\n').toString();
  }

  /** RFC 9580, 6.1.1. */
  private static int crc24(byte[] bytes) {
    int crc = 0xb704ce;
    for (byte one : bytes) {
      crc ^= (one & 0xff) << 16;
      for (int i = 0; i < 8; i++) {
        crc <<= 1;
        if ((crc & 0x1000000) != 0) {
          crc ^= 0x1864cfb;
        }
      }
    }
    return crc & 0xffffff;
  }
}
