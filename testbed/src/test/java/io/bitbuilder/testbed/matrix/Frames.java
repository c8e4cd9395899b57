package io.bitbuilder.testbed.matrix;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** Ethernet frames and what is in them, byte by byte: what no socket of the kernel would send. */
final class Frames {
  static final int ARP = 0x0806;
  static final int IPV4 = 0x0800;
  static final int IPV6 = 0x86dd;
  static final int UDP = 17;
  static final int ICMP6 = 58;
  static final String EVERYBODY = "ff:ff:ff:ff:ff:ff";

  /** The shortest frame there is, less its checksum. */
  private static final int SHORTEST = 60;

  private Frames() {}

  /** A frame; what is shorter than a frame may be is filled up with zeros. */
  static byte[] ethernet(String to, String from, int type, byte[] payload) {
    byte[] frame = join(mac(to), mac(from), u16(type), payload);
    return join(frame, new byte[Math.max(0, SHORTEST - frame.length)]);
  }

  /** A frame with tags between addresses and type: a protocol and a number for each. */
  static byte[] tagged(byte[] frame, int... tags) {
    ByteBuffer between = ByteBuffer.allocate(tags.length * 2);
    for (int tag : tags) {
      between.putShort((short) tag);
    }
    byte[] head = Arrays.copyOf(frame, 12);
    byte[] rest = Arrays.copyOfRange(frame, 12, frame.length);
    return join(head, between.array(), rest);
  }

  /** The type of a frame that carries packets to this address. */
  static int type(String address) {
    return isV6(address) ? IPV6 : IPV4;
  }

  /** An IP packet of the family of its addresses. */
  static byte[] packet(String from, String to, int protocol, byte[] payload) {
    if (isV6(to)) {
      return join(
          new byte[] {0x60, 0, 0, 0},
          u16(payload.length),
          new byte[] {(byte) protocol, (byte) 255},
          ip(from),
          ip(to),
          payload);
    }
    byte[] head =
        join(
            new byte[] {0x45, 0},
            u16(20 + payload.length),
            // No identification, do not fragment, 64 hops.
            new byte[] {0, 0, 0x40, 0, 64, (byte) protocol, 0, 0},
            ip(from),
            ip(to));
    System.arraycopy(u16(sum(head)), 0, head, 10, 2);
    return join(head, payload);
  }

  static byte[] udp(String from, String to, int fromPort, int toPort, byte[] data) {
    byte[] datagram = join(u16(fromPort), u16(toPort), u16(8 + data.length), new byte[2], data);
    System.arraycopy(u16(sum(pseudo(from, to, UDP, datagram))), 0, datagram, 6, 2);
    return packet(from, to, UDP, datagram);
  }

  /** The same packet of IPv4, as the first fragment of several. */
  static byte[] withMoreFragments(byte[] packet) {
    byte[] fragment = packet.clone();
    fragment[6] = 0x20;
    fragment[10] = 0;
    fragment[11] = 0;
    System.arraycopy(u16(sum(Arrays.copyOf(fragment, 20))), 0, fragment, 10, 2);
    return fragment;
  }

  static byte[] icmp6(String from, String to, int type, byte[] body) {
    return packet(from, to, ICMP6, icmp6Payload(from, to, type, body));
  }

  /** The same without its IP header, to be put behind other headers. */
  static byte[] icmp6Payload(String from, String to, int type, byte[] body) {
    byte[] message = join(new byte[] {(byte) type, 0, 0, 0}, body);
    System.arraycopy(u16(sum(pseudo(from, to, ICMP6, message))), 0, message, 2, 2);
    return message;
  }

  /** An ARP message, with something behind it that ARP does not look at. */
  static byte[] arp(
      int operation, String mac, String address, String mac2, String address2, byte[] behind) {
    return join(
        new byte[] {0, 1, 8, 0, 6, 4},
        u16(operation),
        mac(mac),
        ip(address),
        mac(mac2),
        ip(address2),
        behind);
  }

  /** A hop-by-hop or destination header of eight bytes that asks for nothing. */
  static byte[] options(int next) {
    return new byte[] {(byte) next, 0, 1, 4, 0, 0, 0, 0};
  }

  /** A fragment header. */
  static byte[] fragment(int next, int offset, boolean more, int identification) {
    return join(
        new byte[] {(byte) next, 0},
        u16(offset | (more ? 1 : 0)),
        ByteBuffer.allocate(4).putInt(identification).array());
  }

  /**
   * The option of neighbour discovery that carries a MAC address: 1 is the sender's, 2 another's.
   */
  static byte[] linkAddress(int option, String mac) {
    return join(new byte[] {(byte) option, 1}, mac(mac));
  }

  /** An option of neighbour discovery that nobody knows, to carry a mark. */
  static byte[] unknownOption(byte[] data) {
    int length = (data.length + 2 + 7) / 8;
    byte[] option = new byte[length * 8];
    option[0] = (byte) 253;
    option[1] = (byte) length;
    System.arraycopy(data, 0, option, 2, data.length);
    return option;
  }

  /** The MAC address that packets to a group go to. */
  static String groupMac(String address) {
    byte[] bytes = ip(address);
    byte[] mac =
        isV6(address)
            ? new byte[] {0x33, 0x33, bytes[12], bytes[13], bytes[14], bytes[15]}
            : new byte[] {1, 0, 0x5e, (byte) (bytes[1] & 0x7f), bytes[2], bytes[3]};
    return HexFormat.ofDelimiter(":").formatHex(mac);
  }

  /** The group that is asked who has an address. */
  static String solicitedNode(String address) {
    byte[] bytes = ip(address);
    return "ff02::1:ff%02x:%02x%02x".formatted(bytes[13], bytes[14], bytes[15]);
  }

  static byte[] ip(String address) {
    try {
      return InetAddress.getByName(address).getAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(address, e);
    }
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  static byte[] u16(int value) {
    return new byte[] {(byte) (value >> 8), (byte) value};
  }

  private static boolean isV6(String address) {
    return address.indexOf(':') >= 0;
  }

  private static byte[] mac(String address) {
    return HexFormat.ofDelimiter(":").parseHex(address);
  }

  private static byte[] pseudo(String from, String to, int protocol, byte[] message) {
    return join(ip(from), ip(to), new byte[] {0, (byte) protocol}, u16(message.length), message);
  }

  private static int sum(byte[] data) {
    long total = 0;
    for (int at = 0; at < data.length; at += 2) {
      int low = at + 1 < data.length ? data[at + 1] & 0xff : 0;
      total += (data[at] & 0xff) << 8 | low;
    }
    while (total >> 16 != 0) {
      total = (total & 0xffff) + (total >> 16);
    }
    return (int) (~total & 0xffff);
  }
}
