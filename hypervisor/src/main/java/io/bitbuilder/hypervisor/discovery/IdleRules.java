package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.AddressRange;
import io.bitbuilder.hypervisor.model.Firewall.Action;
import io.bitbuilder.hypervisor.model.Firewall.Party;
import io.bitbuilder.hypervisor.model.Firewall.Protocol;
import io.bitbuilder.hypervisor.model.Firewall.Rule;
import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.model.PortRange;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Tenant.Network;
import io.bitbuilder.hypervisor.model.Tenant.Network.Mode;
import io.bitbuilder.hypervisor.model.Tunnel;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rules that decide nothing: those that fit no packet on any way packets can take, and those that
 * come after one that fits all the same packets. Nothing is said of a rule unless it is certain,
 * whatever addresses guests will have.
 */
final class IdleRules {
  /** Each rule is compared with those before it, so more of them would take too long. */
  private static final int LIMIT = 1000;

  /** What a host cuts the subnets of networks from, unless they are routed (RFC 1918, RFC 6598). */
  private static final List<AddressRange> POOLS =
      List.of("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16").stream()
          .flatMap(text -> AddressRange.parse(text).stream())
          .toList();

  private static final Place OUTSIDE = new Place.Outside();

  private final List<Network> networks;
  private final Map<ResourceName, Set<ResourceName>> members = new HashMap<>();
  private final List<Way> ways = new ArrayList<>();

  /** A rule and the document it is in. */
  record Written(Rule rule, Values values) {}

  /** One end of a way. */
  private sealed interface Place {
    record In(Network network) implements Place {}

    record Outside() implements Place {}

    /** Behind a tunnel, which is not outside. */
    record Behind() implements Place {}
  }

  private record Way(Place from, Place to) {}

  /** Who of one side of a rule is at one end of a way; nobody is a side that is not there. */
  private sealed interface Side {
    record Everybody() implements Side {}

    record Members(Set<ResourceName> names) implements Side {}

    record Range(AddressRange range) implements Side {}
  }

  /** Both sides of a rule on a way. */
  private record Pair(Side from, Side to) {
    /** Whether only IPv4, or only IPv6, can fit. */
    boolean isOnly(boolean six) {
      return List.of(from, to).stream()
          .anyMatch(side -> side instanceof Side.Range(var range) && range.six() == six);
    }

    boolean covers(Pair narrow) {
      return IdleRules.covers(from, narrow.from, narrow) && IdleRules.covers(to, narrow.to, narrow);
    }
  }

  /** A rule and who it fits on each way; nobody where it is empty. */
  private record Fitting(Written written, List<Optional<Pair>> pairs) {
    /** Whether it fits whatever another fits. */
    boolean covers(Fitting other) {
      Rule rule = written.rule();
      if (!IdleRules.covers(rule.protocol(), rule.ports(), other.written.rule())) {
        return false;
      }
      for (int i = 0; i < pairs.size(); i++) {
        Optional<Pair> wide = pairs.get(i);
        Optional<Pair> narrow = other.pairs.get(i);
        if (narrow.isPresent() && (wide.isEmpty() || !wide.get().covers(narrow.get()))) {
          return false;
        }
      }
      return true;
    }
  }

  private IdleRules(List<Network> all, List<Guest> guests, List<Tunnel> tunnels) {
    this.networks = all.stream().filter(network -> network.mode() != Mode.NONE).toList();
    for (Network from : networks) {
      members.put(
          from.name(),
          guests.stream()
              .filter(guest -> guest.networks().contains(from.name()))
              .map(Guest::name)
              .collect(Collectors.toUnmodifiableSet()));
      Place here = new Place.In(from);
      networks.forEach(to -> ways.add(new Way(here, new Place.In(to))));
      if (from.mode().leads()) {
        ways.add(new Way(here, OUTSIDE));
        ways.add(new Way(OUTSIDE, here));
      }
      if (tunnels.stream().anyMatch(tunnel -> tunnel.networks().contains(from.name()))) {
        ways.add(new Way(here, new Place.Behind()));
        ways.add(new Way(new Place.Behind(), here));
      }
    }
  }

  /** Warns of the idle ones among rules in the order they are tried. */
  static void check(
      List<Written> rules, List<Network> networks, List<Guest> guests, List<Tunnel> tunnels) {
    IdleRules all = new IdleRules(networks, guests, tunnels);
    List<Fitting> before = new ArrayList<>();
    for (Written rule : rules.subList(0, Math.min(LIMIT, rules.size()))) {
      Fitting fitting = new Fitting(rule, all.pairs(rule.rule()));
      if (fitting.pairs().stream().allMatch(Optional::isEmpty)) {
        all.fitsNothing(rule);
      } else {
        before.stream()
            .filter(earlier -> earlier.covers(fitting))
            .findFirst()
            .ifPresent(earlier -> comesTooLate(rule, earlier.written()));
        before.add(fitting);
      }
    }
  }

  private List<Optional<Pair>> pairs(Rule rule) {
    return ways.stream().map(way -> pair(rule, way)).toList();
  }

  private Optional<Pair> pair(Rule rule, Way way) {
    Optional<Side> from = side(rule.from(), way.from());
    Optional<Side> to = side(rule.to(), way.to());
    if (from.isEmpty() || to.isEmpty()) {
      return Optional.empty();
    }
    Pair pair = new Pair(from.get(), to.get());
    return isItself(pair, way) || (pair.isOnly(true) && pair.isOnly(false))
        ? Optional.empty()
        : Optional.of(pair);
  }

