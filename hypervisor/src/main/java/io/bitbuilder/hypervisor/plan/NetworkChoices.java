package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** The networks of one tenant: their bridges and subnets, as wished, as before, or new. */
final class NetworkChoices {
  private final TenantId id;
  private final TenantEntry entry;
  private final Ledger ledger;
  private final SortedMap<String, String> before;
  private final SortedMap<String, String> chosen;
  private final List<Tenant.Network> bridged;
  private final Set<ResourceName> tunnelled;
  private final Spans spans;
  private final Map<ResourceName, Subnet> subnets = new LinkedHashMap<>();
  private final Map<ResourceName, Subnet6> subnets6 = new LinkedHashMap<>();

  /**
   * Begins to choose.
   *
   * @param before what the tenant had
   * @param chosen takes what is chosen
   */
  NetworkChoices(
      Request request,
      Spans spans,
      Ledger ledger,
      SortedMap<String, String> before,
      SortedMap<String, String> chosen) {
    this.id = request.id();
    this.entry = request.entry();
    this.ledger = ledger;
    this.spans = spans;
    this.before = before;
    this.chosen = chosen;
    this.bridged =
        request.tenant().networks().stream()
            .filter(network -> network.mode() != Tenant.Network.Mode.NONE)
            .toList();
    this.tunnelled =
        request.tenant().tunnels().stream()
            .flatMap(tunnel -> tunnel.networks().stream())
            .collect(Collectors.toSet());
  }

  /** The networks that have a bridge, as declared. */
  List<Tenant.Network> bridged() {
    return bridged;
  }

  /** The subnets chosen so far, as what no peer of the tenant can have behind it. */
  List<TunnelRanges.Taken> taken() {
    List<TunnelRanges.Taken> taken = new ArrayList<>();
    String what = " of another network of the tenant";
    subnets
        .values()
        .forEach(subnet ->
            TunnelRanges.Taken.of(subnet.toString(), subnet + what).ifPresent(taken::add));
    subnets6
        .values()
        .forEach(subnet ->
            TunnelRanges.Taken.of(subnet.toString(), subnet + what).ifPresent(taken::add));
    return taken;
  }

  /** The subnets chosen so far. */
  List<Subnet> subnets() {
    return List.copyOf(subnets.values());
  }

  Subnet subnet(Tenant.Network network) {
    return Objects.requireNonNull(subnets.get(network.name()));
  }

  Subnet6 subnet6(Tenant.Network network) {
    return Objects.requireNonNull(subnets6.get(network.name()));
  }

  /** Whether there is anything beyond the network. */
  boolean crossed(Tenant.Network network) {
    return network.mode().leads() || bridged.size() > 1 || tunnelled.contains(network.name());
  }

  /** The largest packet, 0 for the default. */
  int mtu(Tenant.Network network) {
    return network.mtu() == 0 && spans.of(network).isPresent() ? Spans.MTU : network.mtu();
  }

  /** Claims the names and subnets the tenant wishes for. */
  void claimWishes(Report report) {
    for (Tenant.Network network : bridged) {
      spans.check(network, entry, report);
      if (!network.bridge().isEmpty()) {
        claimBridge(network, report);
      }
      if (!network.ipv4().isEmpty()) {
        claimSubnet(network, report);
      }
      if (!network.ipv6().isEmpty()) {
        claimSubnet6(network, report);
      }
    }
  }

  /** Chooses the rest. */
  void choose(Report report) {
    for (Tenant.Network network : bridged) {
      chooseBridge(network);
      chooseSubnet(network, report);
      chooseSubnet6(network, report);
    }
  }

