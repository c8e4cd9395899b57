package io.bitbuilder.hypervisor.network;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.AddressRange;
import io.bitbuilder.hypervisor.model.Firewall.Protocol;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.network.Answer.Kind;
import io.bitbuilder.hypervisor.network.Answer.Reason;
import io.bitbuilder.hypervisor.network.NftRule.Verdict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What becomes of the first packet of a connection: the rules that are applied, tried as the kernel
 * tries them. What tenants bring is read from their files; what is the same for all of them stands
 * in network/bitbuilder.nft and is repeated here, chain by chain.
 */
public final class Trace {
  private static final String ANOTHER_HOST = "the receiver is on another host, if anywhere";

  /** How names of interfaces of WireGuard begin. */
  private static final String TUNNEL = "bw-";

  private static final int DNS = 53;
  private static final int DHCP = 67;
  private static final int DHCP_CLIENT = 68;
  private static final int DHCP6_CLIENT = 546;

  /** What hosts that share networks send each other. */
  private static final int VXLAN = 14789;

  private final Applied applied = new Applied();
  private final Map<TenantId, Topology> topologies = new HashMap<>();
  private final Whereabouts whereabouts = new Whereabouts(applied);
  private final Set<String> uplinks;

  /**
   * One of a host.
   *
   * @param uplinks the interfaces that lead outside
   */
  public Trace(Set<String> uplinks) {
    this.uplinks = Set.copyOf(uplinks);
  }

  /**
   * Adds a tenant.
   *
   * @param text its firewall.nft, as it is applied
   * @throws IllegalArgumentException when the text is not one we write
   */
  public void add(TenantId tenant, Topology topology, List<End.Guest> members, String text) {
    NftFile file = NftFile.parse(text);
    applied.add(tenant, file);
    topologies.put(tenant, topology);
    whereabouts.add(tenant, topology, members, file);
  }

  /** Who has which address. */
  public Whereabouts whereabouts() {
    return whereabouts;
  }

  /** Whether the packet may pass from one end to the other. */
  public Answer ask(End from, End to, Packet packet) {
    return switch (from) {
      case End.OfGuest guest -> fromGuest(guest, to, packet);
      case End.OfHost _ -> fromHost(to, packet);
      case End.Beyond(String link) -> fromBeyond(link, to, packet);
      case End.Elsewhere(String bridge) -> fromElsewhere(bridge, to, packet);
      case End.Nobody _ -> Answer.no(new Reason(Kind.NOBODY, "nobody has the sender's address"));
    };
  }

  /** Table bridge: what the port may send; then where it goes. */
  private Answer fromGuest(End.OfGuest from, End to, Packet packet) {
    String link = from.member().link();
    if (applied.isGuarded(link) && !applied.addresses(link).contains(packet.from())) {
      return Answer.no(
          new Reason(
              Kind.SPOOFING,
              "anti-spoofing: " + packet.from() + " is no address of " + from.member().name()));
    }
    int client = packet.six() ? DHCP6_CLIENT : DHCP_CLIENT;
    if (packet.protocol() == Protocol.UDP && packet.port() == client && applied.isGuarded(link)) {
      return Answer.no(new Reason(Kind.SPOOFING, "only the host answers to clients of DHCP"));
    }
    String bridge = from.member().bridge();
    return switch (to) {
      case End.OfGuest guest when guest.equals(from) ->
          Answer.yes(new Reason(Kind.NOBODY, "it does not leave the sender"));
      case End.OfGuest guest when guest.member().bridge().equals(bridge) -> within(bridge, packet);
      case End.OfGuest guest -> forward(bridge, guest.member().bridge(), packet);
      case End.OfHost _ -> input(bridge, packet);
      case End.Beyond(String out) -> forward(bridge, out, packet);
      case End.Elsewhere(String other) when other.equals(bridge) ->
          within(bridge, packet).after(ANOTHER_HOST);
      case End.Elsewhere(String other) -> forward(bridge, other, packet).after(ANOTHER_HOST);
      case End.Nobody(String other) -> nobody(bridge, other, packet);
    };
  }

