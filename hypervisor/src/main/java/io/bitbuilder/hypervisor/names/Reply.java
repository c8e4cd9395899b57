package io.bitbuilder.hypervisor.names;

import io.bitbuilder.hypervisor.names.Query.Edns;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;

/**
 * An answer.
 *
 * @param ours whether we are who knows
 * @param answers records of the name that was asked for
 * @param zone the beginning of the zone that has no such record
 */
record Reply(
    Query query, Rcode rcode, boolean ours, List<Data> answers, Optional<Data.Start> zone) {
  /** What we take, and what we send to who takes as much: it passes every link in one piece. */
  static final int DATAGRAM = 1232;

  /** What everybody takes (RFC 1035, section 2.3.4). */
  private static final int PLAIN = 512;

  private static final int LARGEST = 65535;

  private static final int AUTHORITATIVE = 0x0400;
  static final int TRUNCATED = 0x0200;
  private static final int RECURSION_AVAILABLE = 0x0080;
  private static final int POINTER = 0xc000;

  Reply {
    answers = List.copyOf(answers);
  }

  /** Without records. */
  static Reply of(Query query, Rcode rcode) {
    return new Reply(query, rcode, false, List.of(), Optional.empty());
  }

  /** The answer to what could not be read: its header alone. */
  static byte[] toWrong(int id, int flags, Rcode rcode) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    number(id, out);
    number(header(flags) | rcode.low(), out);
    for (int i = 0; i < 4; i++) {
      number(0, out);
    }
    return out.toByteArray();
  }

  /** How long a message may be that goes to who asked. */
  static int limit(Query query, boolean stream) {
    if (stream) {
      return LARGEST;
    }
    int wanted = query.edns().map(Edns::size).orElse(PLAIN);
    return Math.max(PLAIN, Math.min(wanted, DATAGRAM));
  }

  /** As bytes. What is longer than the limit says so and has no records (RFC 2181, section 9). */
  byte[] bytes(boolean stream) {
    byte[] whole = bytes(answers, zone, 0);
    return whole.length <= limit(query, stream) ? whole : truncated();
  }

  /** Says that the answer is too long, and nothing else. */
  byte[] truncated() {
    return bytes(List.of(), Optional.empty(), TRUNCATED);
  }

  private byte[] bytes(List<Data> records, Optional<Data.Start> authority, int truncated) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    number(query.id(), out);
    number(header(query.flags()) | (ours ? AUTHORITATIVE : 0) | truncated | rcode.low(), out);
    number(1, out);
    number(records.size(), out);
    number(authority.isPresent() ? 1 : 0, out);
    number(query.edns().isPresent() ? 1 : 0, out);
    out.writeBytes(question(query));
    records.forEach(data -> record(query.name(), data, out));
    authority.ifPresent(start -> record(start.zone(), start, out));
    query.edns().ifPresent(edns -> extension(rcode, edns.signatures(), out));
    return out.toByteArray();
  }

  /** What of a query's flags goes back with the answer. */
  private static int header(int flags) {
    return Query.RESPONSE
        | (flags & (Query.OPCODE | Query.RECURSION_DESIRED | Query.CHECKING_DISABLED))
        | RECURSION_AVAILABLE;
  }

  /** The question as it was asked. Some check that upper and lower case came back the same. */
  static byte[] question(Query query) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(query.name().wire());
    number(query.type(), out);
    number(query.category(), out);
    return out.toByteArray();
  }

  static void extension(Rcode rcode, boolean signatures, ByteArrayOutputStream out) {
    out.write(0);
    number(Type.OPT, out);
    number(DATAGRAM, out);
    number(rcode.high() << 8, out);
    number(signatures ? 0x8000 : 0, out);
    number(0, out);
  }

  private void record(DomainName owner, Data data, ByteArrayOutputStream out) {
    name(owner, out);
    number(data.type(), out);
    number(Query.IN, out);
    longNumber(data.ttl(), out);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    switch (data) {
      case Data.Address address -> content.writeBytes(address.bytes());
      case Data.Foreign foreign -> content.writeBytes(foreign.bytes());
      case Data.Pointer(DomainName name) -> name(name, content);
      case Data.Server(DomainName name) -> name(name, content);
      case Data.Start(DomainName zone, long serial) -> {
        name(zone, content);
        name(Data.Start.MAILBOX, content);
        longNumber(serial, content);
        longNumber(3600, content);
        longNumber(1200, content);
        longNumber(604_800, content);
        // How long others may remember that there is no such name (RFC 2308, section 4).
        longNumber(Data.TTL, content);
      }
    }
    number(content.size(), out);
    out.writeBytes(content.toByteArray());
  }

  /**
   * In short where it is the end of the name that was asked for, which is right after the header.
   */
  private void name(DomainName name, ByteArrayOutputStream out) {
    int offset = query.name().offsetOf(name);
    if (offset >= 0 && !name.isRoot()) {
      number(POINTER | (Query.HEADER + offset), out);
    } else {
      out.writeBytes(name.wire());
    }
  }

  static void number(int value, ByteArrayOutputStream out) {
    out.write(value >> 8);
    out.write(value);
  }

  private static void longNumber(long value, ByteArrayOutputStream out) {
    number((int) (value >> 16), out);
    number((int) value, out);
  }
}
