package io.bitbuilder.hypervisor.network;

import io.bitbuilder.hypervisor.model.AddressRange;
import io.bitbuilder.hypervisor.model.Firewall;
import io.bitbuilder.hypervisor.model.Firewall.Action;
import io.bitbuilder.hypervisor.model.Firewall.Party;
import io.bitbuilder.hypervisor.model.Firewall.Policy;
import io.bitbuilder.hypervisor.model.Firewall.Protocol;
import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Tenant.Network.Mode;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Network;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedContainer;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What may pass according to what tenants declare, said once more and without nftables: rules are
 * asked in order, then policies.
 */
final class Model {
  private final List<ResolvedTenant> tenants;
  private final Set<String> uplinks;

  Model(List<ResolvedTenant> tenants, Set<String> uplinks) {
    this.tenants = tenants;
    this.uplinks = uplinks;
  }

  boolean passes(End from, End to, Packet packet) {
    return switch (from) {
      case End.OfHost _ -> true;
      case End.OfGuest guest ->
          owns(guest, packet.from())
              && switch (to) {
                case End.OfGuest other -> between(guest, other, packet);
                case End.OfHost _ -> served(guest, packet);
                case End.Beyond(String link) when isTunnel(link) ->
                    tunnelled(link, guest, true, packet);
                case End.Beyond(String link) -> uplinks.contains(link) && outwards(guest, packet);
                case End.Elsewhere _, End.Nobody _ -> false;
              }
              && !isForClientsOfDhcp(packet);
      case End.Beyond(String link) ->
          switch (to) {
            case End.OfGuest guest when isTunnel(link) -> tunnelled(link, guest, false, packet);
            case End.OfGuest guest -> uplinks.contains(link) && inwards(guest, packet, false);
            case End.OfHost _ when isTunnel(link) -> false;
            case End.OfHost _ -> toHost(uplinks.contains(link), packet);
            case End.Beyond _ -> true;
            case End.Elsewhere _, End.Nobody _ -> false;
          };
      case End.Elsewhere _, End.Nobody _ -> false;
    };
  }

  private static boolean owns(End.OfGuest guest, AddressRange address) {
    return List.of(guest.member().address(), guest.member().address6()).stream()
        .anyMatch(own -> AddressRange.parse(own).orElseThrow().equals(address));
  }

  private boolean between(End.OfGuest from, End.OfGuest to, Packet packet) {
    if (!from.tenant().equals(to.tenant())) {
      return false;
    }
    ResolvedTenant tenant = tenant(from);
    Policy sender = policy(tenant, from);
    boolean same = from.member().network().equals(to.member().network());
    boolean otherwise = same ? sender.within() : sender.out() && policy(tenant, to).in();
    return rules(tenant, Optional.of(from), Optional.of(to), packet).orElse(otherwise);
  }

  private static boolean isGateway(Network network, AddressRange address) {
    return List.of(network.gateway(), network.gateway6()).stream()
        .anyMatch(own -> AddressRange.parse(own).orElseThrow().equals(address));
  }

  private boolean served(End.OfGuest guest, Packet packet) {
    boolean dhcp = packet.protocol() == Protocol.UDP && packet.port() == 67;
    boolean dns = packet.protocol() != Protocol.ICMP && packet.port() == 53;
    return dhcp || (dns && isGateway(network(tenant(guest), guest), packet.to()));
  }

  private boolean outwards(End.OfGuest guest, Packet packet) {
    ResolvedTenant tenant = tenant(guest);
    Network network = network(tenant, guest);
    boolean protectedAddress =
        tenant.outside().protect().stream()
            .anyMatch(range -> AddressRange.parse(range).orElseThrow().contains(packet.to()));
    boolean known =
        network.mode() == Mode.NAT || (packet.six() ? network.routed6() : network.routed4());
    return network.mode().leads()
        && !protectedAddress
        && known
        && rules(tenant, Optional.of(guest), Optional.empty(), packet)
            .orElse(policy(tenant, guest).out());
  }

  private boolean inwards(End.OfGuest guest, Packet packet, boolean published) {
    ResolvedTenant tenant = tenant(guest);
    return network(tenant, guest).mode().leads()
        && rules(tenant, Optional.empty(), Optional.of(guest), packet)
            .orElse(published || policy(tenant, guest).in());
  }

  private static boolean isTunnel(String link) {
    return link.startsWith("bw-");
  }

