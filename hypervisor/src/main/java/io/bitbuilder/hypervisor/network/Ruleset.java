package io.bitbuilder.hypervisor.network;

import io.bitbuilder.hypervisor.model.Firewall;
import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Network;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedTunnel;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Span;
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
  private final DeclaredRules rules;
  private final List<String> lines = new ArrayList<>();
  private final List<String> filtered = new ArrayList<>();

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
    this.rules = new DeclaredRules(tenant, members);
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
    bandwidth();
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
    for (Network network : networks) {
      network.span().ifPresent(span -> span(network, span));
    }
    elements(INET + "served4", networks, Network::gateway);
    elements(INET + "served6", networks, Network::gateway6);
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

  /** Other hosts, and what of a network each host keeps to itself: the address it has on all. */
  private void span(Network network, Span span) {
    String link = quoted(span.link());
    line("add element " + BRIDGE + "spans { " + link + " }");
    line("add element " + BRIDGE + "spanned4 { " + link + " . " + network.gateway() + " }");
    line("add element " + BRIDGE + "spanned6 { " + link + " . " + network.gateway6() + " }");
  }

  /** One limit for each guest and direction: what is more is dropped, and senders slow down. */
  private void bandwidth() {
    for (Member member : members) {
      long bits = networkOf(member).bandwidth();
      if (bits > 0) {
        limit(member, "sends", bits);
        limit(member, "receives", bits);
      }
    }
  }

  private void limit(Member member, String direction, long bits) {
    String name = tenant.id() + "/" + member.guest().name() + "/" + direction;
    long bytes = bits / 8;
    // A tenth of a second, and never less than a few of the packets the kernel joins to 64 KiB.
    long burst = Math.max(bytes / 10, 256 << 10);
    line(
        "add limit "
            + BRIDGE
            + name
            + " rate over "
            + bytes
            + " bytes/second burst "
            + burst
            + " bytes");
    line(
        "add element "
            + BRIDGE
            + direction
            + " { "
            + quoted(member.port().link())
            + " : \""
            + name
            + "\" }");
  }

  private Network networkOf(Member member) {
    return networks.stream()
        .filter(network -> network.name().equals(member.port().network()))
        .findFirst()
        .orElseThrow();
  }

  private void within(Network network) {
    String pair = quoted(network.bridge()) + " . " + quoted(network.bridge());
    Firewall.Policy policy = tenant.firewall().policy(network.name());
    List<String> declared = rules.on(Optional.of(network), Optional.of(network));
    if (declared.isEmpty() && policy.within()) {
      line("add element " + INET + "ways { " + pair + " : accept }");
      return;
    }
    filtered.add(network.bridge());
    String chain = chain(network.name() + "/within");
    rule(chain, NEIGHBOURS);
    declared.forEach(rule -> rule(chain, rule));
    rule(chain, "counter " + verdict(policy.within()));
    line("add element " + INET + "ways { " + pair + " : goto " + chain + " }");
  }

  private void between(Network from, Network to) {
    boolean open =
        tenant.firewall().policy(from.name()).out() && tenant.firewall().policy(to.name()).in();
    List<String> declared = rules.on(Optional.of(from), Optional.of(to));
    if (declared.isEmpty() && !open) {
      // Nothing passes: what is not among the ways is dropped.
      return;
    }
    way(from.bridge(), to.bridge(), from.name() + "/to/" + to.name(), declared, open);
  }

  /** What is behind a tunnel reaches the networks it is for, and they it, unless a rule forbids. */
  private void tunnelled(Network network, ResolvedTunnel tunnel) {
    String through = network.name() + "/tunnel/" + tunnel.declared().name();
    way(
        network.bridge(),
        tunnel.link(),
        through,
        rules.tunnelled(Optional.of(network), Optional.empty()),
        true);
    String back = network.name() + "/peers/" + tunnel.declared().name();
    way(
        tunnel.link(),
        network.bridge(),
        back,
        rules.tunnelled(Optional.empty(), Optional.of(network)),
        true);
  }

  private void way(String from, String to, String name, List<String> declared, boolean open) {
    String chain = chain(name);
    limited(chain);
    declared.forEach(rule -> rule(chain, rule));
    rule(chain, "counter " + verdict(open));
    String pair = quoted(from) + " . " + quoted(to);
    line("add element " + INET + "ways { " + pair + " : goto " + chain + " }");
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
    rules.on(Optional.of(network), Optional.empty()).forEach(rule -> rule(out, rule));
    rule(out, "counter " + verdict(policy.out()));
    element("out", network, "goto " + out);
    String in = chain(network.name() + "/in");
    limited(in);
    rules.on(Optional.empty(), Optional.of(network)).forEach(rule -> rule(in, rule));
    rule(in, "ct status dnat counter accept");
    rule(in, "counter " + verdict(policy.in()));
    element("in", network, "goto " + in);
    if (network.mode() == Tenant.Network.Mode.NAT) {
      line("add element " + INET + "masqueraded { " + quoted(network.bridge()) + " }");
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
      rule(chain, match + " " + DeclaredRules.set(ranges) + " counter drop");
    }
  }

  private void published() {
    for (Member member : members) {
      for (Guest.Published port : member.guest().ports()) {
        String key = (port.protocol() == Firewall.Protocol.TCP ? 6 : 17) + " . " + port.host();
        line(
            "add element "
                + INET
                + "published4 { "
                + key
                + " : "
                + member.port().address()
                + " . "
                + port.guest()
                + " }");
        line(
            "add element "
                + INET
                + "published6 { "
                + key
                + " : "
                + member.port().address6()
                + " . "
                + port.guest()
                + " }");
      }
    }
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
    line("add element " + INET + map + " { " + quoted(network.bridge()) + " : " + verdict + " }");
  }

  private <T> void elements(String set, List<T> of, Function<T, String> element) {
    if (!of.isEmpty()) {
      line(
          "add element "
              + set
              + " { "
              + of.stream().map(element).collect(Collectors.joining(", "))
              + " }");
    }
  }

  private void line(String line) {
    lines.add(line);
  }

  private static String quoted(String name) {
    return "\"" + name + "\"";
  }
}
