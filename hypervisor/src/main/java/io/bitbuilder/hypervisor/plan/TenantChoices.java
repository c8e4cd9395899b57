package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The choices for one tenant: what it had as far as that still holds, what it wishes, and new ones
 * for the rest. First {@link #claimWishes} for all tenants, then {@link #choose}.
 */
final class TenantChoices {
  private final Request request;
  private final Spans spans;
  private final TenantId id;
  private final Ledger ledger;
  private final SortedMap<String, String> before;
  private final SortedMap<String, String> chosen = new TreeMap<>();
  private final NetworkChoices networks;
  private final List<Guest> guests;
  private final TakenRanges ranges;

  TenantChoices(Request request, Spans spans, Ledger ledger, TakenRanges ranges) {
    this.request = request;
    this.spans = spans;
    this.ranges = ranges;
    this.id = request.id();
    this.ledger = ledger;
    this.before = ledger.of(id);
    this.networks = new NetworkChoices(request, spans, ledger, before, chosen);
    List<Guest> byUid = new ArrayList<>(request.tenant().guests());
    byUid.sort(Comparator.comparing(Guest::uid));
    this.guests = byUid;
  }

  Request request() {
    return request;
  }

  TenantId tenant() {
    return id;
  }

  /** All that is chosen for the tenant, also for what it does not declare at present. */
  SortedMap<String, String> entries() {
    return chosen;
  }

  /** Claims the names and subnets the tenant wishes for. */
  void claimWishes(Report report) {
    networks.claimWishes(report);
    guests.stream()
        .filter(Container.class::isInstance)
        .filter(guest -> networks.bridged().stream().anyMatch(network -> joins(guest, network)))
        .forEach(guest -> claimLink(guest, report));
  }

  /** No wish, but it follows from names alone, and there is no other one to be had. */
  private void claimLink(Guest guest, Report report) {
    String link = HostLinks.of(guest.name() + "." + id);
    boolean own = chosen.containsValue(link);
    Optional<String> other = ledger.links.claim(link, id);
    if (own || other.isPresent()) {
      report.add(
          own ? Code.BB305 : Code.BB401,
          guest.origin().at(""),
          "container `"
              + guest.name()
              + "` and one of "
              + (own ? "the same tenant" : "tenant `" + other.get() + "`")
              + " would both have the interface `"
              + link
              + "` on the host",
          "a name whose interface no other container has",
          "rename its directory; with `uid: "
              + guest.uid()
              + "` in config.yaml it keeps its address and data");
      return;
    }
    chosen.put(Key.link(id, guest.uid()), link);
  }

  /** Chooses everything else. */
  void choose(Report report) {
    networks.choose(report);
    for (Guest guest : guests) {
      chooseIdentity(guest, report);
    }
    List<TunnelRanges.Taken> taken = ranges.of(id);
    taken.addAll(networks.taken());
    new TunnelChoices(request, ledger).choose(before, chosen, taken, report);
    if (report.hasErrors()) {
      return;
    }
    keepUnused();
    for (Tenant.Network network : networks.bridged()) {
      chooseAddresses(network, report);
    }
  }

  private void chooseIdentity(Guest guest, Report report) {
    String uid = guest.uid();
    String key = Key.uid(id, uid);
    String had = before.get(key);
    OptionalLong base = had != null ? OptionalLong.of(Long.parseLong(had)) : ledger.uids.allocate();
    if (base.isEmpty()) {
      report.add(
          Code.BB405,
          guest.origin().at(""),
          "no UID range is left for " + guest.kind() + " `" + guest.name() + "`",
          "a free range of " + UidRanges.SIZE + " UIDs on this host",
          "ask the host operator to place the tenant on another host");
      return;
    }
    chosen.put(key, String.valueOf(base.getAsLong()));
    chosen.put(
        Key.mac(id, uid),
        Objects.requireNonNullElseGet(
            before.get(Key.mac(id, uid)), () -> ledger.allocateMac(id, uid)));
    chosen.put(
        Key.machineId(id, uid),
        Objects.requireNonNullElseGet(
            before.get(Key.machineId(id, uid)), () -> ledger.allocateMachineId(id, uid)));
  }

  /**
   * Keeps what the tenant had for guests and networks it does not declare at present, the first of
   * them by name, as many as its quota and the limit of networks leave room for.
   */
  private void keepUnused() {
    Quota quota = request.entry().quota();
    int roomOfGuests = quota.containers() + quota.machines() - guests.size();
    int roomOfNetworks = Quotas.NETWORKS - networks.bridged().size();
    SortedMap<String, Boolean> keptGuests = new TreeMap<>();
    SortedMap<String, Boolean> keptNetworks = new TreeMap<>();
    guests.forEach(guest -> keptGuests.put(guest.uid(), true));
    networks.bridged().forEach(network -> keptNetworks.put(network.name().value(), true));
    List<Subnet> own = networks.subnets();
    List<String> names = List.copyOf(chosen.values());
    for (Map.Entry<String, String> entry : before.entrySet()) {
      Key key = Key.of(entry.getKey());
      if (key.kind() == Key.Kind.UID && !keptGuests.containsKey(key.guest())) {
        keptGuests.put(key.guest(), roomOfGuests-- > 0);
      }
      if (key.kind() == Key.Kind.SUBNET && !keptNetworks.containsKey(key.network())) {
        Subnet subnet = Subnet.parse(entry.getValue()).orElseThrow();
        String bridge = before.getOrDefault(Key.bridge(id, new ResourceName(key.network())), "");
        boolean free = own.stream().noneMatch(subnet::overlaps) && !names.contains(bridge);
        keptNetworks.put(key.network(), free && roomOfNetworks-- > 0);
      }
    }
    before.forEach((text, value) -> {
      Key key = Key.of(text);
      boolean ofKept =
          (key.guest().isEmpty() || keptGuests.getOrDefault(key.guest(), false))
              && (key.network().isEmpty() || keptNetworks.getOrDefault(key.network(), false));
      // A link that nothing is at the end of is free, and so is the number of a tunnel that is
      // none.
      if (ofKept && key.kind() != Key.Kind.LINK && key.kind() != Key.Kind.TUNNEL) {
        chosen.putIfAbsent(text, value);
      }
    });
  }

  private void chooseAddresses(Tenant.Network network, Report report) {
    String prefix = Key.address(id, network.name(), "");
    SortedMap<String, String> had = new TreeMap<>();
    chosen
        .subMap(prefix, prefix + Character.MAX_VALUE)
        .forEach((key, address) -> had.put(key.substring(prefix.length()), address));
    had.keySet().forEach(uid -> chosen.remove(prefix + uid));
    Subnet subnet = networks.subnet(network);
    Addresses addresses = new Addresses(spans.part(network, subnet), had);
    Set<String> declared = guests.stream().map(Guest::uid).collect(Collectors.toSet());
    for (Guest guest : guests) {
      if (joins(guest, network) && addresses.allocate(guest.uid(), declared).isEmpty()) {
        report.add(
            Code.BB406,
            guest.origin().at("/networks"),
            "no address is left for "
                + guest.kind()
                + " `"
                + guest.name()
                + "` in network `"
                + network.name()
                + "`",
            "at most "
                + spans.part(network, subnet).room()
                + " containers and machines of this host in "
                + subnet,
            "give it another network of the tenant");
      }
    }
    addresses.byGuest().forEach((uid, address) -> chosen.put(prefix + uid, address));
  }

  private static boolean joins(Guest guest, Tenant.Network network) {
    return guest.networks().contains(network.name());
  }

  /** The networks with their interfaces and subnets, as declared. */
  List<ResolvedTenant.Network> networks() {
    return networks.networks();
  }

  long uidBase(Guest guest) {
    return Long.parseLong(get(Key.uid(id, guest.uid())));
  }

  String machineId(Guest guest) {
    return get(Key.machineId(id, guest.uid()));
  }

  /** The guest's place in its network. */
  Optional<ResolvedTenant.Port> port(Guest guest) {
    return networks.bridged().stream()
        .filter(network -> joins(guest, network))
        .findFirst()
        .map(network -> {
          Subnet subnet = networks.subnet(network);
          Subnet6 subnet6 = networks.subnet6(network);
          String mac = get(Key.mac(id, guest.uid()));
          return new ResolvedTenant.Port(
              network.name(),
              get(Key.bridge(id, network.name())),
              link(guest),
              mac,
              get(Key.address(id, network.name(), guest.uid())),
              subnet.prefix(),
              networks.crossed(network) ? subnet.gateway() : "",
              subnet6.address(mac),
              networks.crossed(network) ? subnet6.gateway() : "",
              networks.mtu(network));
        });
  }

  private String link(Guest guest) {
    return guest instanceof Container
        ? get(Key.link(id, guest.uid()))
        : ResolvedTenant.ResolvedMachine.link(uidBase(guest));
  }

  private String get(String key) {
    return Objects.requireNonNull(chosen.get(key), key);
  }
}