  /** Whether the only sender is the only receiver, and not one of the same name elsewhere. */
  private boolean isItself(Pair pair, Way way) {
    if (!(pair.to() instanceof Side.Members(var receivers))
        || receivers.size() > 1
        || !way.from().equals(way.to())
        || !(way.from() instanceof Place.In(var network))
        || network.mode() == Mode.VXLAN) {
      return false;
    }
    Set<ResourceName> senders =
        pair.from() instanceof Side.Members(var names) ? names : members(network);
    return senders.equals(receivers);
  }

  private Optional<Side> side(Party party, Place place) {
    if (place instanceof Place.In(var network)) {
      return members(network).isEmpty() ? Optional.empty() : inside(party, network);
    }
    return switch (party) {
      case Party.Any _ -> everybody(true);
      case Party.Outside _ -> everybody(place.equals(OUTSIDE));
      case Party.OfNetwork _, Party.Guests _ -> Optional.empty();
      case Party.Range(var cidr) -> AddressRange.parse(cidr).map(Side.Range::new);
    };
  }

  private Optional<Side> inside(Party party, Network network) {
    return switch (party) {
      case Party.Any _ -> everybody(true);
      case Party.Outside _ -> Optional.empty();
      case Party.OfNetwork(var name) -> everybody(network.name().equals(name));
      case Party.Range(var cidr) ->
          AddressRange.parse(cidr).filter(range -> mayBeIn(range, network)).map(Side.Range::new);
      case Party.Guests(var names) -> {
        Set<ResourceName> here = new HashSet<>(names);
        here.retainAll(members(network));
        yield here.isEmpty() ? Optional.empty() : Optional.of(new Side.Members(here));
      }
    };
  }

  private static Optional<Side> everybody(boolean here) {
    return here ? Optional.of(new Side.Everybody()) : Optional.empty();
  }

  private Set<ResourceName> members(Network network) {
    return members.getOrDefault(network.name(), Set.of());
  }

  /** Whether members of a network may have addresses of the range. */
  private static boolean mayBeIn(AddressRange range, Network network) {
    return range.six()
        || network.mode() == Mode.ROUTED
        || POOLS.stream().anyMatch(pool -> pool.contains(range) || range.contains(pool));
  }

  private static boolean covers(Side wide, Side narrow, Pair of) {
    return switch (wide) {
      case Side.Everybody _ -> true;
      case Side.Members(var names) ->
          narrow instanceof Side.Members(var others) && names.containsAll(others);
      case Side.Range(var range) ->
          (range.prefix() == 0 && of.isOnly(range.six()))
              || (narrow instanceof Side.Range(var other) && range.contains(other));
    };
  }

  private static boolean covers(Protocol protocol, List<PortRange> ports, Rule rule) {
    return protocol == Protocol.ANY
        || (protocol == rule.protocol()
            && (ports.isEmpty()
                || (!rule.ports().isEmpty()
                    && rule.ports().stream().allMatch(wanted -> isAmong(wanted, ports)))));
  }

  /** Whether each port of a range is in one of the others. */
  private static boolean isAmong(PortRange wanted, List<PortRange> ports) {
    int port = wanted.first();
    while (port <= wanted.last()) {
      int at = port;
      Optional<PortRange> found = ports.stream().filter(range -> range.contains(at)).findFirst();
      if (found.isEmpty()) {
        return false;
      }
      port = found.get().last() + 1;
    }
    return true;
  }

  private void fitsNothing(Written written) {
    Rule rule = written.rule();
    String pointer = "";
    String why = "no packet goes from one to the other";
    String help = "remove the rule, or change `from` and `to`";
    Optional<Network> isolated = isolated(rule);
    if (isNobody(rule.from())) {
      pointer = "/from";
      why = nobody(written.values().get(FirewallFile.FROM), rule.from());
    } else if (isNobody(rule.to())) {
      pointer = "/to";
      why = nobody(written.values().get(FirewallFile.TO), rule.to());
    } else if (isolated.isPresent()) {
      why = "network `" + isolated.get().name() + "` has no way to the outside";
      help = "set `mode: nat` for it in network/topology.yaml, or remove the rule";
    }
    written
        .values()
        .reading()
        .add(
            Code.BB309,
            rule.origin().at(pointer),
            "the rule fits no packet: " + why,
            "a rule that some packet can fit",
            help);
  }

  private static String nobody(String text, Party party) {
    return party instanceof Party.OfNetwork(var name)
        ? "nobody is in network `" + name + "`"
        : "nobody of " + Quote.quote(text) + " is in a network";
  }

  private boolean isNobody(Party party) {
    return (party instanceof Party.Guests || party instanceof Party.OfNetwork)
        && networks.stream().noneMatch(network -> side(party, new Place.In(network)).isPresent());
  }

  /** The network that should lead outside, when that alone is what the rule lacks. */
  private Optional<Network> isolated(Rule rule) {
    return networks.stream()
        .filter(network -> !network.mode().leads())
        .filter(network ->
            pair(rule, new Way(new Place.In(network), OUTSIDE)).isPresent()
                || pair(rule, new Way(OUTSIDE, new Place.In(network))).isPresent())
        .findFirst();
  }

  private static void comesTooLate(Written written, Written earlier) {
    boolean same = written.rule().action() == earlier.rule().action();
    String name = earlier.rule().name();
    written
        .values()
        .reading()
        .add(
            new Diagnostic(
                Code.BB310,
                "the rule decides nothing: an earlier one fits all that it fits",
                written.rule().origin().at(""),
                "a rule that fits something no earlier one does",
                same
                    ? "remove it: without it the same packets pass"
                    : "move it before the earlier rule, which would "
                        + (earlier.rule().action() == Action.ACCEPT ? "accept" : "drop")
                        + " what it is for",
                List.of(
                    new Diagnostic.Note(
                        "the earlier rule" + (name.isEmpty() ? "" : " " + Quote.quote(name)),
                        earlier.rule().origin().at("")))));
  }
}
