package io.bitbuilder.hypervisor.network;

import io.bitbuilder.hypervisor.model.Firewall;
import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Network;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Port;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedTunnel;
import io.bitbuilder.hypervisor.plan.Subnet6;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code firewall.nft} of a generation: what a tenant adds to the two tables of the host (nft(8)),
 * which drop what nobody added. Elements of sets and maps say who is where; chains, one for each
 * way a packet may take, hold the tenant's rules. tenant-network@ applies it in one transaction and
 * takes away what was there before.
 */
public final class Ruleset {
  private static final String BRIDGE = "bridge bitbuilder ";
  private static final String INET = "inet bitbuilder ";

  /** Without them IPv6 finds no neighbour (RFC 4861). */
  private static final String NEIGHBOURS =
      "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept";

  private final ResolvedTenant tenant;
  private final List<Network> networks;
  private final List<Member> members;
  private final List<String> lines = new ArrayList<>();
  private final List<String> filtered = new ArrayList<>();

  /** A guest and its place. */
  private record Member(Guest guest, Port port) {}

  /** Those of one tenant. */
  public Ruleset(ResolvedTenant tenant) {
    this.tenant = tenant;
    this.networks = tenant.networks().stream().sorted(Comparator.comparing(Network::name)).toList();
    this.members =
        Stream.concat(
                tenant.containers().stream()
                    .flatMap(c -> c.port().map(port -> new Member(c.declared(), port)).stream()),
                tenant.machines().stream()
                    .flatMap(m -> m.port().map(port -> new Member(m.declared(), port)).stream()))
            .sorted(Comparator.comparing(member -> member.guest().name()))
            .toList();
    compile();
  }

  /** The bridges whose members are kept apart by rules, in order of their names. */
  public List<String> filtered() {
    return filtered.stream().sorted().toList();
  }

  /** The rules alone, which do not say who is where. */
  public String rules() {
    return lines.stream()
        .filter(line -> line.startsWith("add rule "))
        .collect(Collectors.joining("\n"));
  }

  /** All of it, empty for a tenant without networks; each line ends in a newline. */
  public String text() {
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }

  private void compile() {
    if (networks.isEmpty()) {
      return;
    }
    ports();
    elements(INET + "bridges", networks, network -> quoted(network.bridge()));
    elements(INET + "bridges", tenant.tunnels(), tunnel -> quoted(tunnel.link()));
    elements(
        INET + "gateways4",
        networks,
        network -> quoted(network.bridge()) + " . " + network.gateway());
    elements(
        INET + "gateways6",
        networks,
        network -> quoted(network.bridge()) + " . " + network.gateway6());
    if (networks.stream().anyMatch(Network::crossed)) {
      String chain = chain("connections");
      rule(chain, "ct state new ct count over " + tenant.outside().connections() + " counter drop");
    }
    for (Network network : networks) {
      within(network);
      for (Network other : networks) {
        if (!other.equals(network)) {
          between(network, other);
        }
      }
      if (network.mode().leads()) {
        outside(network);
      }
    }
    for (ResolvedTunnel tunnel : tenant.tunnels()) {
      for (Network network : TunnelFiles.networks(tenant, tunnel)) {
        tunnelled(network, tunnel);
      }
    }
    published();
  }

  /** Who may send what from where: a guest its own addresses and nobody else's. */
  private void ports() {
    elements(BRIDGE + "links", members, member -> quoted(member.port().link()));
    elements(
        BRIDGE + "macs",
        members,
        member -> quoted(member.port().link()) + " . " + member.port().mac());
    elements(
        BRIDGE + "addresses4",
        members,
        member -> quoted(member.port().link()) + " . " + member.port().address());
    elements(
        BRIDGE + "addresses6",
        members,
        member -> {
          String link = quoted(member.port().link());
          return link
              + " . "
              + Subnet6.linkLocal(member.port().mac())
              + ", "
              + link
              + " . "
              + member.port().address6();
        });
  }

  private void within(Network network) {
    String pair = quoted(network.bridge()) + " . " + quoted(network.bridge());
    Firewall.Policy policy = tenant.firewall().policy(network.name());
    List<String> rules = rules(Optional.of(network), Optional.of(network));
    if (rules.isEmpty() && policy.within()) {
      element("ways", pair + " : accept");
      return;
    }
    filtered.add(network.bridge());
    String chain = chain(network.name() + "/within");
    rule(chain, NEIGHBOURS);
    rules.forEach(rule -> rule(chain, rule));
    rule(chain, "counter " + verdict(policy.within()));
    element("ways", pair + " : goto " + chain);
  }

