package io.bitbuilder.hypervisor.plan;

import java.util.Optional;

/**
 * An IPv4 subnet: an address without host bits, and the length of its prefix (RFC 4632).
 *
 * @param base the first address as an unsigned number
 * @param prefix 0 to 32
 */
public record Subnet(long base, int prefix) {
  /** Reads {@code 10.1.2.0/24}; empty when the text is no subnet or has host bits set. */
  public static Optional<Subnet> parse(String text) {
    return around(text).filter(subnet -> text.equals(subnet.toString()));
  }

  /** The subnet {@code 10.1.2.3/24} lies in; empty when the text is no such address. */
  public static Optional<Subnet> around(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return Optional.empty();
    }
    long base = parseAddress(text.substring(0, slash));
    int prefix = number(text.substring(slash + 1), 32);
    if (base < 0 || prefix < 0) {
      return Optional.empty();
    }
    long size = 1L << (32 - prefix);
    return Optional.of(new Subnet(base - base % size, prefix));
  }

  /** The address as a number, or -1 when the text is none. */
  static long parseAddress(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return -1;
    }
    long address = 0;
    for (String part : parts) {
      int octet = number(part, 255);
      if (octet < 0) {
        return -1;
      }
      address = address << 8 | octet;
    }
    return address;
  }

  static String format(long address) {
    return (address >> 24)
        + "."
        + (address >> 16 & 255)
        + "."
        + (address >> 8 & 255)
        + "."
        + (address & 255);
  }

  /** How many addresses it has. */
  long size() {
    return 1L << (32 - prefix);
  }

  /** The address of the host on it: the first that is not the subnet's own. */
  String gateway() {
    return format(base + 1);
  }

  boolean contains(long address) {
    return address >= base && address < base + size();
  }

  boolean contains(Subnet other) {
    return other.prefix >= prefix && contains(other.base);
  }

  /** Whether an address lies in both. */
  public boolean overlaps(Subnet other) {
    return contains(other) || other.contains(this);
  }

  @Override
  public String toString() {
    return format(base) + "/" + prefix;
  }

  /** A decimal number without leading zeros, or -1. */
  private static int number(String text, int limit) {
    if (text.isEmpty() || text.length() > 3 || (text.length() > 1 && text.charAt(0) == '0')) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value <= limit ? value : -1;
  }
}
