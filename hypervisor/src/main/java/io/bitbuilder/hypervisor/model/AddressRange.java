package io.bitbuilder.hypervisor.model;

import java.math.BigInteger;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Addresses of one family that share their first bits; one address alone when they share all.
 *
 * @param six whether they are of IPv6
 * @param first the lowest of them as a number
 * @param prefix how many bits they share: 0 to 32, or to 128
 */
public record AddressRange(boolean six, BigInteger first, int prefix) {
  /** Reads {@code 192.0.2.0/24} or {@code 192.0.2.1}; bits beyond the prefix are left out. */
  public static Optional<AddressRange> parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    boolean six = address.indexOf(':') >= 0;
    int bits = six ? 128 : 32;
    int prefix = slash < 0 ? bits : number(text.substring(slash + 1), bits);
    Optional<BigInteger> number = six ? parse6(address) : parse4(address);
    return number
        .filter(_ -> prefix >= 0)
        .map(n -> n.shiftRight(bits - prefix).shiftLeft(bits - prefix))
        .map(first -> new AddressRange(six, first, prefix));
  }

  private static Optional<BigInteger> parse4(String text) {
    String[] parts = text.split("\\.", -1);
    long address = 0;
    for (String part : parts) {
      int octet = number(part, 255);
      if (octet < 0 || parts.length != 4) {
        return Optional.empty();
      }
      address = address << 8 | octet;
    }
    return Optional.of(BigInteger.valueOf(address));
  }

  private static Optional<BigInteger> parse6(String text) {
    if (text.indexOf('%') >= 0 || text.length() > 45) {
      return Optional.empty();
    }
    try {
      byte[] octets = Inet6Address.ofLiteral(text).getAddress();
      return octets.length == 16 ? Optional.of(new BigInteger(1, octets)) : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** A decimal number without leading zeros, or -1. */
  private static int number(String text, int most) {
    boolean decimal =
        !text.isEmpty()
            && text.length() <= 3
            && (text.length() == 1 || text.charAt(0) != '0')
            && text.chars().allMatch(c -> c >= '0' && c <= '9');
    int value = decimal ? Integer.parseInt(text) : -1;
    return value <= most ? value : -1;
  }

  /** Whether all of the other's are among them. */
  public boolean contains(AddressRange other) {
    return six == other.six
        && prefix <= other.prefix
        && other.first.shiftRight(bits() - prefix).equals(first.shiftRight(bits() - prefix));
  }

  /** Whether it is one address. */
  public boolean isAddress() {
    return prefix == bits();
  }

  /** The lowest address that is in none of the holes; empty when they leave none. */
  public Optional<AddressRange> outside(List<AddressRange> holes) {
    List<AddressRange> left = new ArrayList<>(holes);
    AddressRange at = new AddressRange(six, first, bits());
    while (contains(at)) {
      AddressRange here = at;
      Optional<AddressRange> hole = left.stream().filter(one -> one.contains(here)).findFirst();
      if (hole.isEmpty()) {
        return Optional.of(at);
      }
      left.remove(hole.get());
      at = new AddressRange(six, hole.get().first.add(hole.get().size()), bits());
    }
    return Optional.empty();
  }

  private BigInteger size() {
    return BigInteger.ONE.shiftLeft(bits() - prefix);
  }

  private int bits() {
    return six ? 128 : 32;
  }

  /** The first address as it is written; IPv6 as RFC 5952 wants it. */
  public String address() {
    byte[] octets = new byte[bits() / 8];
    byte[] digits = first.toByteArray();
    int length = Math.min(digits.length, octets.length);
    System.arraycopy(digits, digits.length - length, octets, octets.length - length, length);
    if (six) {
      return six(octets);
    }
    List<String> parts = new ArrayList<>();
    for (byte octet : octets) {
      parts.add(String.valueOf(octet & 0xff));
    }
    return String.join(".", parts);
  }

  /** Lowercase, and the longest run of zeros left out. */
  private static String six(byte[] octets) {
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = (octets[2 * i] & 0xff) << 8 | (octets[2 * i + 1] & 0xff);
    }
    int start = -1;
    int length = 1;
    for (int i = 0; i < 8; i++) {
      int end = i;
      while (end < 8 && groups[end] == 0) {
        end++;
      }
      if (end - i > length) {
        start = i;
        length = end - i;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == start) {
        text.append("::");
        i += length - 1;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return isAddress() ? address() : address() + "/" + prefix;
  }
}
