package io.bitbuilder.hypervisor.network;

import io.bitbuilder.hypervisor.model.AddressRange;
import io.bitbuilder.hypervisor.model.Firewall.Protocol;

/**
 * The first packet of a connection; of ICMP, an echo request.
 *
 * @param from one address
 * @param to one address of the same family
 * @param protocol any but {@code ANY}
 * @param port of the receiver, 0 with ICMP
 * @param redirected whether it came to a published port and goes to a guest instead
 */
public record Packet(
    AddressRange from, AddressRange to, Protocol protocol, int port, boolean redirected) {
  public Packet {
    if (from.six() != to.six() || !from.isAddress() || !to.isAddress()) {
      throw new IllegalArgumentException("a packet goes from one address to another");
    }
  }

  /** One that nobody has redirected. */
  public Packet(AddressRange from, AddressRange to, Protocol protocol, int port) {
    this(from, to, protocol, port, false);
  }

  boolean six() {
    return from.six();
  }

  /** The number of its protocol (RFC 5237). */
  int number() {
    return switch (protocol) {
      case TCP -> 6;
      case UDP -> 17;
      case ICMP -> six() ? 58 : 1;
      case ANY -> throw new IllegalStateException("a packet has one protocol");
    };
  }

  Packet to(AddressRange guest, int itsPort) {
    return new Packet(from, guest, protocol, itsPort, true);
  }

  Packet from(AddressRange sender) {
    return new Packet(sender, to, protocol, port, redirected);
  }
}
