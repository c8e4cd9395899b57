package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;

import io.bitbuilder.hypervisor.diagnostic.Code;
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
  private static final Key<String> PROTOCOL =
      Key.of(
              "protocol",
              Types.choice(Types.words(List.of("tcp", "udp"), List.of("tcp", "udp")), Set.of()),
              LIVE,
              "The protocol.")
          .or("tcp", "tcp");

  static final Key<List<Values>> PORTS =
      Key.of(
              "ports",
              new ListOf<>(Shape.of("a port", HOST, CONTAINER, PROTOCOL)),
              LIVE,
              "Ports of the host that lead to this container.")
          .later();

  private PortKeys() {}

  /** Reports ports of the host that no tenant may have. */
  static void check(Values container) {
    for (Values port : container.list(PORTS)) {
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
