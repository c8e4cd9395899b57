package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.Firewall;
import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.model.Tunnel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;

/** The choices for the tunnels of one tenant, and whether it may have them. */
final class TunnelChoices {
  /** Tunnels one tenant may have: each is a rule that every packet of the host passes. */
  static final int TUNNELS = 16;

  /** Ranges behind all peers of one tenant. */
  static final int RANGES = 1024;

  private final Request request;
  private final Ledger ledger;

  TunnelChoices(Request request, Ledger ledger) {
    this.request = request;
    this.ledger = ledger;
  }

  /**
   * Chooses a number for each tunnel, and reports what none may have.
   *
   * @param before what was chosen for the tenant so far
   * @param chosen takes the choices
   * @param taken what no peer of the tenant can have behind it
   */
  void choose(
      SortedMap<String, String> before,
      SortedMap<String, String> chosen,
      List<TunnelRanges.Taken> taken,
      Report report) {
    List<Tunnel> tunnels = request.tenant().tunnels();
    if (tunnels.isEmpty()) {
      return;
    }
    TenantId id = request.id();
    count(tunnels, report);
    checkPorts(tunnels, report);
    TunnelRanges ranges = new TunnelRanges(id, taken, report);
    for (Tunnel tunnel : tunnels) {
      checkNetworks(tunnel, report);
      ranges.check(tunnel);
      String key = Key.tunnel(id, tunnel.name());
      String had = before.get(key);
      chosen.put(
          key, had != null ? had : String.valueOf(ledger.tunnels.allocate(id, tunnel.name())));
    }
  }

  private void count(List<Tunnel> tunnels, Report report) {
    if (tunnels.size() > TUNNELS) {
      report.add(
          Code.BB403,
          tunnels.get(TUNNELS).origin().at(""),
          tooMany(tunnels.size() + " tunnels", TUNNELS),
          "at most " + TUNNELS + " tunnels",
          "let peers share a tunnel");
    }
    int ranges = 0;
    for (Tunnel tunnel : tunnels) {
      ranges += tunnel.peers().stream().mapToInt(peer -> peer.allowedIps().size()).sum();
      if (ranges > RANGES) {
        report.add(
            Code.BB403,
            tunnel.origin().at("/peers"),
            tooMany("more than " + RANGES + " ranges behind peers", RANGES),
            "at most " + RANGES + " ranges behind all peers",
            "name wider ranges");
        return;
      }
    }
  }

  private String tooMany(String what, int most) {
    return "tenant `" + request.id() + "` declares " + what + ", a tenant can have " + most;
  }

  private void checkNetworks(Tunnel tunnel, Report report) {
    for (int i = 0; i < tunnel.networks().size(); i++) {
      ResourceName name = tunnel.networks().get(i);
      Location place = tunnel.origin().at("/networks/" + i);
      Tenant.Network.Mode mode =
          request.tenant().networks().stream()
              .filter(network -> network.name().equals(name))
              .findFirst()
              .map(Tenant.Network::mode)
              .orElse(null);
      if (mode == null) {
        report.add(
            Code.BB304,
            place,
            "network `" + name + "` is not declared",
            "a network of the tenant",
            "declare it in network/topology.yaml");
      } else if (mode == Tenant.Network.Mode.NONE) {
        report.add(
            Code.BB213,
            place,
            "network `" + name + "` is of mode `none`, so nobody is in it",
            "a network with another mode",
            "");
      }
    }
  }

  /** Only what the registry gives the tenant, each port once. */
  private void checkPorts(List<Tunnel> tunnels, Report report) {
    Map<Integer, Location> seen = new HashMap<>();
    for (Guest guest : request.tenant().guests()) {
      for (Guest.Published port : guest.ports()) {
        if (port.protocol() == Firewall.Protocol.UDP) {
          seen.put(port.host(), port.origin().at("/host"));
        }
      }
    }
    for (Tunnel tunnel : tunnels) {
      int port = tunnel.listenPort();
      if (port == 0) {
        continue;
      }
      Location place = tunnel.origin().at("/listenPort");
      PublishedPorts.granted(request, port, place, report);
      Location first = seen.putIfAbsent(port, place);
      if (first != null) {
        report.add(
            new Diagnostic(
                Code.BB305,
                "port " + port + "/udp is used twice",
                place,
                "every port once",
                "",
                List.of(new Diagnostic.Note("first used at", first))));
      }
    }
  }

  /** The tunnels with all that was chosen for them. */
  static List<ResolvedTenant.ResolvedTunnel> resolve(
      Request request, SortedMap<String, String> chosen) {
    List<ResolvedTenant.ResolvedTunnel> tunnels = new ArrayList<>();
    for (Tunnel tunnel : request.tenant().tunnels()) {
      String number = chosen.get(Key.tunnel(request.id(), tunnel.name()));
      tunnels.add(
          new ResolvedTenant.ResolvedTunnel(
              tunnel, Integer.parseInt(Objects.requireNonNull(number))));
    }
    return tunnels;
  }
}
