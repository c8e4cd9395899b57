package io.bitbuilder.hypervisor.generation;

import static io.bitbuilder.hypervisor.generation.Contents.AMOUNT;
import static io.bitbuilder.hypervisor.generation.Contents.BRIDGE;
import static io.bitbuilder.hypervisor.generation.Contents.FLAG;
import static io.bitbuilder.hypervisor.generation.Contents.NO;
import static io.bitbuilder.hypervisor.generation.Contents.YES;
import static io.bitbuilder.hypervisor.generation.Contents.matches;
import static io.bitbuilder.hypervisor.generation.Contents.says;

import io.bitbuilder.hypervisor.networkd.TemplateKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What the network and netdev files of a staged generation may say: each is for one bridge, tap,
 * span or tunnel of its tenant and named after it. What a template may say is open in all of them,
 * for nothing of it is a matter of who is kept apart from whom.
 */
final class NetworkContents {
  private static final Pattern SPAN = Pattern.compile("bx-[0-9]{1,8}");
  private static final Pattern SERVERS = Pattern.compile("[0-9a-f.:]{2,45}( [0-9a-f.:]{2,45})*");
  private static final Pattern MTU = Pattern.compile("26:uint16:[0-9]{3,5}");

  private final Reach reach;

  NetworkContents(Reach reach) {
    this.reach = reach;
  }

  /** Whether a file of that name may say this. */
  boolean admits(String name, String text) {
    int start = name.indexOf('-') + 1;
    int end = name.lastIndexOf('.');
    String bridge = start > 0 && start < end ? name.substring(start, end) : "";
    if (name.startsWith("40-") && TunnelContents.isLink(bridge)) {
      return name.endsWith(".network") && TunnelContents.network(bridge, text);
    }
    if (name.startsWith("40-") && reach.machines().isTap(bridge)) {
      return name.endsWith(".netdev")
          ? says(text, tap(bridge))
          : name.endsWith(".network") && says(text, port(bridge));
    }
    if (name.startsWith("40-") && SPAN.matcher(bridge).matches()) {
      return name.endsWith(".netdev")
          ? says(text, vxlan(bridge))
          : name.endsWith(".network") && says(text, span(bridge));
    }
    if (name.startsWith("40-") && TunnelContents.isLink(bridge)) {
      return name.endsWith(".network") && TunnelContents.network(bridge, text);
    }
    return name.startsWith("40-")
        && BRIDGE.matcher(bridge).matches()
        && (name.endsWith(".netdev")
            ? says(text, netdev(bridge))
            : name.endsWith(".network") && says(text, network(bridge)));
  }

  /** The number is in the name, which nobody else has. */
  private static Map<String, Map<String, Predicate<String>>> vxlan(String name) {
    return opened(
        TemplateKind.SPAN_DEVICE,
        Map.of(
            "NetDev",
            Map.of("Name", name::equals, "Kind", "vxlan"::equals),
            "VXLAN",
            Map.of(
                "VNI",
                name.substring(name.indexOf('-') + 1)::equals,
                "Local",
                matches(SERVERS),
                "DestinationPort",
                "14789"::equals,
                "MacLearning",
                YES,
                "Independent",
                YES)));
  }

  private static Map<String, Map<String, Predicate<String>>> span(String name) {
    return opened(
        TemplateKind.SPAN_LINK,
        Map.of(
            "Match",
            Map.of("Name", name::equals, "Kind", "vxlan"::equals),
            "Link",
            Map.of("RequiredForOnline", NO),
            "Network",
            Map.of(
                "Bridge", matches(BRIDGE), "LinkLocalAddressing", NO, "LLDP", NO, "EmitLLDP", NO),
            "BridgeFDB",
            Map.of(
                "MACAddress", "00:00:00:00:00:00"::equals,
                "AssociatedWith", "self"::equals,
                "Destination", matches(SERVERS))));
  }

