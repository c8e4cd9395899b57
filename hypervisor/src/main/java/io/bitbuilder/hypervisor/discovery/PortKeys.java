package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.model.Firewall.Protocol;
import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Types;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.List;
import java.util.Set;

/** The keys of published ports. */
final class PortKeys {
  private static final int FIRST_FREE = 1024;
  private static final Set<Integer> COMMON = Set.of(80, 443);

  private static final Key<Integer> HOST =
      Key.of("host", Vocabulary.PORT, LIVE, "The port of the host: 80, 443, or one from 1024 on.")
          .mandatory();
  private static final Key<Integer> CONTAINER =
      Key.of("container", Vocabulary.PORT, LIVE, "The port inside.").mandatory();
  private static final Key<Integer> MACHINE =
      Key.of("machine", Vocabulary.PORT, LIVE, "The port inside.").mandatory();
  private static final Key<Protocol> PROTOCOL =
      Key.of(
              "protocol",
              Types.choice(
                  Types.words(List.of("tcp", "udp"), List.of(Protocol.TCP, Protocol.UDP)),
                  Set.of()),
              LIVE,
              "The protocol.")
          .or(Protocol.TCP, "tcp");

  /** Those of a container. */
  static final Key<List<Values>> PORTS = ports(CONTAINER, "container");

  /** Those of a machine. */
  static final Key<List<Values>> MACHINE_PORTS = ports(MACHINE, "machine");

  private PortKeys() {}

  private static Key<List<Values>> ports(Key<Integer> inside, String what) {
    return Key.of(
        "ports",
        new ListOf<>(Shape.of("a port", HOST, inside, PROTOCOL)),
        LIVE,
        "Ports of the host that lead to this "
            + what
            + ", of those the registry gives the tenant. Its network must have the mode `nat` or"
            + " `routed`.");
  }

  /** The ports; called after nothing was found wrong. */
  static List<Guest.Published> published(Values guest, Key<List<Values>> ports) {
    return guest.list(ports).stream()
        .map(port ->
            new Guest.Published(
                port.get(HOST),
                port.get(port.has(CONTAINER) ? CONTAINER : MACHINE),
                port.get(PROTOCOL),
                pointer -> port.reading().document().at(port.node(), pointer)))
        .toList();
  }

  /** Reports ports of the host that no tenant may have. */
  static void check(Values guest, Key<List<Values>> ports) {
    for (Values port : guest.list(ports)) {
      if (port.has(HOST) && port.get(HOST) < FIRST_FREE && !COMMON.contains(port.get(HOST))) {
        port.reading()
            .add(
                Code.BB408,
                port.at(HOST),
                "port " + port.get(HOST) + " belongs to the host",
                "80, 443, or a port from " + FIRST_FREE + " on",
                "");
      }
    }
  }
}