  private void claimBridge(Tenant.Network network, Report report) {
    String name = network.bridge();
    Location place = network.origin().at("/bridge");
    if (!Bridges.isAllowed(name)) {
      report.add(
          Code.BB204,
          place,
          "a tenant cannot have an interface named " + Quote.quote(name),
          Bridges.EXPECTED,
          "leave `bridge` out to get a generated name");
      return;
    }
    if (chosen.containsValue(name)) {
      report.add(
          Code.BB305, place, "bridge `" + name + "` is named by two networks", "a name of its own");
      return;
    }
    chosen.put(Key.bridge(id, network.name()), name);
    ledger
        .bridges
        .claim(name, id, place)
        .ifPresent(holder -> {
          Location other = holder.place().orElseGet(() -> Location.ofFile(holder.tenant(), "", ""));
          report.add(
              new Diagnostic(
                  Code.BB402,
                  "bridge `" + name + "` is claimed by two tenants",
                  place,
                  "a name no other tenant uses",
                  "leave `bridge` out to get a generated name",
                  List.of(
                      new Diagnostic.Note(
                          "first claimed by tenant `" + holder.tenant() + "`", other))));
        });
  }

  private void claimSubnet(Tenant.Network network, Report report) {
    Location place = network.origin().at("/ipv4");
    boolean routed = network.mode() == Tenant.Network.Mode.ROUTED;
    Optional<Subnet> wish =
        Subnet.parse(network.ipv4()).filter(routed ? this::isDelegated : ledger.subnets::isAllowed);
    if (wish.isEmpty() && routed) {
      notDelegated(network, "/ipv4", network.ipv4(), report);
      return;
    }
    if (wish.isEmpty()) {
      report.add(
          Code.BB209,
          place,
          "network `" + network.name() + "` cannot have the subnet " + Quote.quote(network.ipv4()),
          "a subnet of "
              + ledger.subnets.pool()
              + " with a prefix length of "
              + Subnets.WIDEST
              + " to "
              + Subnets.NARROWEST
              + ", without host bits",
          "leave `ipv4` out to get a free subnet");
      return;
    }
    Subnet subnet = wish.get();
    if (subnets.values().stream().anyMatch(subnet::overlaps)) {
      String message = "subnet " + subnet + " overlaps that of another network of the tenant";
      report.add(Code.BB305, place, message, "a subnet of its own");
    } else if (ledger.subnets.isForeign(subnet, id)) {
      report.add(
          Code.BB406,
          place,
          "subnet " + subnet + " is taken",
          "a free subnet of " + ledger.subnets.pool(),
          "leave `ipv4` out to get a free subnet");
    } else {
      ledger.subnets.hold(subnet, id.value());
      subnets.put(network.name(), subnet);
    }
  }

  private void claimSubnet6(Tenant.Network network, Report report) {
    Location place = network.origin().at("/ipv6");
    boolean routed = network.mode() == Tenant.Network.Mode.ROUTED;
    Optional<Subnet6> wish =
        Subnet6.parse(network.ipv6())
            .filter(routed ? this::isDelegated : ledger.subnets6::isAllowed);
    if (wish.isEmpty() && routed) {
      notDelegated(network, "/ipv6", network.ipv6(), report);
    } else if (wish.isEmpty()) {
      report.add(
          Code.BB209,
          place,
          "network `" + network.name() + "` cannot have the subnet " + Quote.quote(network.ipv6()),
          "a /" + Subnet6.NETWORK + " of " + ledger.subnets6.pool(),
          "leave `ipv6` out to get a free subnet");
    } else if (subnets6.containsValue(wish.get())) {
      String message = "subnet " + wish.get() + " is that of another network of the tenant";
      report.add(Code.BB305, place, message, "a subnet of its own");
    } else if (ledger.subnets6.isForeign(wish.get(), id)) {
      report.add(
          Code.BB406,
          place,
          "subnet " + wish.get() + " is taken",
          "a free /" + Subnet6.NETWORK + " of " + ledger.subnets6.pool(),
          "leave `ipv6` out to get a free subnet");
    } else {
      ledger.subnets6.hold(wish.get(), id.value());
      subnets6.put(network.name(), wish.get());
    }
  }

  /** Whether the operator has the subnet routed to this host for the tenant. */
  private boolean isDelegated(Subnet subnet) {
    return subnet.prefix() >= Subnets.WIDEST
        && subnet.prefix() <= Subnets.NARROWEST
        && entry.prefixes().stream()
            .flatMap(text -> Subnet.parse(text).stream())
            .anyMatch(prefix -> prefix.contains(subnet));
  }

