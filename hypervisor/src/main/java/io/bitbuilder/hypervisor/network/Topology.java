package io.bitbuilder.hypervisor.network;

import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.model.Firewall;
import io.bitbuilder.hypervisor.model.PortRange;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a tenant's networks are and where its rules are written, for whoever looks at them:
 * interfaces and rules of nftables have only short names and numbers.
 *
 * @param networks in order of their names
 * @param rules in the order they are tried; the number of a rule is its place here, from 1 on
 */
public record Topology(List<Net> networks, List<Rule> rules) {
  /** That of a tenant without networks, and all that is known of generations of before. */
  public static final Topology NONE = new Topology(List.of(), List.of());

  public Topology {
    networks = List.copyOf(networks);
    rules = List.copyOf(rules);
  }

  /**
   * A network.
   *
   * @param bridge the interface of the host that it is
   * @param address the host's address on it with the length of the prefix, and {@code address6}
   * @param mtu the largest packet in bytes, 0 for the default
   * @param bandwidth what each member may send, and receive, in bits per second; 0 for all it can
   * @param policy what happens to what no rule fits
   */
  public record Net(
      ResourceName name,
      Tenant.Network.Mode mode,
      String bridge,
      String address,
      String address6,
      int mtu,
      long bandwidth,
      Firewall.Policy policy) {}

  /**
   * A rule as it is written.
   *
   * @param file its path in the repository
   * @param line where it begins there
   * @param position which one of the file it is, from 1 on
   * @param name for people, or empty
   * @param action accept, drop or reject
   * @param from who begins the connection, groups and labels spelt out
   * @param to whom it is for, likewise
   * @param protocol any, tcp, udp or icmp
   * @param ports of the receiver; empty for all
   */
  public record Rule(
      String file,
      int line,
      int position,
      String name,
      String action,
      String from,
      String to,
      String protocol,
      List<String> ports,
      boolean log) {
    public Rule {
      ports = List.copyOf(ports);
    }

    /** What it does, in words: {@code accept tcp 80, 443 from outside to web}. */
    public String sentence() {
      String what = protocol.equals("any") ? "everything" : protocol;
      return action
          + " "
          + what
          + (ports.isEmpty() ? "" : " " + String.join(", ", ports))
          + " from "
          + from
          + " to "
          + to;
    }
  }

  /** That of a tenant. */
  public static Topology of(ResolvedTenant tenant) {
    return new Topology(
        tenant.networks().stream()
            .sorted(Comparator.comparing(ResolvedTenant.Network::name))
            .map(network ->
                new Net(
                    network.name(),
                    network.mode(),
                    network.bridge(),
                    network.gateway() + "/" + network.prefix(),
                    network.gateway6() + "/64",
                    network.mtu(),
                    network.bandwidth(),
                    tenant.firewall().policy(network.name())))
            .toList(),
        tenant.networks().isEmpty()
            ? List.of()
            : tenant.firewall().rules().stream().map(Topology::rule).toList());
  }

  private static Rule rule(Firewall.Rule rule) {
    Location at = rule.origin().at("");
    return new Rule(
        at.path(),
        at.span().line(),
        position(at.pointer()),
        rule.name(),
        rule.action().word(),
        words(rule.from()),
        words(rule.to()),
        rule.protocol().word(),
        rule.ports().stream().map(PortRange::toString).toList(),
        rule.log());
  }

  /** {@code /rules/2} is the third. */
  private static int position(String pointer) {
    String last = pointer.substring(pointer.lastIndexOf('/') + 1);
    boolean number =
        !last.isEmpty() && last.length() <= 6 && last.chars().allMatch(c -> c >= '0' && c <= '9');
    return number ? Integer.parseInt(last) + 1 : 1;
  }

  private static String words(Firewall.Party party) {
    return switch (party) {
      case Firewall.Party.Any _ -> "any";
      case Firewall.Party.Outside _ -> "outside";
      case Firewall.Party.OfNetwork(var name) -> "network/" + name;
      case Firewall.Party.Range(var cidr) -> cidr;
      case Firewall.Party.Guests(var names) ->
          names.isEmpty()
              ? "nobody"
              : names.stream().map(ResourceName::value).collect(Collectors.joining(", "));
    };
  }

  /** The network that is an interface. */
  public Optional<Net> on(String bridge) {
    return networks.stream().filter(network -> network.bridge().equals(bridge)).findFirst();
  }

  /** The network of a name. */
  public Optional<Net> named(String name) {
    return networks.stream().filter(network -> network.name().value().equals(name)).findFirst();
  }

  /** The rule of a number; empty when the generation does not say. */
  public Optional<Rule> rule(int number) {
    return number >= 1 && number <= rules.size()
        ? Optional.of(rules.get(number - 1))
        : Optional.empty();
  }
}
