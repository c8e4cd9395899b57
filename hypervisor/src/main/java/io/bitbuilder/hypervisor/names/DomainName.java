package io.bitbuilder.hypervisor.names;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * A domain name as messages carry it: labels of 1 to 63 bytes, at most 255 bytes in all (RFC 1035,
 * section 3.1). Upper and lower case are kept, and make no difference (RFC 4343).
 */
final class DomainName {
  /** The longest name, with the lengths of its labels and the empty one at its end. */
  static final int LIMIT = 255;

  static final int LABEL_LIMIT = 63;

  /** The name above all others. */
  static final DomainName ROOT = new DomainName(new byte[] {0});

  private final byte[] wire;
  private final String key;

  private DomainName(byte[] wire) {
    this.wire = wire;
    this.key = folded(wire);
  }

  /**
   * A name of ours, without escapes.
   *
   * @throws IllegalArgumentException when it is none
   */
  static DomainName of(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String label : text.split("\\.", -1)) {
      byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
      if (bytes.length == 0 || bytes.length > LABEL_LIMIT) {
        throw new IllegalArgumentException("not a domain name");
      }
      out.write(bytes.length);
      out.writeBytes(bytes);
    }
    out.write(0);
    return ofWire(out.toByteArray());
  }

  /**
   * A name as it is in a message, uncompressed and whole.
   *
   * @throws IllegalArgumentException when it is none
   */
  static DomainName ofWire(byte[] wire) {
    int at = 0;
    while (at < wire.length && wire[at] != 0) {
      int length = wire[at] & 0xff;
      if (length > LABEL_LIMIT) {
        throw new IllegalArgumentException("not a domain name");
      }
      at += 1 + length;
    }
    if (at != wire.length - 1 || wire.length > LIMIT) {
      throw new IllegalArgumentException("not a domain name");
    }
    return new DomainName(wire.clone());
  }

  private static String folded(byte[] wire) {
    byte[] lower = wire.clone();
    // Lengths of labels are below any letter.
    for (int i = 0; i < lower.length; i++) {
      if (lower[i] >= 'A' && lower[i] <= 'Z') {
        lower[i] = (byte) (lower[i] + ('a' - 'A'));
      }
    }
    return new String(lower, StandardCharsets.ISO_8859_1);
  }

  byte[] wire() {
    return wire.clone();
  }

  int length() {
    return wire.length;
  }

  boolean isRoot() {
    return wire.length == 1;
  }

  /** The number of its labels; none for the root. */
  int labels() {
    int count = 0;
    for (DomainName name = this; !name.isRoot(); name = name.parent()) {
      count++;
    }
    return count;
  }

  /** The name without its first label; the root is its own. */
  DomainName parent() {
    return isRoot() ? this : new DomainName(Arrays.copyOfRange(wire, 1 + wire[0], wire.length));
  }

  /** Whether it is this name, or one below it. */
  boolean isWithin(DomainName other) {
    return offsetOf(other) >= 0;
  }

  /** Where in it the other name begins, or -1. */
  int offsetOf(DomainName other) {
    int at = 0;
    while (wire.length - at > other.wire.length) {
      at += 1 + wire[at];
    }
    return key.substring(at).equals(other.key) ? at : -1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DomainName name && name.key.equals(key);
  }

  @Override
  public int hashCode() {
    return key.hashCode();
  }

  /**
   * For people; what is no letter, digit or dash is shown as its number (RFC 4343, section 2.1).
   */
  @Override
  public String toString() {
    if (isRoot()) {
      return ".";
    }
    StringBuilder text = new StringBuilder();
    for (int at = 0; wire[at] != 0; at += 1 + wire[at]) {
      for (int i = at + 1; i <= at + wire[at]; i++) {
        int c = wire[i] & 0xff;
        boolean plain =
            (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '_';
        text.append(plain ? String.valueOf((char) c) : String.format(Locale.ROOT, "\\%03d", c));
      }
      text.append('.');
    }
    return text.toString();
  }
}
