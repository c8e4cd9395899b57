package io.bitbuilder.hypervisor.plan;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Choices that follow from ids: digests of texts, as names, numbers and addresses. */
final class Digests {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

  private Digests() {}

  /** Lowercase letters and digits that follow from the parts. */
  static String letters(int length, Object... parts) {
    byte[] digest = digest(parts);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < length; i++) {
      out.append(ALPHABET.charAt(digest[i] & 31));
    }
    return out.toString();
  }

  /**
   * A unicast MAC address of the locally administered space (IEEE 802, bits 0 and 1 of the first
   * octet).
   */
  static String mac(Object... parts) {
    byte[] digest = digest(parts);
    digest[0] = (byte) ((digest[0] & 0xfc) | 2);
    return HexFormat.ofDelimiter(":").formatHex(digest, 0, 6);
  }

  /** A machine id: 32 hexadecimal digits of a version 4 UUID (machine-id(5)). */
  static String machineId(Object... parts) {
    byte[] digest = digest(parts);
    digest[6] = (byte) ((digest[6] & 0x0f) | 0x40);
    digest[8] = (byte) ((digest[8] & 0x3f) | 0x80);
    return HexFormat.of().formatHex(digest, 0, 16);
  }

  /** A number from 0 to less than a limit that follows from the parts. */
  static int number(int limit, Object... parts) {
    return (int) Long.remainderUnsigned(ByteBuffer.wrap(digest(parts)).getLong(), limit);
  }

  /** No part holds a line end, so that no two lists of parts are the same text. */
  private static byte[] digest(Object... parts) {
    StringBuilder text = new StringBuilder();
    for (Object part : parts) {
      text.append(part).append('\n');
    }
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest(text.toString().getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