  private static Map<String, Map<String, Predicate<String>>> netdev(String bridge) {
    return opened(
        TemplateKind.BRIDGE_DEVICE,
        Map.of(
            "NetDev",
            Map.of("Name", bridge::equals, "Kind", "bridge"::equals),
            "Bridge",
            Map.of("STP", NO, "ForwardDelaySec", "0"::equals)));
  }

  /** With what a template may say, each a value of its setting. */
  static Map<String, Map<String, Predicate<String>>> opened(
      TemplateKind kind, Map<String, Map<String, Predicate<String>>> own) {
    Map<String, Map<String, Predicate<String>>> all = new HashMap<>();
    own.forEach((section, keys) -> all.put(section, new HashMap<>(keys)));
    for (TemplateKind.Allowed allowed : kind.allowed()) {
      all.computeIfAbsent(allowed.section(), _ -> new HashMap<>())
          .put(allowed.key(), allowed.type()::holds);
    }
    return all;
  }

  private Map<String, Map<String, Predicate<String>>> tap(String name) {
    return Map.of(
        "NetDev",
        Map.of("Name", name::equals, "Kind", "tap"::equals, "Description", Contents::any),
        "Tap",
        Map.of("User", user -> reach.machines().isTap(name, user), "VNetHeader", YES));
  }

  /** Which bridge it is on, nobody else's, is a claim of its tenant. */
  private static Map<String, Map<String, Predicate<String>>> port(String tap) {
    return Map.of(
        "Match",
        Map.of("Name", tap::equals, "Kind", "tun"::equals),
        "Link",
        Map.of("RequiredForOnline", NO),
        "Network",
        Map.of("Bridge", matches(BRIDGE), "LinkLocalAddressing", NO, "LLDP", NO, "EmitLLDP", NO));
  }

  private static Map<String, Map<String, Predicate<String>>> network(String bridge) {
    Map<String, Predicate<String>> network =
        new HashMap<>(
            Map.of(
                "Address",
                matches(Reach.SUBNET),
                "ConfigureWithoutCarrier",
                YES,
                "DHCPServer",
                FLAG,
                "IPMasquerade",
                NO,
                // What may be forwarded is said by the firewall, whose table lets nothing pass
                // else.
                "IPv4Forwarding",
                FLAG,
                "IPv6Forwarding",
                FLAG,
                "LinkLocalAddressing",
                "ipv6"::equals,
                "IPv6SendRA",
                YES));
    for (String key : List.of("IPv6AcceptRA", "LLDP", "EmitLLDP", "LLMNR", "MulticastDNS")) {
      network.put(key, NO);
    }
    return opened(
        TemplateKind.BRIDGE_LINK,
        Map.of(
            "Match", Map.of("Name", bridge::equals, "Kind", "bridge"::equals),
            "Link", Map.of("RequiredForOnline", NO),
            "Network", network,
            "Address",
                Map.of(
                    "Address", matches(Reach.SUBNET6), "DuplicateAddressDetection", "none"::equals),
            "IPv6SendRA",
                Map.of(
                    "RouterLifetimeSec",
                    matches(AMOUNT),
                    "EmitDNS",
                    YES,
                    "DNS",
                    matches(SERVERS),
                    "EmitDomains",
                    YES),
            "IPv6Prefix", Map.of("Prefix", matches(Reach.SUBNET6)),
            "DHCPServer", dhcpServer(),
            "DHCPServerStaticLease",
                Map.of("MACAddress", matches(Reach.MAC), "Address", matches(Reach.ADDRESS))));
  }

  private static Map<String, Predicate<String>> dhcpServer() {
    return Map.of(
        "EmitDNS",
        YES,
        "DNS",
        matches(SERVERS),
        "EmitDomain",
        YES,
        "EmitRouter",
        FLAG,
        "SendOption",
        matches(MTU),
        "PoolOffset",
        matches(AMOUNT),
        "PoolSize",
        matches(AMOUNT));
  }
}
