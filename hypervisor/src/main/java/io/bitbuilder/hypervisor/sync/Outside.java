package io.bitbuilder.hypervisor.sync;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Which addresses are outside: what the registries of special addresses (RFC 6890 and those that
 * followed) call globally reachable. All others lead to this host, its networks, or a cloud's
 * secrets. Of IPv6 what is not given out to the Internet is no outside either.
 */
final class Outside {
  /** Base and prefix of what is inside. */
  private static final int[][] INSIDE = {
    {0, 8}, // this network
    {ip(10, 0), 8}, // RFC 1918, like 172.16 and 192.168
    {ip(100, 64), 10}, // shared by carriers
    {ip(127, 0), 8}, // loopback
    {ip(169, 254), 16}, // link-local, metadata of clouds
    {ip(172, 16), 12},
    {ip(192, 0), 24}, // protocols, DS-Lite
    {ip(192, 0) | 2 << 8, 24}, // documentation
    {ip(192, 88) | 99 << 8, 24}, // relays of 6to4
    {ip(192, 168), 16},
    {ip(198, 18), 15}, // measurement
    {ip(198, 51) | 100 << 8, 24},
    {ip(203, 0) | 113 << 8, 24},
    {ip(224, 0), 4}, // multicast
    {ip(240, 0), 4} // reserved, broadcast
  };

  private Outside() {}

  /** Whether an address is outside; one that stands for an IPv4 address is where that is. */
  static boolean is(InetAddress address) {
    return address instanceof Inet4Address
        ? isOutside(number(address.getAddress(), 0))
        : isOutside(address.getAddress());
  }

  private static boolean isOutside(int address) {
    return Arrays.stream(INSIDE).noneMatch(one -> (address ^ one[0]) >>> (32 - one[1]) == 0);
  }

  private static boolean isOutside(byte[] address) {
    int first = number(address, 0);
    if (first == 0x0064ff9b && number(address, 4) == 0 && number(address, 8) == 0) {
      // NAT64 (RFC 6052).
      return isOutside(number(address, 12));
    }
    if (first >>> 16 == 0x2002) {
      // 6to4 (RFC 3056).
      return isOutside(number(address, 2));
    }
    if (first == 0x20010000) {
      // Teredo (RFC 4380): the client's address with every bit turned over, behind its server's.
      return isOutside(number(address, 4)) && isOutside(~number(address, 12));
    }
    boolean special =
        first >>> 9 == 0x20010000 >>> 9 || first == 0x20010db8 || first >>> 12 == 0x3fff0;
    return first >>> 29 == 1 && !special;
  }

  /** Whether the host of a URL is an address rather than a name. */
  static boolean isNumber(String host) {
    try {
      boolean brackets = host.startsWith("[") && host.endsWith("]");
      String bare = brackets ? host.substring(1, host.length() - 1) : host;
      return InetAddress.ofLiteral(bare).getAddress().length > 0;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /** What is said of an address that is not outside. */
  static final class Inside extends UnknownHostException {
    private static final long serialVersionUID = 1;

    Inside(String host, InetAddress address) {
      super(host + " stands for " + address.getHostAddress() + ", an internal address");
    }
  }

  private static int ip(int a, int b) {
    return a << 24 | b << 16;
  }

  private static int number(byte[] bytes, int at) {
    int value = 0;
    for (int i = at; i < at + 4; i++) {
      value = value << 8 | (bytes[i] & 255);
    }
    return value;
  }
}
