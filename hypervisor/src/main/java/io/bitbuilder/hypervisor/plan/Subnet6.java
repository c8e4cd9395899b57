package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.model.AddressRange;
import java.math.BigInteger;
import java.net.Inet6Address;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;

/**
 * An IPv6 subnet of 64 bits or wider: what tells it from others is in the first half of an address
 * (RFC 4291, section 2.5.4).
 *
 * @param high the first half of its addresses, without bits beyond the prefix
 * @param prefix 0 to 64
 */
public record Subnet6(long high, int prefix) {
  /** The prefix of a network: the other half is the guest's. */
  static final int NETWORK = 64;

  /** Reads {@code fd00:b17b::/32}; empty when the text is no such subnet or has host bits set. */
  public static Optional<Subnet6> parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0 || text.indexOf(':') < 0 || text.indexOf('%') >= 0) {
      return Optional.empty();
    }
    try {
      byte[] octets = Inet6Address.ofLiteral(text.substring(0, slash)).getAddress();
      int prefix = Integer.parseInt(text.substring(slash + 1));
      if (octets.length != 16 || prefix < 0 || prefix > NETWORK) {
        return Optional.empty();
      }
      ByteBuffer halves = ByteBuffer.wrap(octets);
      Subnet6 subnet = new Subnet6(halves.getLong(), prefix);
      boolean whole = halves.getLong() == 0 && (subnet.high & ~mask(prefix)) == 0;
      return whole ? Optional.of(subnet) : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static long mask(int prefix) {
    return prefix == 0 ? 0 : -1L << (NETWORK - prefix);
  }

  /** How many networks fit in it, 2 to the 63rd at most. */
  long networks() {
    return 1L << Math.min(62, NETWORK - prefix);
  }

  /** One of those networks. */
  Subnet6 network(long index) {
    return new Subnet6(high + index, NETWORK);
  }

  boolean contains(Subnet6 other) {
    return other.prefix >= prefix && (other.high & mask(prefix)) == high;
  }

  /** Whether an address lies in both. */
  public boolean overlaps(Subnet6 other) {
    return contains(other) || other.contains(this);
  }

  /** The address of the host on it. */
  String gateway() {
    return address(1);
  }

  /** The address a guest gives itself from its MAC address (RFC 4291, appendix A). */
  String address(String mac) {
    return address(interfaceId(mac));
  }

  /** The address for talking on the link alone. */
  public static String linkLocal(String mac) {
    return format(0xfe80_0000_0000_0000L, interfaceId(mac));
  }

  private String address(long low) {
    return format(high, low);
  }

  private static long interfaceId(String mac) {
    byte[] octets = HexFormat.ofDelimiter(":").parseHex(mac);
    return ByteBuffer.allocate(Long.BYTES)
        .put((byte) (octets[0] ^ 2))
        .put(octets, 1, 2)
        .put((byte) 0xff)
        .put((byte) 0xfe)
        .put(octets, 3, 3)
        .getLong(0);
  }

  private static String format(long high, long low) {
    byte[] octets = ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array();
    return new AddressRange(true, new BigInteger(1, octets), 8 * octets.length).address();
  }

  @Override
  public String toString() {
    return format(high, 0) + "/" + prefix;
  }
}
