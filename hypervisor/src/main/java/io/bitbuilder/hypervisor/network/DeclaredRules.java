package io.bitbuilder.hypervisor.network;

import io.bitbuilder.hypervisor.model.Firewall;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Network;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rules a tenant declares, in the words of nftables, for each way a packet may take. */
final class DeclaredRules {
  private final ResolvedTenant tenant;
  private final List<Member> members;

  DeclaredRules(ResolvedTenant tenant, List<Member> members) {
    this.tenant = tenant;
    this.members = List.copyOf(members);
  }

  /** The rules for packets of one way; an empty side is the outside. */
  List<String> on(Optional<Network> from, Optional<Network> to) {
    return on(from, to, true);
  }

  /** Those for packets that go through a tunnel; an empty side is what is behind its peers. */
  List<String> tunnelled(Optional<Network> from, Optional<Network> to) {
    return on(from, to, false);
  }

  private List<String> on(Optional<Network> from, Optional<Network> to, boolean outside) {
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

  static String set(List<String> items) {
    return items.size() == 1 ? items.getFirst() : "{ " + String.join(", ", items) + " }";
  }
}
