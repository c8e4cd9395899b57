package io.bitbuilder.hypervisor.network;

import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.networkd.TemplateKind;
import io.bitbuilder.hypervisor.networkd.Templates;
import io.bitbuilder.hypervisor.networkd.Variable;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Network;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Port;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedMachine;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Span;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One bridge per network (systemd.netdev(5), systemd.network(5)). The host is on it to hand out
 * addresses, each guest's by its MAC address, and forwards only where there is somewhere to go;
 * what may pass is said by {@link Ruleset}.
 */
public final class NetworkFiles {
  /** The length of an interface name (IFNAMSIZ of the kernel, less its end). */
  private static final int NAME_LIMIT = 15;

  /** That of the links of guests. */
  private static final String MTU = "1500";

  /** Before the files systemd ships (80-*), so that those do not match first. */
  private static final String ORDER = "network/40-";

  /** Ours alone: whatever else the host does with VXLAN on the usual port goes on. */
  private static final int VXLAN_PORT = 14789;

  private final Templates templates;

  /** With what the operator adds to them. */
  public NetworkFiles(Templates templates) {
    this.templates = templates;
  }

  /** The files of one network, by path. */
  public SortedMap<String, UnitFile> of(TenantId tenant, Network network, List<Port> ports) {
    String bridge = checked(network.bridge());
    UnitFile.Builder device =
        UnitFile.builder()
            .section("NetDev")
            .set("Name", bridge)
            .set("Kind", "bridge")
            .set("Description", "Network " + network.name() + " of tenant " + tenant);
    // What is not said stays as it was on a bridge that is there already: all that may be said is.
    device
        .set("MTUBytes", mtu(network).orElse(MTU))
        .section("Bridge")
        .set("STP", false)
        // Without this a new port waits before it carries the first packet.
        .set("ForwardDelaySec", "0")
        .set("AgeingTimeSec", "300")
        .set("MulticastIGMPVersion", "2")
        .set("MulticastQuerier", false)
        .set("MulticastSnooping", true);
    Map<Variable, String> values = values(tenant, network);
    SortedMap<String, UnitFile> files = new TreeMap<>();
    files.put(
        ORDER + bridge + ".netdev",
        templates.fill(TemplateKind.BRIDGE_DEVICE, device.build(), values));
    files.put(
        ORDER + bridge + ".network",
        templates.fill(TemplateKind.BRIDGE_LINK, link(tenant, network, ports), values));
    network.span().ifPresent(span -> span(tenant, network, span, files));
    return files;
  }

  private static Map<Variable, String> values(TenantId tenant, Network network) {
    return Map.of(
        Variable.TENANT, tenant.value(),
        Variable.NETWORK, network.name().value(),
        Variable.MODE, network.mode().word(),
        Variable.BRIDGE, network.bridge(),
        Variable.DOMAIN, domain(tenant),
        Variable.GATEWAY, network.gateway(),
        Variable.GATEWAY6, network.gateway6());
  }

  /** Bytes a packet may have, where somebody says so: the tenant, or else the operator. */
  private Optional<String> mtu(Network network) {
    return network.mtu() > 0
        ? Optional.of(String.valueOf(network.mtu()))
        : templates.value(TemplateKind.BRIDGE_DEVICE, "NetDev", "MTUBytes");
  }

  /** What the operator alone says of it, for a guest. */
  public Optional<String> mtu(Optional<Port> port) {
    return port.filter(at -> at.mtu() == 0)
        .flatMap(_ -> templates.value(TemplateKind.BRIDGE_DEVICE, "NetDev", "MTUBytes"));
  }

  static String domain(TenantId tenant) {
    return tenant + ".internal";
  }

  /**
   * What other hosts send and are sent (systemd.netdev(5), [VXLAN]); each is told all that is for
   * several.
   */
  private void span(
      TenantId tenant, Network network, Span span, SortedMap<String, UnitFile> files) {
    UnitFile device =
        UnitFile.builder()
            .section("NetDev")
            .set("Name", span.link())
            .set("Kind", "vxlan")
            .set("Description", "Network " + network.name() + " of tenant " + tenant + " elsewhere")
            .section("VXLAN")
            .set("VNI", String.valueOf(span.vni()))
            .set("Local", span.local())
            .set("DestinationPort", String.valueOf(VXLAN_PORT))
            .set("MacLearning", true)
            .set("Independent", true)
            .set("FDBAgeingSec", "300")
            .build();
    UnitFile.Builder link =
        UnitFile.builder()
            .section("Match")
            .set("Name", span.link())
            .set("Kind", "vxlan")
            .section("Link")
            .set("RequiredForOnline", false)
            .section("Network")
            .set("Bridge", checked(network.bridge()))
            .set("LinkLocalAddressing", false)
            .set("LLDP", false)
            .set("EmitLLDP", false);
    for (String remote : span.remotes()) {
      link.section("BridgeFDB")
          .set("MACAddress", "00:00:00:00:00:00")
          .set("AssociatedWith", "self")
          .set("Destination", remote);
    }
    Map<Variable, String> values = values(tenant, network);
    files.put(
        ORDER + span.link() + ".netdev", templates.fill(TemplateKind.SPAN_DEVICE, device, values));
    files.put(
        ORDER + span.link() + ".network",
        templates.fill(TemplateKind.SPAN_LINK, link.build(), values));
  }

