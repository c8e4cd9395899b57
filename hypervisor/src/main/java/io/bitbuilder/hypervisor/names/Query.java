package io.bitbuilder.hypervisor.names;

import io.bitbuilder.hypervisor.names.MessageReader.Malformed;
import java.util.Optional;

/**
 * A message that asks something (RFC 1035, section 4).
 *
 * @param id what the answer is told by
 * @param flags the second number of its header
 * @param name as it was written, upper and lower case kept
 * @param edns what it says of itself (RFC 6891), when it does
 */
record Query(int id, int flags, DomainName name, int type, int category, Optional<Edns> edns) {
  static final int HEADER = 12;
  static final int RESPONSE = 0x8000;
  static final int OPCODE = 0x7800;
  static final int RECURSION_DESIRED = 0x0100;
  static final int CHECKING_DISABLED = 0x0010;
  static final int AUTHENTIC = 0x0020;

  /** The class of the internet. */
  static final int IN = 1;

  private static final int ADDITIONAL_LIMIT = 16;

  /**
   * The extension of a message.
   *
   * @param size the largest datagram its sender takes
   * @param signatures whether it wants signatures as well
   */
  record Edns(int size, int version, boolean signatures) {}

  /** What a message is. */
  sealed interface Parsed {
    /** A query we understand. */
    record Whole(Query query) implements Parsed {}

    /** A query, but a wrong one: its sender may be told, by what its header says. */
    record Wrong(int id, int flags, Rcode rcode) implements Parsed {}

    /** Nothing to answer. Whoever answers answers goes on for ever. */
    record Nothing() implements Parsed {}
  }

  /** Reads a message. */
  static Parsed parse(byte[] message, int length) {
    if (length < HEADER) {
      return new Parsed.Nothing();
    }
    MessageReader reader = new MessageReader(message, length);
    int id;
    int flags;
    try {
      id = reader.number();
      flags = reader.number();
    } catch (Malformed e) {
      throw new IllegalStateException(e);
    }
    if ((flags & RESPONSE) != 0) {
      return new Parsed.Nothing();
    }
    if ((flags & OPCODE) != 0) {
      return new Parsed.Wrong(id, flags, Rcode.NOT_IMPLEMENTED);
    }
    try {
      return new Parsed.Whole(parse(id, flags, reader));
    } catch (Malformed _) {
      return new Parsed.Wrong(id, flags, Rcode.FORMAT_ERROR);
    }
  }

  private static Query parse(int id, int flags, MessageReader reader) throws Malformed {
    int questions = reader.number();
    int answers = reader.number();
    int authorities = reader.number();
    int additional = reader.number();
    if (questions != 1 || answers != 0 || authorities != 0 || additional > ADDITIONAL_LIMIT) {
      throw new Malformed("not one question alone");
    }
    // Nothing is before it that a pointer could lead to.
    DomainName name = reader.name(false);
    int type = reader.number();
    int category = reader.number();
    Optional<Edns> edns = Optional.empty();
    for (int i = 0; i < additional; i++) {
      Optional<Edns> found = additional(reader);
      if (found.isPresent() && edns.isPresent()) {
        throw new Malformed("extended twice");
      }
      edns = found.isPresent() ? found : edns;
    }
    if (!reader.isAtEnd()) {
      throw new Malformed("something after the end");
    }
    return new Query(id, flags, name, type, category, edns);
  }

  /** A record after the question: of interest only if it is what says more of the message. */
  private static Optional<Edns> additional(MessageReader reader) throws Malformed {
    DomainName owner = reader.name(true);
    int type = reader.number();
    int size = reader.number();
    long more = reader.longNumber();
    reader.skip(reader.number());
    if (type != Type.OPT) {
      return Optional.empty();
    }
    if (!owner.isRoot()) {
      throw new Malformed("extension of a name");
    }
    return Optional.of(new Edns(size, (int) ((more >> 16) & 0xff), (more & 0x8000) != 0));
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }
}