  /** Between a guest and what is behind a tunnel, which no rule calls outside. */
  private boolean tunnelled(String link, End.OfGuest guest, boolean outwards, Packet packet) {
    ResolvedTenant tenant = tenant(guest);
    ResourceName network = network(tenant, guest).name();
    boolean leads =
        tenant.tunnels().stream()
            .anyMatch(
                one -> one.link().equals(link) && one.declared().networks().contains(network));
    ResolvedTenant without =
        new ResolvedTenant(
            tenant.id(),
            tenant.name(),
            tenant.commit(),
            tenant.claim(),
            tenant.limits(),
            tenant.networks(),
            tenant.containers(),
            tenant.machines(),
            tenant.tunnels(),
            new Firewall(
                tenant.firewall().policies(),
                tenant.firewall().rules().stream()
                    .filter(
                        rule -> !(outwards ? rule.to() : rule.from()).equals(new Party.Outside()))
                    .toList()),
            tenant.outside(),
            tenant.scripts(),
            tenant.secrets());
    Optional<End.OfGuest> here = Optional.of(guest);
    return leads
        && (outwards
                ? rules(without, here, Optional.empty(), packet)
                : rules(without, Optional.empty(), here, packet))
            .orElse(true);
  }

  private static boolean isForClientsOfDhcp(Packet packet) {
    return packet.protocol() == Protocol.UDP && packet.port() == (packet.six() ? 546 : 68);
  }

  /** Through an uplink: ports that are published lead to guests, all else to the host. */
  private boolean toHost(boolean uplink, Packet packet) {
    for (ResolvedTenant tenant : uplink ? tenants : List.<ResolvedTenant>of()) {
      for (ResolvedContainer container : tenant.containers()) {
        for (Guest.Published port : container.declared().ports()) {
          if (port.host() == packet.port()
              && port.protocol() == packet.protocol()
              && container.port().isPresent()) {
            var place = container.port().get();
            String address = packet.six() ? place.address6() : place.address();
            End.OfGuest guest =
                new End.OfGuest(
                    tenant.id(),
                    new End.Guest(
                        container.declared().name().value(),
                        place.network().value(),
                        place.bridge(),
                        place.link(),
                        place.address(),
                        place.address6()));
            return inwards(
                guest, packet.to(AddressRange.parse(address).orElseThrow(), port.guest()), true);
          }
        }
      }
    }
    return tenants.stream()
        .flatMap(tenant -> tenant.networks().stream())
        .noneMatch(network -> isGateway(network, packet.to()));
  }

  private Optional<Boolean> rules(
      ResolvedTenant tenant, Optional<End.OfGuest> from, Optional<End.OfGuest> to, Packet packet) {
    for (Firewall.Rule rule : tenant.firewall().rules()) {
      boolean ports =
          rule.ports().isEmpty()
              || rule.ports().stream().anyMatch(range -> range.contains(packet.port()));
      boolean protocol =
          rule.protocol() == Protocol.ANY || (rule.protocol() == packet.protocol() && ports);
      if (protocol && fits(rule.from(), from, packet.from()) && fits(rule.to(), to, packet.to())) {
        return Optional.of(rule.action() == Action.ACCEPT);
      }
    }
    return Optional.empty();
  }

  private static boolean fits(Party party, Optional<End.OfGuest> who, AddressRange address) {
    return switch (party) {
      case Party.Any _ -> true;
      case Party.Outside _ -> who.isEmpty();
      case Party.OfNetwork(var name) ->
          who.filter(guest -> guest.member().network().equals(name.value())).isPresent();
      case Party.Guests(var names) ->
          who.filter(guest -> names.contains(new ResourceName(guest.member().name()))).isPresent();
      case Party.Range(var cidr) -> AddressRange.parse(cidr).orElseThrow().contains(address);
    };
  }

  private ResolvedTenant tenant(End.OfGuest guest) {
    return tenants.stream()
        .filter(tenant -> tenant.id().equals(guest.tenant()))
        .findFirst()
        .orElseThrow();
  }

  private static Network network(ResolvedTenant tenant, End.OfGuest guest) {
    return tenant.networks().stream()
        .filter(network -> network.name().value().equals(guest.member().network()))
        .findFirst()
        .orElseThrow();
  }

  private static Policy policy(ResolvedTenant tenant, End.OfGuest guest) {
    return tenant.firewall().policy(network(tenant, guest).name());
  }
}
