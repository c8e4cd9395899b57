package io.bitbuilder.hypervisor.names;

import java.io.ByteArrayOutputStream;

/**
 * Goes through a message from its beginning to its end. Whoever sent it is not trusted: nothing is
 * read outside of it, and no name makes it go around in circles.
 */
final class MessageReader {
  private static final int POINTER = 0xc0;

  private final byte[] message;
  private final int end;
  private int at;

  /**
   * A reader.
   *
   * @param end how many bytes of the array are the message
   */
  MessageReader(byte[] message, int end) {
    this.message = message;
    this.end = end;
  }

  /** What cannot be read. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message, null, false, false);
    }
  }

  int position() {
    return at;
  }

  boolean isAtEnd() {
    return at == end;
  }

  int octet() throws Malformed {
    if (at >= end) {
      throw new Malformed("message ends too early");
    }
    return message[at++] & 0xff;
  }

  int number() throws Malformed {
    return (octet() << 8) | octet();
  }

  long longNumber() throws Malformed {
    return ((long) number() << 16) | number();
  }

  void skip(int count) throws Malformed {
    if (count > end - at) {
      throw new Malformed("message ends too early");
    }
    at += count;
  }

  /**
   * A name. Each pointer in it has to lead to before where the part it is in began, so that the
   * next is always nearer to the beginning of the message (RFC 1035, section 4.1.4: "a prior
   * occurrence").
   *
   * @param compressed whether it may have pointers at all
   */
  DomainName name(boolean compressed) throws Malformed {
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    int part = at;
    int after = -1;
    int length = octet();
    while (length != 0) {
      if ((length & POINTER) == POINTER && compressed) {
        int target = ((length & ~POINTER) << 8) | octet();
        if (target >= part) {
          throw new Malformed("pointer leads forward");
        }
        after = after < 0 ? at : after;
        part = target;
        at = target;
      } else if (length <= DomainName.LABEL_LIMIT) {
        if (wire.size() + 1 + length + 1 > DomainName.LIMIT) {
          throw new Malformed("name is too long");
        }
        int from = at;
        skip(length);
        wire.write(length);
        wire.write(message, from, length);
      } else {
        throw new Malformed("label of an unknown kind");
      }
      length = octet();
    }
    wire.write(0);
    at = after < 0 ? at : after;
    return DomainName.ofWire(wire.toByteArray());
  }
}