  /** What another host lets through reaches members of the same network and nobody else. */
  private Answer fromElsewhere(String bridge, End to, Packet packet) {
    return to instanceof End.OfGuest guest && guest.member().bridge().equals(bridge)
        ? within(bridge, packet)
        : ownPart();
  }

  private static Answer ownPart() {
    return Answer.no(new Reason(Kind.HOST, "each host serves its own part of a network"));
  }

  private Answer nobody(String bridge, String other, Packet packet) {
    Answer rules = other.equals(bridge) ? within(bridge, packet) : forward(bridge, other, packet);
    return rules.passes()
        ? Answer.no(new Reason(Kind.NOBODY, "nobody has the address " + packet.to()))
        : rules;
  }

  /** No chain of ours asks about what the host sends. */
  private Answer fromHost(End to, Packet packet) {
    return switch (to) {
      case End.OfHost _ ->
          isLoopback(packet.to()) ? ofTheHost() : redirected(packet, (_, _) -> reached());
      case End.OfGuest _ -> reached();
      case End.Elsewhere _ -> ownPart();
      case End.Beyond _ -> ofTheHost();
      case End.Nobody _ ->
          Answer.no(new Reason(Kind.NOBODY, "nobody has the address " + packet.to()));
    };
  }

  private static Answer reached() {
    return Answer.yes(new Reason(Kind.HOST, "the host reaches every guest"));
  }

  private static Answer ofTheHost() {
    return Answer.yes(
        new Reason(Kind.HOST, "of the host itself, which tenants' rules leave alone"));
  }

  private static boolean isLoopback(AddressRange address) {
    return address.six() ? address.toString().equals("::1") : address.toString().startsWith("127.");
  }

  private Answer fromBeyond(String link, End to, Packet packet) {
    return switch (to) {
      case End.OfHost _ when link.startsWith(TUNNEL) ->
          Answer.no(new Reason(Kind.HOST, "through a tunnel nobody reaches the host"));
      case End.OfHost _ when uplinks.contains(link) && applied.published(packet).isPresent() ->
          redirected(packet, (bridge, guest) -> forward(link, bridge, guest));
      case End.OfHost _ -> elsewhere(packet);
      case End.OfGuest guest -> forward(link, guest.member().bridge(), packet);
      case End.Elsewhere(String bridge) -> forward(link, bridge, packet).after(ANOTHER_HOST);
      case End.Beyond _ -> ofTheHost();
      case End.Nobody(String bridge) -> {
        Answer rules = forward(link, bridge, packet);
        yield rules.passes()
            ? Answer.no(new Reason(Kind.NOBODY, "nobody has the address " + packet.to()))
            : rules;
      }
    };
  }

  /** Chain elsewhere of table inet. */
  private Answer elsewhere(Packet packet) {
    if (packet.protocol() == Protocol.UDP && packet.port() == VXLAN) {
      return Answer.no(
          new Reason(Kind.HOST, "port " + VXLAN + "/udp is for the other hosts of the fleet"));
    }
    return applied.isServed(packet.to())
        ? Answer.no(new Reason(Kind.HOST, "what the host serves to a network is for nobody else"))
        : ofTheHost();
  }

  /** What becomes of a packet that goes to a guest instead. */
  private interface Onwards {
    Answer go(String bridge, Packet packet);
  }

  /** Chains prerouting and output of type nat: ports of the host that lead to guests. */
  private Answer redirected(Packet packet, Onwards onwards) {
    Optional<Applied.Published> published = applied.published(packet);
    Optional<End.OfGuest> guest = published.flatMap(port -> whereabouts.guest(port.guest()));
    if (published.isEmpty() || guest.isEmpty()) {
      return ofTheHost();
    }
    int port = published.get().port();
    String protocol = packet.protocol().word();
    String name = guest.get().tenant() + "/" + guest.get().member().name();
    Answer answer =
        onwards.go(guest.get().member().bridge(), packet.to(published.get().guest(), port));
    Reason reason = answer.reason();
    if (reason.kind() == Kind.HOST || reason.kind() == Kind.PUBLISHED) {
      reason =
          new Reason(
              Kind.PUBLISHED, "published port " + packet.port() + "/" + protocol + " of " + name);
    }
    return new Answer(answer.passes(), answer.told(), reason, answer.steps())
        .after(
            "port "
                + packet.port()
                + "/"
                + protocol
                + " of the host leads to port "
                + port
                + " of "
                + name);
  }

