package io.bitbuilder.hypervisor.model;

import java.util.Optional;

/**
 * An amount of memory or storage, in bytes, never negative. Written as systemd writes it: a whole
 * number with an optional suffix K, M, G or T to the base of 1024 (systemd.syntax(7)).
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
  /** Nothing. */
  public static final ByteSize ZERO = new ByteSize(0);

  private static final String SUFFIXES = "KMGT";

  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("negative size");
    }
  }

  /** Reads {@code 512M}; empty when the text is not a size or does not fit. */
  public static Optional<ByteSize> parse(String text) {
    int power = text.isEmpty() ? -1 : SUFFIXES.indexOf(text.charAt(text.length() - 1));
    String digits = power < 0 ? text : text.substring(0, text.length() - 1);
    if (digits.isEmpty()
        || digits.length() > 19
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new ByteSize(Math.multiplyExact(Long.parseLong(digits), 1L << (10 * (power + 1)))));
    } catch (ArithmeticException | NumberFormatException _) {
      return Optional.empty();
    }
  }

  /** The sum, which must fit 64 bits. */
  public ByteSize plus(ByteSize other) {
    return new ByteSize(Math.addExact(bytes, other.bytes));
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** The shortest exact form: {@code 4G}, {@code 1536M}, {@code 17}. */
  @Override
  public String toString() {
    long value = bytes;
    int power = 0;
    while (power < SUFFIXES.length() && value != 0 && value % 1024 == 0) {
      value /= 1024;
      power++;
    }
    return value + (power == 0 ? "" : String.valueOf(SUFFIXES.charAt(power - 1)));
  }

  /** As people read it: exact when that is short, else with one decimal, rounded down. */
  public String rounded() {
    String exact = toString();
    if (exact.length() <= 5) {
      return exact;
    }
    int power = 0;
    long unit = 1;
    while (power < SUFFIXES.length() && bytes / unit >= 1024) {
      unit *= 1024;
      power++;
    }
    long tenths = bytes / unit * 10 + bytes % unit * 10 / unit;
    return tenths / 10 + "." + tenths % 10 + SUFFIXES.charAt(power - 1);
  }
}
