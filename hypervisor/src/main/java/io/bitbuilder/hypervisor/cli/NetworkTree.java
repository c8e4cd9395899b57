package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.Firewall.Policy;
import io.bitbuilder.hypervisor.network.Topology;
import io.bitbuilder.hypervisor.network.Ways;
import java.util.List;
import java.util.stream.Collectors;

/** The networks of a tenant as a tree of lines. */
final class NetworkTree {
  private static final int LIMIT = 400;

  private final NetworkView view;
  private final Output output;

  private NetworkTree(NetworkView view, Output output) {
    this.view = view;
    this.output = output;
  }

  static void print(NetworkView view, Output output) {
    new NetworkTree(view, output).print();
  }

  private void print() {
    String generation =
        view.tenant().current().map(one -> "generation " + one.number()).orElse("no generation");
    Branch top = new Branch(bold(view.tenant().id().value()) + "  " + generation);
    view.networks().forEach(net -> network(net, top));
    view.tunnels().forEach(tunnel -> tunnel(tunnel, top));
    if (!view.rules().isEmpty()) {
      Branch rules = top.add(bold("rules"));
      for (int i = 0; i < view.rules().size(); i++) {
        rules.add(rule(i + 1, view.rules().get(i)));
      }
    }
    top.print(output);
    if (view.networks().isEmpty()) {
      output.line("it has no network");
    }
    NetworkVerb.notes(view.notes(), output);
    output.hint(
        "see `bitbuilder network trace " + view.tenant().id() + " FROM TO` for what may pass");
  }

  private void tunnel(TenantTunnels.Tunnel tunnel, Branch top) {
    Branch branch =
        top.add(
            bold("tunnel " + tunnel.name())
                + "  "
                + tunnel.link()
                + (tunnel.port().isEmpty() ? "" : "  port " + tunnel.port())
                + "  "
                + tunnel.publicKey().orElse("key not made yet"));
    for (TenantTunnels.Peer peer : tunnel.peers()) {
      String name = peer.name().isEmpty() ? peer.publicKey() : peer.name();
      branch.add(
          Quote.escape(name, LIMIT)
              + (peer.endpoint().isEmpty() ? "" : "  at " + Quote.escape(peer.endpoint(), LIMIT))
              + "  behind it "
              + Quote.escape(String.join(", ", peer.behind()), LIMIT)
              + "  heard from "
              + peer.handshake().map(time -> Times.ago(time, view.now())).orElse("never"));
    }
  }

  private void network(NetworkView.Net network, Branch top) {
    Topology.Net net = network.net();
    StringBuilder line = new StringBuilder(bold("network " + net.name()));
    for (String part : List.of(net.mode().word(), net.bridge(), net.address(), net.address6())) {
      line.append("  ").append(part);
    }
    if (net.mtu() > 0) {
      line.append("  MTU ").append(net.mtu());
    }
    if (net.bandwidth() > 0) {
      line.append("  ").append(bandwidth(net.bandwidth()));
    }
    Branch branch = top.add(line.toString());
    branch.add("policy  " + policy(net.policy()));
    network.members().forEach(member -> member(member, branch));
    network
        .strangers()
        .forEach(lease ->
            branch.add("lease of " + lease.mac() + "  " + lease.address() + "  " + lease(lease)));
    for (Ways.Way way : view.ways().all()) {
      if (way.from().equals(network.name())
          || (way.from().isEmpty() && way.to().equals(network.name()))) {
        branch.add(way(way));
      }
    }
  }

  /** {@code 10M bit/s}. */
  static String bandwidth(long bits) {
    String[] units = {"", "K", "M", "G"};
    int unit = 0;
    long number = bits;
    while (unit < units.length - 1 && number >= 1000 && number % 1000 == 0) {
      number /= 1000;
      unit++;
    }
    return number + units[unit] + " bit/s each";
  }

  private static String policy(Policy policy) {
    return "within %s, in %s, out %s"
        .formatted(word(policy.within()), word(policy.in()), word(policy.out()));
  }

  private static String word(boolean accept) {
    return accept ? "accept" : "drop";
  }

  private void member(NetworkView.Member member, Branch network) {
    Output.Style style =
        view.tenant().isWell(member.resource()) ? Output.Style.GOOD : Output.Style.BAD;
    Branch branch =
        network.add(
            bold(member.name())
                + "  "
                + member.resource().kind().word()
                + " "
                + output.paint(member.state(), style)
                + "  "
                + Quote.escape(member.resource().address())
                + "  "
                + Quote.escape(member.resource().port().address6())
                + "  "
                + Quote.escape(member.resource().port().link())
                + member.lease().map(lease -> "  lease " + lease(lease)).orElse(""));
    for (Ways.Port port : view.ways().ports()) {
      if (port.address().equals(member.resource().address())) {
        branch.add(
            "port "
                + port.host()
                + "/"
                + port.protocol()
                + " of the host leads to its port "
                + port.guest());
      }
    }
  }

  private static String lease(Leases.Lease lease) {
    return (lease.name().isEmpty() ? "" : "to " + Quote.quote(lease.name()) + " ")
        + "until "
        + Times.exact(lease.until());
  }

  /** Where it leads and what decides: {@code to network db: rules 1, 3, then drop}. */
  static String sentence(Ways.Way way) {
    String where =
        way.from().equals(way.to())
            ? "within"
            : way.from().isEmpty()
                ? "from " + beyond(way)
                : "to " + (way.to().isEmpty() ? beyond(way) : "network " + way.to());
    String rules =
        way.rules().isEmpty()
            ? ""
            : (way.rules().size() == 1 ? "rule " : "rules ")
                + way.rules().stream().map(String::valueOf).collect(Collectors.joining(", "))
                + ", then ";
    return where + ": " + rules + word(way.accepts());
  }

  private static String beyond(Ways.Way way) {
    return way.tunnel().isEmpty() ? "the outside" : "tunnel " + way.tunnel();
  }

  private static String way(Ways.Way way) {
    String published =
        way.published().packets() == 0 ? "" : "  published ports " + count(way.published());
    String counted = way.otherwise().packets() == 0 ? "" : "  " + count(way.otherwise());
    return sentence(way) + counted + published;
  }

  private String rule(int number, Topology.Rule rule) {
    Ways.Count count = view.ways().counts().getOrDefault(number, Ways.Count.ZERO);
    return number
        + "  "
        + Quote.escape(rule.sentence(), LIMIT)
        + (rule.name().isEmpty() ? "" : "  \"" + Quote.escape(rule.name(), LIMIT) + "\"")
        + "  "
        + count(count)
        + "  "
        + output.paint(Quote.escape(rule.file(), LIMIT) + ":" + rule.line(), Output.Style.DIM);
  }

  static String count(Ways.Count count) {
    String bytes = new ByteSize(count.bytes()).rounded();
    boolean exact = Character.isDigit(bytes.charAt(bytes.length() - 1));
    return count.packets()
        + (count.packets() == 1 ? " packet, " : " packets, ")
        + bytes
        + (exact ? " bytes" : "iB");
  }

  private String bold(String text) {
    return output.paint(text, Output.Style.BOLD);
  }
}
