package io.bitbuilder.hypervisor.names;

import java.util.List;
import java.util.Optional;

/**
 * What follows from a message: an answer from the tenant's names, none, or a question to others.
 */
final class Responder {
  private Responder() {}

  /** What to do. */
  sealed interface Outcome {
    /** Say nothing. */
    record Silence() implements Outcome {}

    /** Send this. */
    final class Send implements Outcome {
      private final byte[] message;

      Send(byte[] message) {
        this.message = message.clone();
      }

      byte[] message() {
        return message.clone();
      }
    }

    /** Ask somebody else, and pass on what that one says. */
    record Ask(Query query) implements Outcome {}
  }

  /**
   * Judges a message.
   *
   * @param length how many bytes of the array it has
   * @param asks whether there is somebody else to ask
   * @param stream whether it came by a connection
   */
  static Outcome respond(byte[] message, int length, Zone zone, boolean asks, boolean stream) {
    return switch (Query.parse(message, length)) {
      case Query.Parsed.Nothing() -> new Outcome.Silence();
      case Query.Parsed.Wrong(int id, int flags, Rcode rcode) ->
          new Outcome.Send(Reply.toWrong(id, flags, rcode));
      case Query.Parsed.Whole(Query query) ->
          answer(query, zone, asks)
              .<Outcome>map(reply -> new Outcome.Send(reply.bytes(stream)))
              .orElse(new Outcome.Ask(query));
    };
  }

  /** Empty when somebody else has to be asked. */
  private static Optional<Reply> answer(Query query, Zone zone, boolean asks) {
    if (query.edns().isPresent() && query.edns().get().version() != 0) {
      return Optional.of(Reply.of(query, Rcode.BAD_VERSION));
    }
    if (query.category() != Query.IN || Type.isMeta(query.type())) {
      return Optional.of(Reply.of(query, Rcode.REFUSED));
    }
    return switch (zone.find(query.name(), query.type())) {
      case Zone.Found.Records(List<Data> records) ->
          Optional.of(new Reply(query, Rcode.NO_ERROR, true, records, Optional.empty()));
      case Zone.Found.NoRecords(Optional<Data.Start> start) ->
          Optional.of(new Reply(query, Rcode.NO_ERROR, true, List.of(), start));
      case Zone.Found.NoName(Optional<Data.Start> start) ->
          Optional.of(new Reply(query, Rcode.NO_NAME, true, List.of(), start));
      case Zone.Found.Elsewhere() -> elsewhere(query, zone, asks);
    };
  }

  private static Optional<Reply> elsewhere(Query query, Zone zone, boolean asks) {
    if (asks && isAsked(query)) {
      return query.has(Query.RECURSION_DESIRED)
          ? Optional.empty()
          : Optional.of(Reply.of(query, Rcode.REFUSED));
    }
    // Where nobody can be asked, there is nothing but the tenant. Refused, some ask again and
    // again.
    boolean there = zone.isAbove(query.name()) || query.name().isRoot();
    return Optional.of(
        new Reply(
            query, there ? Rcode.NO_ERROR : Rcode.NO_NAME, !asks, List.of(), Optional.empty()));
  }

  /**
   * A name of one label is that of a machine nearby, and to be looked for elsewhere only by who
   * checks signatures from the root down.
   */
  private static boolean isAsked(Query query) {
    if (query.type() == Type.ANY) {
      return false;
    }
    return query.name().labels() != 1
        || switch (query.type()) {
          case Type.NS, Type.SOA, Type.DS, Type.DNSKEY -> true;
          default -> false;
        };
  }
}