  private void between(Network from, Network to) {
    boolean open =
        tenant.firewall().policy(from.name()).out() && tenant.firewall().policy(to.name()).in();
    List<String> rules = rules(Optional.of(from), Optional.of(to));
    if (rules.isEmpty() && !open) {
      // Nothing passes: what is not among the ways is dropped.
      return;
    }
    way(from.bridge(), to.bridge(), from.name() + "/to/" + to.name(), rules, open);
  }

  /** What is behind a tunnel reaches the networks it is for, and they it, unless a rule forbids. */
  private void tunnelled(Network network, ResolvedTunnel tunnel) {
    ResourceName name = tunnel.declared().name();
    way(
        network.bridge(),
        tunnel.link(),
        network.name() + "/tunnel/" + name,
        rules(Optional.of(network), Optional.empty(), false),
        true);
    way(
        tunnel.link(),
        network.bridge(),
        network.name() + "/peers/" + name,
        rules(Optional.empty(), Optional.of(network), false),
        true);
  }

  private void way(String from, String to, String name, List<String> rules, boolean open) {
    String chain = chain(name);
    limited(chain);
    rules.forEach(rule -> rule(chain, rule));
    rule(chain, "counter " + verdict(open));
    element("ways", quoted(from) + " . " + quoted(to) + " : goto " + chain);
  }

  private void outside(Network network) {
    Firewall.Policy policy = tenant.firewall().policy(network.name());
    String out = chain(network.name() + "/out");
    limited(out);
    protect(out, "ip daddr", cidr -> cidr.indexOf(':') < 0);
    protect(out, "ip6 daddr", cidr -> cidr.indexOf(':') >= 0);
    if (network.mode() == Tenant.Network.Mode.ROUTED) {
      // Answers to addresses nobody outside knows would never come back.
      undelegated(out, network);
    }
    rules(Optional.of(network), Optional.empty()).forEach(rule -> rule(out, rule));
    rule(out, "counter " + verdict(policy.out()));
    element("out", network, "goto " + out);
    String in = chain(network.name() + "/in");
    limited(in);
    rules(Optional.empty(), Optional.of(network)).forEach(rule -> rule(in, rule));
    rule(in, "ct status dnat counter accept");
    rule(in, "counter " + verdict(policy.in()));
    element("in", network, "goto " + in);
    if (network.mode() == Tenant.Network.Mode.NAT) {
      element("masqueraded", quoted(network.bridge()));
    }
  }

  private void undelegated(String chain, Network network) {
    if (!network.routed4()) {
      rule(chain, "meta nfproto ipv4 counter drop");
    }
    if (!network.routed6()) {
      rule(chain, "meta nfproto ipv6 counter drop");
    }
  }

  private void protect(String chain, String match, Predicate<String> family) {
    List<String> ranges = tenant.outside().protect().stream().filter(family).sorted().toList();
    if (!ranges.isEmpty()) {
      rule(chain, match + " " + set(ranges) + " counter drop");
    }
  }

  private void published() {
    for (Member member : members) {
      for (Guest.Published port : member.guest().ports()) {
        String key = (port.protocol() == Firewall.Protocol.TCP ? 6 : 17) + " . " + port.host();
        String end = " . " + port.guest();
        element("published4", key + " : " + member.port().address() + end);
        element("published6", key + " : " + member.port().address6() + end);
      }
    }
  }

  /** The rules for packets of one way; an empty side is the outside. */
  private List<String> rules(Optional<Network> from, Optional<Network> to) {
    return rules(from, to, true);
  }

  /** The same; an empty side is the outside, or else what is behind a tunnel. */
  private List<String> rules(Optional<Network> from, Optional<Network> to, boolean outside) {
    List<String> rules = new ArrayList<>();
    int number = 0;
    for (Firewall.Rule rule : tenant.firewall().rules()) {
      number++;
      Side sender = side(rule.from(), from, outside, "saddr");
      Side receiver = side(rule.to(), to, outside, "daddr");
      if (sender.never() || receiver.never()) {
        continue;
      }
      for (String addresses : both(sender, receiver)) {
        String match = addresses + protocol(rule);
        if (rule.log()) {
          rules.add(
              match
                  + "limit rate 10/second burst 20 packets log prefix \"bitbuilder "
                  + tenant.id()
                  + " "
                  + number
                  + ": \"");
        }
        rules.add(match + "counter " + action(rule.action()) + " comment \"" + number + "\"");
      }
    }
    return rules;
  }

