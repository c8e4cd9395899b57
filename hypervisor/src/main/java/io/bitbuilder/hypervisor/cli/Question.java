package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.AddressRange;
import io.bitbuilder.hypervisor.model.Firewall.Protocol;
import io.bitbuilder.hypervisor.model.ResourceName;
import java.util.List;
import java.util.Optional;

/**
 * What is asked of {@code network trace}.
 *
 * @param from who begins the connection, {@code to} whom it is for
 * @param port of the receiver, 0 with ICMP
 * @param source an address the sender uses instead of its own
 */
record Question(
    Name from, Name to, Protocol protocol, int port, boolean six, Optional<AddressRange> source) {
  private static final int PORTS = 65535;

  /** One side, as it was typed. */
  sealed interface Name {
    /** A container or machine; without a tenant, of the one that is asked about. */
    record Guest(Optional<String> tenant, ResourceName name) implements Name {}

    record Outside() implements Name {}

    /** The host, at an address of its own. */
    record Host() implements Name {}

    /** The host, at its address in the network of the other side. */
    record Gateway() implements Name {}

    record Address(AddressRange address) implements Name {}
  }

  /** A question, or why it is none. */
  sealed interface Result {
    record Asked(Question question) implements Result {}

    record Wrong(String message, String help) implements Result {}
  }

  /**
   * Reads one.
   *
   * @param to with or without a port
   * @param protocol a word, or empty for the usual one
   * @param six whether IPv6 was asked for
   * @param source an address, or empty
   */
  static Result of(String from, String to, String protocol, boolean six, String source) {
    int colon = port(to);
    String host = colon < 0 ? to : to.substring(0, colon);
    int port = 0;
    if (colon >= 0) {
      Optional<Integer> number = Numbers.positive(to.substring(colon + 1));
      if (number.isEmpty() || number.get() > PORTS) {
        return wrong("no port " + Quote.quote(to.substring(colon + 1)), "use 1 to 65535");
      }
      port = number.get();
    }
    Optional<Name> sender = name(from);
    Optional<Name> receiver = name(host);
    if (sender.isEmpty() || receiver.isEmpty()) {
      return wrong(
          Quote.quote(sender.isEmpty() ? from : host) + " is nobody",
          "use the name of a container or machine, TENANT/NAME, outside, host, gateway, or an"
              + " address");
    }
    Optional<AddressRange> used = AddressRange.parse(source).filter(AddressRange::isAddress);
    if (!source.isEmpty() && used.isEmpty()) {
      return wrong(Quote.quote(source) + " is no address", "for example 192.0.2.1");
    }
    return families(new Sides(sender.get(), receiver.get(), used), protocol, port, six);
  }

  private record Sides(Name from, Name to, Optional<AddressRange> source) {}

  private static Result families(Sides sides, String word, int port, boolean six) {
    boolean any = six;
    boolean four = false;
    for (Name name : List.of(sides.from(), sides.to())) {
      if (name instanceof Name.Address(var address)) {
        any |= address.six();
        four |= !address.six();
      }
    }
    any |= sides.source().filter(AddressRange::six).isPresent();
    four |= sides.source().filter(address -> !address.six()).isPresent();
    if (any && four) {
      return wrong("a packet is of IPv4 or of IPv6, not of both", "use addresses of one kind");
    }
    Protocol protocol =
        switch (word) {
          case "" -> port == 0 ? Protocol.ICMP : Protocol.TCP;
          case "tcp" -> Protocol.TCP;
          case "udp" -> Protocol.UDP;
          case "icmp" -> Protocol.ICMP;
          default -> Protocol.ANY;
        };
    if (protocol == Protocol.ANY) {
      return wrong("no protocol " + Quote.quote(word), "use tcp, udp or icmp");
    }
    if ((protocol == Protocol.ICMP) != (port == 0)) {
      return port == 0
          ? wrong(word + " needs a port", "write it behind a colon, as in web:80")
          : wrong("icmp has no ports", "leave the port out, or use tcp or udp");
    }
    return new Result.Asked(
        new Question(sides.from(), sides.to(), protocol, port, any, sides.source()));
  }

  /** Where the colon before the port is, or -1: an IPv6 address has colons, and brackets then. */
  private static int port(String to) {
    int colon = to.lastIndexOf(':');
    boolean alone = to.indexOf(':') == colon;
    return colon > to.lastIndexOf(']') && (alone || to.startsWith("[")) ? colon : -1;
  }

  private static Optional<Name> name(String text) {
    String plain =
        text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    Optional<AddressRange> address = AddressRange.parse(plain).filter(AddressRange::isAddress);
    if (address.isPresent()) {
      return Optional.of(new Name.Address(address.get()));
    }
    int slash = text.indexOf('/');
    String guest = text.substring(slash + 1);
    return switch (text) {
      case "outside" -> Optional.of(new Name.Outside());
      case "host" -> Optional.of(new Name.Host());
      case "gateway" -> Optional.of(new Name.Gateway());
      default ->
          ResourceName.isValid(guest)
              ? Optional.of(
                  new Name.Guest(
                      slash < 0 ? Optional.empty() : Optional.of(text.substring(0, slash)),
                      new ResourceName(guest)))
              : Optional.empty();
    };
  }

  private static Result wrong(String message, String help) {
    return new Result.Wrong(message, help);
  }
}
