package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Network;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Port;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.util.List;

/**
 * One bridge per network (systemd.netdev(5), systemd.network(5)). The host is on it to hand out
 * addresses and forwards nothing; each guest has its lease by its MAC address.
 */
final class NetworkFiles {
  /** The length of an interface name (IFNAMSIZ of the kernel, less its end). */
  private static final int NAME_LIMIT = 15;

  /** Before the files systemd ships (80-*), so that those do not match first. */
  private static final String ORDER = "network/40-";

  private NetworkFiles() {}

  static void add(TenantId tenant, Network network, List<Port> ports, Output out) {
    String bridge = checked(network.bridge());
    out.file(
        ORDER + bridge + ".netdev",
        UnitFile.builder()
            .section("NetDev")
            .set("Name", bridge)
            .set("Kind", "bridge")
            .set("Description", "Network " + network.name() + " of tenant " + tenant)
            .section("Bridge")
            .set("STP", false)
            // Without this a new port waits before it carries the first packet.
            .set("ForwardDelaySec", "0")
            .build());
    out.file(ORDER + bridge + ".network", link(network, ports));
  }

  /** The tap of a machine: QEMU, without any capability, may open it and no other. */
  static void addTap(MachinePlace place, Port port, Output out) {
    String tap = place.link();
    out.file(
        ORDER + tap + ".netdev",
        UnitFile.builder()
            .section("NetDev")
            .set("Name", tap)
            .set("Kind", "tap")
            .set("Description", "Machine " + place.machine().machineName())
            .section("Tap")
            .set("User", String.valueOf(place.machine().uidBase()))
            .set("VNetHeader", true)
            .build());
    out.file(
        ORDER + tap + ".network",
        UnitFile.builder()
            .section("Match")
            .set("Name", tap)
            .set("Kind", "tun")
            .section("Link")
            .set("RequiredForOnline", false)
            .section("Network")
            .set("Bridge", checked(port.bridge()))
            .set("LinkLocalAddressing", false)
            .set("LLDP", false)
            .set("EmitLLDP", false)
            .build());
  }

  private static UnitFile link(Network network, List<Port> ports) {
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
            .set("IPv4Forwarding", false)
            .set("IPv6Forwarding", false)
            .set("IPMasquerade", "no")
            .set("LinkLocalAddressing", false)
            .set("IPv6AcceptRA", false)
            .set("LLDP", false)
            .set("EmitLLDP", false)
            .set("LLMNR", false)
            .set("MulticastDNS", false)
            .set("DHCPServer", network.dhcp());
    if (network.dhcp()) {
      dhcp(network, ports, file);
    }
    return file.build();
  }

  private static void dhcp(Network network, List<Port> ports, UnitFile.Builder file) {
    file.section("DHCPServer")
        .set("EmitDNS", false)
        .set("EmitNTP", false)
        .set("EmitTimezone", false)
        // There is nothing behind the host's address.
        .set("EmitRouter", false);
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