  private boolean isDelegated(Subnet6 subnet) {
    return subnet.prefix() == Subnet6.NETWORK
        && entry.prefixes().stream()
            .flatMap(text -> Subnet6.parse(text).stream())
            .anyMatch(prefix -> prefix.contains(subnet));
  }

  private void notDelegated(Tenant.Network network, String pointer, String subnet, Report report) {
    List<String> prefixes = entry.prefixes();
    report.add(
        Code.BB209,
        network.origin().at(pointer),
        "subnet " + Quote.quote(subnet) + " is not routed to this host for the tenant",
        prefixes.isEmpty()
            ? "a subnet the registry lists in `prefixes` of the tenant, which has none"
            : "a subnet of " + String.join(", ", prefixes) + ", its prefix from 24 to 29 or 64",
        "ask the host operator to add it to `prefixes` in the registry");
  }

  private void chooseBridge(Tenant.Network network) {
    String key = Key.bridge(id, network.name());
    if (chosen.containsKey(key)) {
      return;
    }
    String had = before.get(key);
    boolean free = had != null && !chosen.containsValue(had);
    chosen.put(
        key, free ? Objects.requireNonNull(had) : ledger.bridges.allocate(id, network.name()));
  }

  private void chooseSubnet(Tenant.Network network, Report report) {
    String key = Key.subnet(id, network.name());
    Subnet wish = subnets.get(network.name());
    Optional<Subnet> subnet =
        wish != null
            ? Optional.of(wish)
            : Optional.ofNullable(before.get(key))
                .flatMap(Subnet::parse)
                .filter(ledger.subnets::isAllowed)
                .filter(had -> subnets.values().stream().noneMatch(had::overlaps))
                .or(() -> ledger.subnets.allocate(id));
    if (subnet.isEmpty()) {
      report.add(
          Code.BB406,
          network.origin().at(""),
          "no subnet is left for network `" + network.name() + "`",
          "a free /" + Subnets.WIDEST + " in " + ledger.subnets.pool(),
          "ask the host operator to widen `network/ipv4Pool` of the system repository");
      return;
    }
    subnets.put(network.name(), subnet.get());
    chosen.put(key, subnet.get().toString());
  }

  private void chooseSubnet6(Tenant.Network network, Report report) {
    String key = Key.subnet6(id, network.name());
    Subnet6 wish = subnets6.get(network.name());
    Optional<Subnet6> subnet =
        wish != null
            ? Optional.of(wish)
            : Optional.ofNullable(before.get(key))
                .flatMap(Subnet6::parse)
                .filter(ledger.subnets6::isAllowed)
                .filter(had -> !subnets6.containsValue(had))
                .or(() -> ledger.subnets6.allocate(id));
    if (subnet.isEmpty()) {
      report.add(
          Code.BB406,
          network.origin().at(""),
          "no IPv6 subnet is left for network `" + network.name() + "`",
          "a free /" + Subnet6.NETWORK + " in " + ledger.subnets6.pool(),
          "ask the host operator to widen `network/ipv6Pool` of the system repository");
      return;
    }
    subnets6.put(network.name(), subnet.get());
    chosen.put(key, subnet.get().toString());
  }

  /** The networks with their interfaces and subnets, as declared. */
  List<ResolvedTenant.Network> networks() {
    List<ResolvedTenant.Network> networks = new ArrayList<>();
    for (Tenant.Network network : bridged) {
      Subnet subnet = subnet(network);
      Subnet6 subnet6 = subnet6(network);
      Optional<ResolvedTenant.Span> span = spans.of(network);
      networks.add(
          new ResolvedTenant.Network(
              network.name(),
              network.mode(),
              get(Key.bridge(id, network.name())),
              subnet.gateway(),
              subnet.prefix(),
              subnet6.toString(),
              subnet6.gateway(),
              crossed(network),
              network.dhcp(),
              network.dns(),
              mtu(network),
              network.bandwidth(),
              span,
              isDelegated(subnet),
              isDelegated(subnet6)));
    }
    return networks;
  }

  private String get(String key) {
    return Objects.requireNonNull(chosen.get(key), key);
  }
}
