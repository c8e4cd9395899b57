package io.bitbuilder.hypervisor.generation;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * One place in the chain of the audit trail: a line, or the place before the first.
 *
 * @param number of the line, counted from 1; 0 for the place before the first
 * @param sha256 of the bytes of the line without its line end, 64 lowercase digits; zeros before
 *     the first
 */
public record LedgerHead(long number, String sha256) {
  /** The place before the first line. */
  static final LedgerHead START = new LedgerHead(0, "0".repeat(64));

  public LedgerHead {
    if (number < 0 || !isHash(sha256)) {
      throw new IllegalArgumentException("not a place in the chain");
    }
  }

  /** Whether a text can be the hash of a line. */
  public static boolean isHash(String text) {
    return text.length() == 64
        && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  /** The hash of some bytes. */
  static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static String hash(String text) {
    return hash(text.getBytes(StandardCharsets.UTF_8));
  }

  Map<String, Object> toValue() {
    return Map.of("number", number, "sha256", sha256);
  }

  static LedgerHead fromValue(Fields fields) {
    return new LedgerHead(fields.number("number"), fields.text("sha256"));
  }
}
