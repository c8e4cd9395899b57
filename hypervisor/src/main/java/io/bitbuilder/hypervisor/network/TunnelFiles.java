package io.bitbuilder.hypervisor.network;

import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.model.Tunnel;
import io.bitbuilder.hypervisor.networkd.TemplateKind;
import io.bitbuilder.hypervisor.networkd.Templates;
import io.bitbuilder.hypervisor.networkd.Variable;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Network;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedTunnel;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The tunnels of a tenant. {@code wireguard/<link>.conf} is for tenant-wireguard@, which makes the
 * interface and tells the kernel of its peers; routes are for networkd. They are in a table of
 * their own, which only packets from the networks of the tunnel look into: whatever lies behind a
 * peer, nobody else's way there changes.
 */
public final class TunnelFiles {
  /** What is to be asked of WireGuard; not among the files networkd is given. */
  private static final String DIRECTORY = "wireguard/";

  /** Before the rule of the main table, after that of the local one (ip-rule(8)). */
  private static final String PRIORITY = "20000";

  /** What is left of 1500 bytes over IPv6. */
  private static final String MTU = "1420";

  private TunnelFiles() {}

  /** The files of all tunnels, by path. */
  public static SortedMap<String, UnitFile> of(ResolvedTenant tenant, Templates templates) {
    SortedMap<String, UnitFile> files = new TreeMap<>();
    for (ResolvedTunnel tunnel : tenant.tunnels()) {
      files.put(DIRECTORY + tunnel.link() + ".conf", file(tenant.id(), tunnel));
      files.put(
          "network/40-" + tunnel.link() + ".network",
          templates.fill(
              TemplateKind.TUNNEL_LINK,
              link(tenant, tunnel, templates),
              Map.of(
                  Variable.TENANT, tenant.id().value(),
                  Variable.TUNNEL, tunnel.declared().name().value(),
                  Variable.INTERFACE, tunnel.link(),
                  Variable.DOMAIN, NetworkFiles.domain(tenant.id()))));
    }
    return files;
  }

  /** What the operator knows the credentials by that the tunnels of a tenant need. */
  public static SortedSet<String> credentials(ResolvedTenant tenant) {
    SortedSet<String> names = new TreeSet<>();
    for (ResolvedTunnel tunnel : tenant.tunnels()) {
      if (!tunnel.declared().isGenerated()) {
        names.add(credential(tenant.id(), tunnel.declared().privateKey()));
      }
      for (Tunnel.Peer peer : tunnel.declared().peers()) {
        if (!peer.presharedKey().isEmpty()) {
          names.add(credential(tenant.id(), peer.presharedKey()));
        }
      }
    }
    return names;
  }

  /** Whether a peer is called by a name, which may be known later and change. */
  public static boolean areNamed(ResolvedTenant tenant) {
    return tenant.tunnels().stream()
        .flatMap(tunnel -> tunnel.declared().peers().stream())
        .map(Tunnel.Peer::endpoint)
        .anyMatch(endpoint ->
            !endpoint.startsWith("[") && endpoint.chars().anyMatch(Character::isLetter));
  }

  /** Keys are named here and nowhere in full. */
  private static UnitFile file(TenantId tenant, ResolvedTunnel resolved) {
    Tunnel tunnel = resolved.declared();
    UnitFile.Builder file =
        UnitFile.builder()
            .section("Tunnel")
            .set("Name", tunnel.name().value())
            .set(
                "PrivateKey",
                tunnel.isGenerated() ? "generate" : credential(tenant, tunnel.privateKey()))
            .set("ListenPort", String.valueOf(tunnel.listenPort()));
    for (Tunnel.Peer peer : tunnel.peers()) {
      file.section("Peer");
      if (!peer.name().isEmpty()) {
        file.set("Name", peer.name());
      }
      file.set("PublicKey", peer.publicKey());
      if (!peer.presharedKey().isEmpty()) {
        file.set("PresharedKey", credential(tenant, peer.presharedKey()));
      }
      file.set("AllowedIPs", String.join(",", sorted(peer.allowedIps())));
      if (!peer.endpoint().isEmpty()) {
        file.set("Endpoint", peer.endpoint());
      }
      file.set("PersistentKeepalive", String.valueOf(peer.keepalive()));
    }
    return file.build();
  }

  /** A credential is named like a file, and here it is neither a pattern nor a specifier. */
  private static String credential(TenantId tenant, String name) {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,127}")) {
      throw new IllegalArgumentException("not the name of a credential");
    }
    return "tenant." + tenant + "." + name;
  }

  private static UnitFile link(ResolvedTenant tenant, ResolvedTunnel tunnel, Templates templates) {
    UnitFile.Builder file =
        UnitFile.builder()
            .section("Match")
            .set("Name", tunnel.link())
            .set("Kind", "wireguard")
            .section("Link")
            .set("RequiredForOnline", false)
            .set("MTUBytes", mtu(tunnel, templates));
    file.section("Network")
        .set("LinkLocalAddressing", false)
        .set("IPv6AcceptRA", false)
        .set("IPv4Forwarding", true)
        .set("IPv6Forwarding", true)
        // Where a packet comes from is checked by WireGuard; the main table knows nothing of it.
        .set("IPv4ReversePathFilter", "no");
    List<Network> networks = networks(tenant, tunnel);
    for (String range : ranges(tunnel)) {
      file.section("Route")
          .set("Destination", range)
          // What the host itself has to say on the way comes from where the peers can reach.
          .set(
              "PreferredSource",
              range.indexOf(':') < 0
                  ? networks.getFirst().gateway()
                  : networks.getFirst().gateway6())
          .set("Table", String.valueOf(tunnel.table()));
    }
    for (Network network : networks) {
      file.section("RoutingPolicyRule")
          .set("IncomingInterface", network.bridge())
          .set("Table", String.valueOf(tunnel.table()))
          .set("Priority", PRIORITY)
          .set("Family", "both");
    }
    return file.build();
  }

  /** What the tenant says, or else the operator, or else what WireGuard itself would take. */
  private static String mtu(ResolvedTunnel tunnel, Templates templates) {
    return tunnel.declared().mtu() > 0
        ? String.valueOf(tunnel.declared().mtu())
        : templates.value(TemplateKind.TUNNEL_DEVICE, "NetDev", "MTUBytes").orElse(MTU);
  }

  /** The networks its peers reach, in order of their names. */
  static List<Network> networks(ResolvedTenant tenant, ResolvedTunnel tunnel) {
    List<Network> networks = new ArrayList<>();
    for (Network network : tenant.networks()) {
      if (tunnel.declared().networks().contains(network.name())) {
        networks.add(network);
      }
    }
    networks.sort((one, other) -> one.name().compareTo(other.name()));
    return networks;
  }

  private static SortedSet<String> ranges(ResolvedTunnel tunnel) {
    SortedSet<String> ranges = new TreeSet<>();
    tunnel.declared().peers().forEach(peer -> ranges.addAll(peer.allowedIps()));
    return ranges;
  }

  private static List<String> sorted(List<String> texts) {
    List<String> sorted = new ArrayList<>(texts);
    Collections.sort(sorted);
    return sorted;
  }
}