  /** Members of a bridge: rules are asked only where there are any. */
  private Answer within(String bridge, Packet packet) {
    return applied
        .way(bridge, bridge)
        .map(way -> way(way, bridge, bridge, packet))
        .orElseGet(() -> Answer.no(policy(bridge, bridge)));
  }

  /** Chain forward, and {@code leaving} and {@code arriving}. */
  private Answer forward(String from, String to, Packet packet) {
    boolean leaving = applied.owner(from).isPresent();
    if (to.isEmpty() && !uplinks.isEmpty()) {
      return Answer.no(new Reason(Kind.NOBODY, "the host knows no way to " + packet.to()));
    }
    Optional<Applied.Way> way = Optional.empty();
    if (leaving) {
      way = applied.way(from, to);
      if (way.isEmpty() && uplinks.contains(to)) {
        way = applied.out(from);
      }
    } else if (uplinks.contains(from)) {
      way = applied.in(to);
    }
    if (way.isEmpty()) {
      return Answer.no(noWay(from, to));
    }
    Answer answer = way(way.get(), from, to, packet);
    return answer.passes() && uplinks.contains(to) && applied.isMasqueraded(from)
        ? answer.after("it goes on with the host's address")
        : answer;
  }

  private Answer way(Applied.Way way, String from, String to, Packet packet) {
    if (way.chain().isEmpty()) {
      Reason reason = policy(from, to);
      return way.accepted() ? Answer.yes(reason) : Answer.no(reason);
    }
    return chain(way.chain(), packet)
        .orElseGet(() -> Answer.yes(new Reason(Kind.POLICY, "no rule")));
  }

  private Optional<Answer> chain(String name, Packet packet) {
    for (NftRule rule : applied.chain(name)) {
      if (rule.fits(packet)) {
        Optional<Answer> answer =
            switch (rule.verdict()) {
              case Verdict.None _ -> Optional.empty();
              case Verdict.Jump(String other) -> chain(other, packet);
              case Verdict.Accept _ -> Optional.of(Answer.yes(reason(name, rule)));
              case Verdict.Drop _ -> Optional.of(Answer.no(reason(name, rule)));
              case Verdict.Reject _ ->
                  Optional.of(new Answer(false, true, reason(name, rule), List.of()));
            };
        if (answer.isPresent()) {
          return answer;
        }
      }
    }
    return Optional.empty();
  }

  /** Chain input. */
  private Answer input(String bridge, Packet packet) {
    boolean dns = packet.protocol() != Protocol.ICMP && packet.port() == DNS;
    if (packet.protocol() == Protocol.UDP && packet.port() == DHCP) {
      return Answer.yes(new Reason(Kind.HOST, "the host serves DHCP, to port 68 of the sender"));
    }
    return dns && applied.isGateway(bridge, packet.to())
        ? Answer.yes(new Reason(Kind.HOST, "the host serves names"))
        : Answer.no(
            new Reason(
                Kind.HOST, "the host serves DHCP and names to its tenants' networks, no more"));
  }

