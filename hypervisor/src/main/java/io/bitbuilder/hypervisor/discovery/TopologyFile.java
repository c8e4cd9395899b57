package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;
import static io.bitbuilder.hypervisor.schema.Consequence.RESTART;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Tenant.Network;
import io.bitbuilder.hypervisor.model.Tenant.Network.Mode;
import io.bitbuilder.hypervisor.schema.Amounts;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Scalar;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Types;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** network/topology.yaml. */
final class TopologyFile {
  static final Scalar<Mode> MODES =
      Types.choice(
          Types.words(
              List.of("isolated-bridge", "nat", "routed", "vxlan", "none"), List.of(Mode.values())),
          Set.of());

  private static final Key<ResourceName> NAME =
      Key.of("name", Types.NAME, RESTART, "Its name within the tenant.").mandatory();
  private static final Key<Mode> MODE =
      Key.of(
              "mode",
              MODES,
              RESTART,
              "How it is connected: its members reach each other (isolated-bridge), and the outside"
                  + " with the address of the host (nat), or with their own addresses, which the"
                  + " operator has routed to the host (routed).")
          .or(Mode.ISOLATED_BRIDGE, "isolated-bridge");
  private static final Key<String> BRIDGE =
      Key.of("bridge", Vocabulary.BRIDGE, RESTART, "The name of its bridge on the host.")
          .orElse("one of ours");
  private static final Key<String> IPV4 =
      Key.of(
              "ipv4",
              Addresses.SUBNET4,
              RESTART,
              "Its subnet. In mode `routed` one of those the registry gives the tenant.")
          .orElse("one from the operator's pool");
  private static final Key<String> IPV6 =
      Key.of(
              "ipv6",
              Addresses.NETWORK6,
              RESTART,
              "Its IPv6 subnet. In mode `routed` within one of those the registry gives the tenant.")
          .orElse("one from the operator's pool");
  private static final Key<Boolean> DHCP =
      Key.of("dhcp", Types.BOOLEAN, RESTART, "Whether the host hands out addresses in it.")
          .or(true, "true");
  private static final Key<List<String>> DNS =
      Key.of(
              "dns",
              new ListOf<>(Addresses.HOST),
              LIVE,
              "Name servers that are asked for names which are not the tenant's own, in a network of"
                  + " mode `nat` or `routed`. Its members ask the host, which asks these.")
          .orElse("those the host asks itself");
  private static final Key<Integer> MTU =
      Key.of("mtu", Amounts.integer(1280, 9000), RESTART, "The largest packet in bytes.")
          .orElse("that of the host's links");
  private static final Key<Long> BANDWIDTH =
      Key.of(
              "bandwidth",
              Amounts.RATE,
              LIVE,
              "What each of its members may send, and as much receive, in bits per second.")
          .orElse("all there is");
  private static final Key<Integer> VNI =
      Key.of(
              "vni",
              Amounts.integer(1, 16_777_215),
              RESTART,
              "Its number, one of those the registry gives the tenant.")
          .mandatory();
  private static final Key<Values> VXLAN =
      Key.of("vxlan", Shape.of("vxlan", VNI), RESTART, "A network across hosts.");
  private static final Key<List<Values>> NETWORKS =
      Key.of(
          "networks",
          new ListOf<>(
              Shape.of(
                  "a network", NAME, MODE, BRIDGE, IPV4, IPV6, DHCP, DNS, MTU, BANDWIDTH, VXLAN)),
          RESTART,
          "The networks of the tenant. A container that names none joins the first, or the one of"
              + " metadata.json's interface.");

  static final Shape SHAPE = Shape.of("network/topology.yaml", NETWORKS);

  private TopologyFile() {}

  /** The networks; empty after findings. */
  static Optional<List<Network>> read(Reading reading) {
    Values values = SHAPE.read(reading.document().root(), reading);
    if (values == null) {
      return Optional.empty();
    }
    Map<String, Values> names = new HashMap<>();
    Map<String, Values> bridges = new HashMap<>();
    Map<String, Values> subnets = new HashMap<>();
    for (Values network : values.list(NETWORKS)) {
      once(network, NAME, "network", names);
      once(network, BRIDGE, "bridge", bridges);
      once(network, IPV4, "subnet", subnets);
      once(network, IPV6, "subnet", subnets);
      check(network);
    }
    if (reading.failed()) {
      return Optional.empty();
    }
    List<Network> networks = new ArrayList<>();
    for (Values network : values.list(NETWORKS)) {
      networks.add(
          new Network(
              network.get(NAME),
              network.get(MODE),
              network.find(BRIDGE).orElse(""),
              network.find(IPV4).orElse(""),
              network.find(IPV6).orElse(""),
              network.get(DHCP),
              network.list(DNS),
              network.find(MTU).orElse(0),
              network.find(VXLAN).map(vxlan -> vxlan.get(VNI)).orElse(0),
              network.find(BANDWIDTH).orElse(0L),
              pointer -> reading.document().at(network.node(), pointer)));
    }
    return Optional.of(networks);
  }

  private static void check(Values network) {
    Mode mode = network.get(MODE);
    List<Key<?>> wrong = new ArrayList<>();
    if (mode == Mode.NONE) {
      wrong.addAll(List.of(BRIDGE, IPV4, IPV6, DNS, MTU, BANDWIDTH));
    }
    if (!mode.leads() && mode != Mode.NONE) {
      // Nobody is asked for anything.
      wrong.add(DNS);
    }
    if (mode != Mode.VXLAN) {
      wrong.add(VXLAN);
    }
    if (mode == Mode.ROUTED && !network.has(IPV4) && !network.has(IPV6)) {
      network
          .reading()
          .add(
              Code.BB203,
              network.reading().document().at(network.node()),
              "a network of mode `routed` has no subnet that is routed to it",
              "`ipv4` or `ipv6`, of those the registry lists in `prefixes` of the tenant",
              "");
    }
    if (mode == Mode.VXLAN) {
      for (Key<?> key : List.of(VXLAN, IPV4, IPV6)) {
        if (!network.has(key)) {
          network
              .reading()
              .add(
                  Code.BB203,
                  network.reading().document().at(network.node()),
                  "a network across hosts is the same on all of them, and `"
                      + key.name()
                      + "` is missing",
                  "`vxlan`, `ipv4` and `ipv6`",
                  "");
        }
      }
    }
    for (Key<?> key : wrong) {
      if (network.has(key)) {
        network
            .reading()
            .errorAtKey(
                Code.BB213,
                network.node(),
                key.name(),
                "`" + key.name() + "` has no meaning in a network of this mode",
                "",
                "remove `" + key.name() + "`, or change `mode`");
      }
    }
  }

  private static void once(Values network, Key<?> key, String what, Map<String, Values> seen) {
    if (!network.has(key)) {
      return;
    }
    String value = String.valueOf(network.get(key));
    Values first = seen.putIfAbsent(value, network);
    if (first != null) {
      network
          .reading()
          .add(
              new Diagnostic(
                  Code.BB305,
                  what + " " + Quote.quote(value) + " is declared twice",
                  network.at(key),
                  "every " + what + " once",
                  "",
                  List.of(new Diagnostic.Note("first declared at", first.at(key)))));
    }
  }
}
