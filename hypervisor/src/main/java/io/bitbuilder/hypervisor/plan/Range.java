package io.bitbuilder.hypervisor.plan;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;

/**
 * A range of addresses of either family: those that share the first so many bits. Where subnets are
 * handed out {@link Subnet} is the type; this one is for what others have.
 *
 * @param six whether it is of IPv6
 * @param first its first address as a number
 * @param prefix 0 to 32, or to 128
 */
record Range(boolean six, BigInteger first, int prefix) {
  /** Reads {@code 192.0.2.0/24} or {@code 2001:db8::/32}; empty when there are host bits. */
  static Optional<Range> parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return Optional.empty();
    }
    int prefix;
    try {
      prefix = Integer.parseInt(text.substring(slash + 1));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
    return address(text.substring(0, slash))
        .filter(one -> prefix >= 0 && prefix <= one.prefix)
        .map(one -> new Range(one.six, one.first, prefix))
        .filter(range -> range.start(range.prefix).shiftLeft(range.rest()).equals(range.first));
  }

  /** The range of one address; empty when the text is none. */
  static Optional<Range> address(String text) {
    if (text.indexOf('%') >= 0) {
      return Optional.empty();
    }
    try {
      boolean six = text.indexOf(':') >= 0;
      InetAddress address = six ? Inet6Address.ofLiteral(text) : Inet4Address.ofLiteral(text);
      byte[] octets = address.getAddress();
      return Optional.of(
          new Range(octets.length == 16, new BigInteger(1, octets), 8 * octets.length));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** Whether an address lies in both. */
  boolean overlaps(Range other) {
    int bits = Math.min(prefix, other.prefix);
    return six == other.six && start(bits).equals(other.start(bits));
  }

  private BigInteger start(int bits) {
    return first.shiftRight((six ? 128 : 32) - bits);
  }

  private int rest() {
    return (six ? 128 : 32) - prefix;
  }
}
