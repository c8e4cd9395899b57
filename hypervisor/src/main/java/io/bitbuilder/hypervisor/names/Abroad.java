package io.bitbuilder.hypervisor.names;

import io.bitbuilder.hypervisor.host.Resolver;
import io.bitbuilder.hypervisor.host.Resolver.Answer;
import io.bitbuilder.hypervisor.names.TenantNames.Others;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** Where names are asked for that are not the tenant's. */
final class Abroad {
  private final Forwarder forwarder;
  private final Resolver resolver;

  Abroad(Forwarder forwarder, Resolver resolver) {
    this.forwarder = forwarder;
    this.resolver = resolver;
  }

  /**
   * The answer, as a message to who asked; one that says so when there is none.
   *
   * @param stream whether the question came by a connection
   */
  byte[] ask(Query query, Others others, boolean stream) {
    return switch (others) {
      case Others.Nobody() -> Reply.of(query, Rcode.SERVER_FAILURE).bytes(stream);
      case Others.Servers(List<InetAddress> servers) -> forwarder.ask(query, servers, stream);
      case Others.Host() -> host(query).bytes(stream);
    };
  }

  private Reply host(Query query) {
    String name = query.name().toString();
    // The host's resolver is asked by text, and other letters are in no name people use.
    if (name.indexOf('\\') >= 0) {
      return Reply.of(query, Rcode.REFUSED);
    }
    return switch (resolver.resolve(name, query.type())) {
      case Answer.Records(List<Resolver.Found> records) -> {
        // Under the name that was asked for, were it another name for one elsewhere.
        List<Data> data =
            records.stream()
                .<Data>map(one -> new Data.Foreign(one.type(), one.ttl(), one.data()))
                .toList();
        yield new Reply(query, Rcode.NO_ERROR, false, data, Optional.empty());
      }
      case Answer.NoRecords() -> Reply.of(query, Rcode.NO_ERROR);
      case Answer.NoName() -> Reply.of(query, Rcode.NO_NAME);
      case Answer.Failed() -> Reply.of(query, Rcode.SERVER_FAILURE);
    };
  }
}