  /** Why nothing leads from one interface to another. */
  private Reason noWay(String from, String to) {
    Optional<TenantId> sender = applied.owner(from);
    Optional<TenantId> receiver = applied.owner(to);
    if (sender.isPresent() && receiver.isPresent()) {
      if (!sender.equals(receiver)) {
        return new Reason(Kind.TENANTS, "no way between tenants");
      }
      return net(from).isPresent() && net(to).isPresent()
          ? policy(from, to)
          : new Reason(Kind.TUNNEL, "the tunnel is for other networks of the tenant");
    }
    String other = sender.isPresent() ? to : from;
    String bridge = sender.isPresent() ? from : to;
    if (uplinks.isEmpty()) {
      return new Reason(Kind.UPLINK, "the host has no uplink");
    }
    if (!uplinks.contains(other)) {
      return new Reason(Kind.UPLINK, "interface " + Quote.escape(other) + " is no uplink");
    }
    return net(bridge)
        .map(net ->
            new Reason(Kind.MODE, "mode of network " + net.name() + ": " + net.mode().word()))
        .orElseGet(() -> new Reason(Kind.MODE, "the network has no way to the outside"));
  }

  /** What decides where no rule does. */
  private Reason policy(String from, String to) {
    Optional<Topology.Net> sender = net(from);
    Optional<Topology.Net> receiver = net(to);
    if (sender.isPresent() && sender.equals(receiver)) {
      return policy(sender.get(), "within", sender.get().policy().within());
    }
    if (sender.isEmpty()) {
      return receiver
          .map(net -> policy(net, "in", net.policy().in()))
          .orElseGet(() -> new Reason(Kind.POLICY, "the policy of the network"));
    }
    if (receiver.isEmpty() || !sender.get().policy().out()) {
      return policy(sender.get(), "out", sender.get().policy().out());
    }
    return policy(receiver.get(), "in", receiver.get().policy().in());
  }

  private static Reason policy(Topology.Net net, String direction, boolean accept) {
    return new Reason(
        Kind.POLICY,
        "policy of network " + net.name() + ": " + direction + " " + (accept ? "accept" : "drop"));
  }

  private Optional<Topology.Net> net(String bridge) {
    return applied
        .owner(bridge)
        .flatMap(tenant -> Optional.ofNullable(topologies.get(tenant)))
        .flatMap(topology -> topology.on(bridge));
  }

  /** What a rule of a chain stands for. The chain says whose it is: {@code acme/lan/to/db}. */
  private Reason reason(String chain, NftRule rule) {
    String[] parts = chain.split("/", -1);
    Topology topology = topologies.getOrDefault(new TenantId(parts[0]), Topology.NONE);
    if (rule.number() > 0) {
      return topology
          .rule(rule.number())
          .map(
              written -> new Reason(Kind.RULE, place(written), Optional.of(written), rule.number()))
          .orElseGet(() ->
              new Reason(Kind.RULE, "rule " + rule.number(), Optional.empty(), rule.number()));
    }
    for (NftRule.Match match : rule.matches()) {
      if (match instanceof NftRule.Match.Redirected) {
        return new Reason(Kind.PUBLISHED, "the port is published");
      }
      if (match instanceof NftRule.Match.Addresses) {
        return new Reason(Kind.PROTECT, "network.protect of the host");
      }
      if (match instanceof NftRule.Match.Family(boolean six)) {
        return new Reason(
            Kind.DELEGATION,
            (six ? "IPv6" : "IPv4") + " of network " + parts[1] + " is not routed to the host");
      }
    }
    return defaults(topology, parts);
  }

  private Reason defaults(Topology topology, String[] parts) {
    String from = bridge(topology, parts[1]);
    return switch (parts[2]) {
      case "within" -> policy(from, from);
      case "to" -> policy(from, bridge(topology, parts[3]));
      case "in" -> policy("", from);
      case "tunnel", "peers" ->
          new Reason(Kind.TUNNEL, "network " + parts[1] + " is one of those of tunnel " + parts[3]);
      default -> policy(from, "");
    };
  }

  private static String bridge(Topology topology, String network) {
    return topology.named(network).map(Topology.Net::bridge).orElse("");
  }

  private static String place(Topology.Rule rule) {
    return Quote.escape(rule.file(), 400)
        + ", rule "
        + rule.position()
        + (rule.name().isEmpty() ? "" : " \"" + Quote.escape(rule.name(), 400) + "\"");
  }
}