  /** Those of the tap of a machine: QEMU, without any capability, may open it and no other. */
  public static SortedMap<String, UnitFile> of(ResolvedMachine machine, Port port) {
    SortedMap<String, UnitFile> files = new TreeMap<>();
    files.put(
        ORDER + port.link() + ".netdev",
        UnitFile.builder()
            .section("NetDev")
            .set("Name", port.link())
            .set("Kind", "tap")
            .set("Description", "Machine " + machine.machineName())
            .section("Tap")
            .set("User", String.valueOf(machine.uidBase()))
            .set("VNetHeader", true)
            .build());
    files.put(
        ORDER + port.link() + ".network",
        UnitFile.builder()
            .section("Match")
            .set("Name", port.link())
            .set("Kind", "tun")
            .section("Link")
            .set("RequiredForOnline", false)
            .section("Network")
            .set("Bridge", checked(port.bridge()))
            .set("LinkLocalAddressing", false)
            .set("LLDP", false)
            .set("EmitLLDP", false)
            .build());
    return files;
  }

  private UnitFile link(TenantId tenant, Network network, List<Port> ports) {
    UnitFile.Builder file =
        UnitFile.builder()
            .section("Match")
            .set("Name", network.bridge())
            .set("Kind", "bridge")
            .section("Link")
            .set("RequiredForOnline", false)
            .section("Network")
            .set("Address", network.gateway() + "/" + network.prefix())
            .set("ConfigureWithoutCarrier", true)
            .set("IPv4Forwarding", network.crossed())
            .set("IPv6Forwarding", network.crossed())
            .set("IPMasquerade", "no")
            // What a router advertises with (RFC 4861, section 6.1.2).
            .set("LinkLocalAddressing", "ipv6")
            .set("IPv6AcceptRA", false)
            .set("IPv6SendRA", true)
            .set("LLDP", false)
            .set("EmitLLDP", false)
            .set("LLMNR", false)
            .set("MulticastDNS", false)
            .set("DHCPServer", network.dhcp())
            .section("Address")
            .set("Address", network.gateway6() + "/64")
            // The network is ours alone, and nobody else on it may have the address.
            .set("DuplicateAddressDetection", "none");
    advertisement(tenant, network, file);
    if (network.dhcp()) {
      dhcp(tenant, network, ports, file);
    }
    return file.build();
  }

  /** Guests give themselves the address that goes with their MAC address (RFC 4862). */
  private static void advertisement(TenantId tenant, Network network, UnitFile.Builder file) {
    file.section("IPv6SendRA")
        .set("RouterLifetimeSec", network.crossed() ? "1800" : "0")
        .set("EmitDNS", true)
        .set("DNS", network.gateway6())
        .set("EmitDomains", true)
        .set("Domains", domain(tenant))
        .section("IPv6Prefix")
        .set("Prefix", network.subnet6());
  }

  private void dhcp(TenantId tenant, Network network, List<Port> ports, UnitFile.Builder file) {
    file.section("DHCPServer")
        .set("EmitDNS", true)
        .set("DNS", network.gateway())
        .set("EmitDomain", true)
        .set("Domain", domain(tenant))
        .set("EmitNTP", false)
        .set("EmitTimezone", false)
        .set("EmitRouter", network.crossed());
    // Interface MTU (RFC 2132, section 5.1).
    mtu(network).ifPresent(mtu -> file.set("SendOption", "26:uint16:" + mtu));
    if (network.prefix() <= 28) {
      // Machines without a lease of their own get the upper half: ours are handed out from below.
      int half = 1 << (31 - network.prefix());
      file.set("PoolOffset", String.valueOf(half)).set("PoolSize", String.valueOf(half - 1));
    }
    for (Port port : ports) {
      file.section("DHCPServerStaticLease")
          .set("MACAddress", port.mac())
          .set("Address", port.address());
    }
  }

  private static String checked(String bridge) {
    if (bridge.isEmpty()
        || bridge.length() > NAME_LIMIT
        || !bridge
            .chars()
            .allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
      throw new IllegalArgumentException("not a name of a bridge");
    }
    return bridge;
  }
}