  /**
   * One side of a rule on one way.
   *
   * @param any whether everybody on that side fits
   * @param four a match of IPv4 addresses, or empty when none of them fits
   * @param six likewise of IPv6
   */
  private record Side(boolean any, String four, String six) {
    static final Side ANY = new Side(true, "", "");
    static final Side NEVER = new Side(false, "", "");

    boolean never() {
      return !any && four.isEmpty() && six.isEmpty();
    }
  }

  private Side side(Firewall.Party party, Optional<Network> place, boolean outside, String match) {
    return switch (party) {
      case Firewall.Party.Any _ -> Side.ANY;
      case Firewall.Party.Outside _ -> place.isEmpty() && outside ? Side.ANY : Side.NEVER;
      case Firewall.Party.OfNetwork(var name) ->
          place.filter(network -> network.name().equals(name)).isPresent() ? Side.ANY : Side.NEVER;
      case Firewall.Party.Range range ->
          range.isSix()
              ? new Side(false, "", "ip6 " + match + " " + range.cidr() + " ")
              : new Side(false, "ip " + match + " " + range.cidr() + " ", "");
      case Firewall.Party.Guests(var names) -> {
        List<Port> ports =
            members.stream()
                .filter(member -> names.contains(member.guest().name()))
                .map(Member::port)
                .filter(port -> place.filter(net -> net.name().equals(port.network())).isPresent())
                .toList();
        yield ports.isEmpty()
            ? Side.NEVER
            : new Side(
                false,
                "ip " + match + " " + set(ports.stream().map(Port::address).toList()) + " ",
                "ip6 " + match + " " + set(ports.stream().map(Port::address6).toList()) + " ");
      }
    };
  }

  private static List<String> both(Side sender, Side receiver) {
    if (sender.any() && receiver.any()) {
      return List.of("");
    }
    List<String> matches = new ArrayList<>();
    if ((sender.any() || !sender.four().isEmpty())
        && (receiver.any() || !receiver.four().isEmpty())) {
      matches.add(sender.four() + receiver.four());
    }
    if ((sender.any() || !sender.six().isEmpty())
        && (receiver.any() || !receiver.six().isEmpty())) {
      matches.add(sender.six() + receiver.six());
    }
    return matches;
  }

  private static String protocol(Firewall.Rule rule) {
    String ports =
        rule.ports().isEmpty() ? "" : set(rule.ports().stream().map(Object::toString).toList());
    return switch (rule.protocol()) {
      case ANY -> "";
      case ICMP -> "meta l4proto { 1, 58 } ";
      case TCP -> ports.isEmpty() ? "meta l4proto 6 " : "tcp dport " + ports + " ";
      case UDP -> ports.isEmpty() ? "meta l4proto 17 " : "udp dport " + ports + " ";
    };
  }

  private static String action(Firewall.Action action) {
    return switch (action) {
      case ACCEPT -> "accept";
      case DROP -> "drop";
      case REJECT -> "reject with icmpx admin-prohibited";
    };
  }

  private static String verdict(boolean accept) {
    return accept ? "accept" : "drop";
  }

  private void limited(String chain) {
    rule(chain, "jump " + tenant.id() + "/connections");
  }

  private String chain(String name) {
    String chain = tenant.id() + "/" + name;
    line("add chain " + INET + chain);
    return chain;
  }

  private void rule(String chain, String rule) {
    line("add rule " + INET + chain + " " + rule);
  }

  private void element(String map, Network network, String verdict) {
    element(map, quoted(network.bridge()) + " : " + verdict);
  }

  private void element(String map, String element) {
    line("add element " + INET + map + " { " + element + " }");
  }

  private <T> void elements(String set, List<T> of, Function<T, String> element) {
    if (!of.isEmpty()) {
      String items = of.stream().map(element).collect(Collectors.joining(", "));
      line("add element " + set + " { " + items + " }");
    }
  }

  private void line(String line) {
    lines.add(line);
  }

  private static String set(List<String> items) {
    return items.size() == 1 ? items.getFirst() : "{ " + String.join(", ", items) + " }";
  }

  private static String quoted(String name) {
    return "\"" + name + "\"";
  }
}
