package io.bitbuilder.hypervisor.names;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A network as the host is on it: its own addresses there, and the subnets they are in.
 *
 * @param addresses with the lengths of their prefixes
 */
record Link(List<Own> addresses) {
  Link {
    addresses = List.copyOf(addresses);
  }

  /** An address of the host, and how many bits of it the network shares. */
  record Own(InetAddress address, int prefix) {
    /**
     * Reads {@code 10.0.0.1/24}.
     *
     * @throws IllegalArgumentException when it is none
     */
    static Own of(String text) {
      int slash = text.indexOf('/');
      InetAddress address = InetAddress.ofLiteral(text.substring(0, Math.max(0, slash)));
      int prefix = Integer.parseInt(text.substring(slash + 1));
      if (prefix < 0 || prefix > address.getAddress().length * Byte.SIZE) {
        throw new IllegalArgumentException("not the length of a prefix");
      }
      return new Own(address, prefix);
    }

    boolean isBeside(InetAddress other) {
      byte[] mine = address.getAddress();
      byte[] theirs = other.getAddress();
      if (mine.length != theirs.length) {
        return false;
      }
      int whole = prefix / Byte.SIZE;
      int rest = prefix % Byte.SIZE;
      return Arrays.equals(mine, 0, whole, theirs, 0, whole)
          && (rest == 0 || ((mine[whole] ^ theirs[whole]) & 0xff) >> (Byte.SIZE - rest) == 0);
    }
  }

  /**
   * Reads {@code 10.0.0.1/24,fd00::1/64}.
   *
   * @throws IllegalArgumentException when it is none
   */
  static Link of(String text) {
    List<Own> addresses = new ArrayList<>();
    for (String one : text.split(",", -1)) {
      addresses.add(Own.of(one));
    }
    return new Link(addresses);
  }

  /** Whether an address is one of the network's members, and not the host's. */
  boolean hasMember(InetAddress address) {
    return addresses.stream().noneMatch(own -> own.address().equals(address))
        && addresses.stream().anyMatch(own -> own.isBeside(address));
  }
}
