package io.bitbuilder.hypervisor.signature;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One OpenPGP packet of known length (RFC 9580 section 4.2). Partial and indeterminate lengths are
 * for streams of data and have no place in keys and signatures.
 *
 * @param tag what it is, 1 to 63
 * @param body without the header
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Packet(int tag, byte[] body) {
  static final int SIGNATURE = 2;
  static final int PRIMARY = 6;
  static final int MARKER = 10;
  static final int TRUST = 12;
  static final int USER_ID = 13;
  static final int SUBKEY = 14;
  static final int USER_ATTRIBUTE = 17;
  static final int PADDING = 21;

  static List<Packet> all(byte[] bytes, int most) throws RefusalException {
    List<Packet> packets = new ArrayList<>();
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    while (rest.hasRemaining()) {
      int first = rest.get() & 0xff;
      boolean recent = (first & 0x40) != 0;
      int tag = recent ? first & 0x3f : (first >> 2) & 0x0f;
      if ((first & 0x80) == 0 || tag == 0) {
        throw RefusalException.malformed("OpenPGP data is not a sequence of packets");
      }
      long length = recent ? length(rest) : oldLength(first & 3, rest);
      if (length > rest.remaining()) {
        throw RefusalException.malformed("an OpenPGP packet ends early");
      }
      byte[] body = new byte[(int) length];
      rest.get(body);
      packets.add(new Packet(tag, body));
      if (packets.size() > most) {
        throw RefusalException.malformed("there are more than " + most + " OpenPGP packets");
      }
    }
    return packets;
  }

  private static long length(ByteBuffer rest) throws RefusalException {
    int first = (int) number(rest, 1);
    if (first < 192) {
      return first;
    }
    if (first < 224) {
      return ((first - 192) << 8) + number(rest, 1) + 192;
    }
    if (first < 255) {
      throw new RefusalException(Reason.UNSUPPORTED, "an OpenPGP packet is of partial length");
    }
    return number(rest, 4);
  }

  private static long oldLength(int type, ByteBuffer rest) throws RefusalException {
    if (type == 3) {
      throw new RefusalException(Reason.UNSUPPORTED, "an OpenPGP packet is of unknown length");
    }
    return number(rest, 1 << type);
  }

  private static long number(ByteBuffer rest, int octets) throws RefusalException {
    if (rest.remaining() < octets) {
      throw RefusalException.malformed("an OpenPGP packet ends early");
    }
    long number = 0;
    for (int i = 0; i < octets; i++) {
      number = (number << 8) | (rest.get() & 0xff);
    }
    return number;
  }

  /** With a header Bouncy Castle reads. */
  byte[] encoded() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(0xc0 | tag);
    bytes.write(255);
    bytes.writeBytes(ByteBuffer.allocate(4).putInt(body.length).array());
    bytes.writeBytes(body);
    return bytes.toByteArray();
  }

  boolean isSame(Packet other) {
    return tag == other.tag && Arrays.equals(body, other.body);
  }
}
