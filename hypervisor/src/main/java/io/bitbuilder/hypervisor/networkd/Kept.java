package io.bitbuilder.hypervisor.networkd;

import java.util.List;
import java.util.Optional;

/**
 * A setting the product keeps to itself, and why. What is not listed here and may not be set either
 * is merely not open to templates.
 *
 * @param key empty for all keys of the section
 */
public record Kept(FileKind kind, String section, String key, String why) {
  private static final String FORWARDING =
      "what is forwarded follows from the mode of the network, and the firewall says what may pass";
  private static final String NEIGHBOURS =
      "the host tells nothing of itself and believes nothing it hears on a tenant's network";
  private static final String ADDRESSES =
      "addresses are chosen when planning, so that no two networks share one";
  private static final String LEASES = "each guest has the one address the firewall lets it use";
  private static final String WAYS =
      "ways lead where the mode of the network says and nowhere else";
  private static final String FRAMES =
      "the bridge carries the frames the firewall knows, and no others";
  private static final String BANDWIDTH =
      "a queue stays on an interface when its section goes; `bandwidth` in network/topology.yaml is"
          + " the way to limit";

  private static final List<Kept> ALL =
      List.of(
          new Kept(FileKind.NETDEV, "Match", "", "a device is made for each network, always"),
          new Kept(
              FileKind.NETDEV,
              "NetDev",
              "Name",
              "names are chosen when planning, so that no two networks share one"),
          new Kept(FileKind.NETDEV, "NetDev", "Kind", "tenants are kept apart on this kind"),
          new Kept(
              FileKind.NETDEV,
              "NetDev",
              "MACAddress",
              "two networks with the same address would be taken for one"),
          new Kept(FileKind.NETDEV, "Bridge", "STP", "what guests send must not change the bridge"),
          new Kept(
              FileKind.NETDEV,
              "Bridge",
              "ForwardDelaySec",
              "guests ask for their address at once, and the bridge carries it at once"),
          new Kept(FileKind.NETDEV, "Bridge", "VLANFiltering", FRAMES),
          new Kept(FileKind.NETDEV, "Bridge", "VLANProtocol", FRAMES),
          new Kept(FileKind.NETDEV, "Bridge", "DefaultPVID", FRAMES),
          new Kept(FileKind.NETDEV, "Bridge", "GroupForwardMask", FRAMES),
          new Kept(
              FileKind.NETDEV,
              "WireGuard",
              "",
              "keys, ports and routes are the tenant's, from network/wireguard/"),
          new Kept(
              FileKind.NETDEV,
              "WireGuardPeer",
              "",
              "peers are the tenant's, from network/wireguard/"),
          new Kept(FileKind.NETDEV, "VXLAN", "VNI", "the registry gives a tenant its numbers"),
          new Kept(FileKind.NETDEV, "VXLAN", "Id", "the registry gives a tenant its numbers"),
          new Kept(FileKind.NETDEV, "VXLAN", "Remote", "who spans a network is said by the host"),
          new Kept(FileKind.NETDEV, "VXLAN", "Local", "who spans a network is said by the host"),
          new Kept(FileKind.NETDEV, "VXLAN", "Group", "who spans a network is said by the host"),
          new Kept(
              FileKind.NETDEV, "VXLAN", "DestinationPort", "all hosts have to use the same one"),
          new Kept(FileKind.NETDEV, "VXLAN", "MacLearning", FRAMES),
          new Kept(
              FileKind.NETDEV,
              "VXLAN",
              "Independent",
              "what lies between the hosts is the host's, and may change"),
          new Kept(
              FileKind.NETDEV,
              "VXLAN",
              "MaximumFDBEntries",
              "it cannot be changed while the network is there"),
          new Kept(
              FileKind.NETWORK,
              "Match",
              "",
              "the file is for one interface of a tenant, and must catch no other"),
          new Kept(
              FileKind.NETWORK,
              "Link",
              "RequiredForOnline",
              "a host is online without its tenants"),
          new Kept(FileKind.NETWORK, "Link", "MTUBytes", "the template of the device is the place"),
          new Kept(FileKind.NETWORK, "Network", "Address", ADDRESSES),
          new Kept(FileKind.NETWORK, "Network", "Gateway", WAYS),
          new Kept(FileKind.NETWORK, "Network", "DHCP", ADDRESSES),
          new Kept(
              FileKind.NETWORK, "Network", "DHCPServer", "`dhcp` in network/topology.yaml says"),
          new Kept(
              FileKind.NETWORK,
              "Network",
              "IPMasquerade",
              "addresses are translated by the firewall, for networks of mode `nat` alone"),
          new Kept(FileKind.NETWORK, "Network", "IPForward", FORWARDING),
          new Kept(FileKind.NETWORK, "Network", "IPv4Forwarding", FORWARDING),
          new Kept(FileKind.NETWORK, "Network", "IPv6Forwarding", FORWARDING),
          new Kept(
              FileKind.NETWORK,
              "Network",
              "IPv4ReversePathFilter",
              "where packets may come from is said by the firewall and by the tunnel"),
          new Kept(
              FileKind.NETWORK,
              "Network",
              "ConfigureWithoutCarrier",
              "the host is on the network before the first guest is"),
          new Kept(
              FileKind.NETWORK,
              "Network",
              "LinkLocalAddressing",
              "a router advertises from such an address (RFC 4861, section 6.1.2)"),
          new Kept(FileKind.NETWORK, "Network", "IPv6AcceptRA", NEIGHBOURS),
          new Kept(FileKind.NETWORK, "Network", "IPv6SendRA", ADDRESSES),
          new Kept(FileKind.NETWORK, "Network", "LLDP", NEIGHBOURS),
          new Kept(FileKind.NETWORK, "Network", "EmitLLDP", NEIGHBOURS),
          new Kept(FileKind.NETWORK, "Network", "LLMNR", NEIGHBOURS),
          new Kept(FileKind.NETWORK, "Network", "MulticastDNS", NEIGHBOURS),
          new Kept(FileKind.NETWORK, "Network", "Bridge", "a port is on the bridge of its network"),
          new Kept(FileKind.NETWORK, "Network", "IPv4ProxyARP", NEIGHBOURS),
          new Kept(FileKind.NETWORK, "Network", "IPv6ProxyNDP", NEIGHBOURS),
          new Kept(
              FileKind.NETWORK,
              "Bridge",
              "",
              "which ports reach each other follows from the rules of the tenant"),
          new Kept(FileKind.NETWORK, "BridgeVLAN", "", FRAMES),
          new Kept(FileKind.NETWORK, "BridgeFDB", "", FRAMES),
          new Kept(FileKind.NETWORK, "BridgeMDB", "", FRAMES),
          new Kept(FileKind.NETWORK, "Address", "", ADDRESSES),
          new Kept(FileKind.NETWORK, "Route", "", WAYS),
          new Kept(FileKind.NETWORK, "RoutingPolicyRule", "", WAYS),
          new Kept(FileKind.NETWORK, "NextHop", "", WAYS),
          new Kept(FileKind.NETWORK, "IPv6Prefix", "", ADDRESSES),
          new Kept(FileKind.NETWORK, "IPv6RoutePrefix", "", WAYS),
          new Kept(FileKind.NETWORK, "IPv6SendRA", "RouterLifetimeSec", WAYS),
          new Kept(
              FileKind.NETWORK,
              "IPv6SendRA",
              "EmitDNS",
              "a tenant's names are known to the host alone"),
          new Kept(
              FileKind.NETWORK,
              "IPv6SendRA",
              "DNS",
              "`dns` in network/topology.yaml says who is asked, and without it the host"),
          new Kept(
              FileKind.NETWORK,
              "IPv6SendRA",
              "EmitDomains",
              "`Domains` says which, and some there are"),
          new Kept(FileKind.NETWORK, "DHCPServerStaticLease", "", LEASES),
          new Kept(FileKind.NETWORK, "DHCPServer", "PoolOffset", LEASES),
          new Kept(FileKind.NETWORK, "DHCPServer", "PoolSize", LEASES),
          new Kept(FileKind.NETWORK, "DHCPServer", "ServerAddress", ADDRESSES),
          new Kept(FileKind.NETWORK, "DHCPServer", "EmitRouter", WAYS),
          new Kept(FileKind.NETWORK, "DHCPServer", "Router", WAYS),
          new Kept(
              FileKind.NETWORK,
              "DHCPServer",
              "EmitDNS",
              "a tenant's names are known to the host alone"),
          new Kept(
              FileKind.NETWORK,
              "DHCPServer",
              "DNS",
              "`dns` in network/topology.yaml says who is asked, and without it the host"),
          new Kept(
              FileKind.NETWORK,
              "DHCPServer",
              "EmitDomain",
              "`Domain` says which, and one there is"),
          new Kept(
              FileKind.NETWORK,
              "DHCPServer",
              "SendOption",
              "an option of one's own could be a route, a server or a name of somebody else's"),
          new Kept(FileKind.NETWORK, "DHCPServer", "UplinkInterface", NEIGHBOURS),
          new Kept(FileKind.NETWORK, "TokenBucketFilter", "", BANDWIDTH),
          new Kept(FileKind.NETWORK, "CAKE", "", BANDWIDTH),
          new Kept(FileKind.NETWORK, "FairQueueingControlledDelay", "", BANDWIDTH),
          new Kept(FileKind.NETWORK, "NetworkEmulator", "", BANDWIDTH));

  /** All of them. */
  public static List<Kept> all() {
    return ALL;
  }

  /** The reason for a setting, or for a section when the key is empty. */
  static Optional<Kept> of(FileKind kind, String section, String key) {
    return ALL.stream()
        .filter(one -> one.kind == kind && one.section.equals(section))
        .filter(one -> one.key.isEmpty() || one.key.equals(key))
        .findFirst();
  }
}
