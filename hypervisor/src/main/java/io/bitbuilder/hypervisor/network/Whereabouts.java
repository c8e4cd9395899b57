package io.bitbuilder.hypervisor.network;

import io.bitbuilder.hypervisor.model.AddressRange;
import io.bitbuilder.hypervisor.model.Tenant.Network.Mode;
import io.bitbuilder.hypervisor.model.TenantId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Who has which address: guests and the host in the networks of tenants, and nobody of them. */
public final class Whereabouts {
  /** Addresses of IPv4 that nobody outside has (RFC 6890). */
  private static final List<String> RESERVED =
      List.of(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.168.0.0/16",
          "224.0.0.0/3");

  private final Applied applied;
  private final Map<TenantId, Topology> topologies = new HashMap<>();
  private final Map<TenantId, NftFile> files = new HashMap<>();
  private final Map<AddressRange, End.OfGuest> guests = new HashMap<>();

  Whereabouts(Applied applied) {
    this.applied = applied;
  }

  void add(TenantId tenant, Topology topology, List<End.Guest> members, NftFile file) {
    topologies.put(tenant, topology);
    files.put(tenant, file);
    for (End.Guest member : members) {
      End.OfGuest guest = new End.OfGuest(tenant, member);
      for (String address : List.of(member.address(), member.address6())) {
        AddressRange.parse(address).ifPresent(one -> guests.put(one, guest));
      }
      applied.addresses(member.link()).forEach(own -> guests.putIfAbsent(own, guest));
    }
  }

  Optional<End.OfGuest> guest(AddressRange address) {
    return Optional.ofNullable(guests.get(address));
  }

  /** What a guest may send from, of one family. */
  public List<AddressRange> addresses(End.OfGuest guest, boolean six) {
    return applied.addresses(guest.member().link()).stream()
        .filter(address -> address.six() == six)
        .toList();
  }

  /** Whether an interface is a network of a tenant. */
  public boolean isNetwork(String link) {
    return topologies.values().stream().anyMatch(topology -> topology.on(link).isPresent());
  }

  /** The host's address on a network. */
  public Optional<AddressRange> gateway(String bridge, boolean six) {
    return applied.gateways(bridge).stream().filter(address -> address.six() == six).findFirst();
  }

  /** The end that an address is by the networks of tenants alone; empty when it is beyond them. */
  public Optional<End> end(AddressRange address) {
    End.OfGuest guest = guests.get(address);
    if (guest != null) {
      return Optional.of(guest);
    }
    for (Topology topology : topologies.values()) {
      for (Topology.Net net : topology.networks()) {
        String own = address.six() ? net.address6() : net.address();
        Optional<AddressRange> subnet = AddressRange.parse(own);
        if (subnet.filter(range -> range.contains(address)).isPresent()) {
          return Optional.of(
              applied.isGateway(net.bridge(), address)
                  ? new End.OfHost()
                  : net.mode() == Mode.VXLAN
                      ? new End.Elsewhere(net.bridge())
                      : new End.Nobody(net.bridge()));
        }
      }
    }
    return Optional.empty();
  }

  /** An address outside that nothing in the tenant's rules is about, as far as there is one. */
  public AddressRange outsider(TenantId tenant, boolean six) {
    List<AddressRange> holes = new ArrayList<>(ranges(tenant, six, false));
    RESERVED.forEach(text -> AddressRange.parse(text).ifPresent(holes::add));
    holes.removeIf(range -> range.prefix() == 0);
    AddressRange all = AddressRange.parse(six ? "2000::/3" : "0.0.0.0/0").orElseThrow();
    return all.outside(holes)
        .orElseGet(() -> AddressRange.parse(six ? "2000::" : "1.0.0.0").orElseThrow());
  }

  /**
   * Addresses outside that the tenant's rules name, one of each range: for those another rule may
   * decide than for everybody else. By range.
   */
  public Map<AddressRange, AddressRange> named(TenantId tenant, boolean six) {
    Map<AddressRange, AddressRange> named = new LinkedHashMap<>();
    List<AddressRange> ranges = ranges(tenant, six, true);
    for (AddressRange range : ranges) {
      if (range.prefix() == 0) {
        continue; // everybody
      }
      List<AddressRange> narrower =
          ranges.stream().filter(one -> range.contains(one) && !one.equals(range)).toList();
      range
          .outside(narrower)
          .filter(address -> end(address).isEmpty())
          .ifPresent(address -> named.put(range, address));
    }
    return named;
  }

  private List<AddressRange> ranges(TenantId tenant, boolean six, boolean written) {
    NftFile file = files.get(tenant);
    return file == null
        ? List.of()
        : file.chains().values().stream()
            .flatMap(List::stream)
            .filter(rule -> rule.number() > 0 || !written)
            .flatMap(rule -> rule.matches().stream())
            .flatMap(match ->
                match instanceof NftRule.Match.Addresses(_, var of) ? of.stream() : Stream.of())
            .filter(range -> range.six() == six && !guests.containsKey(range))
            .distinct()
            .toList();
  }
}
