package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.networkd.TemplateKind;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What the files of a tunnel may say. A route is in the table of the tunnel and a rule is for what
 * comes from one bridge: left out, either would be for all packets of the host.
 */
final class TunnelContents {
  private static final Pattern LINK = Pattern.compile("bw-(0|[1-9][0-9]{0,8})");
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{43}=");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,5}");
  private static final Pattern ADDRESS =
      Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:.]{2,45}");
  private static final Pattern RANGE = Pattern.compile("(" + ADDRESS + ")/[0-9]{1,3}");
  private static final Pattern ENDPOINT =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9.-]{0,252}|\\[[0-9a-fA-F:.]{2,45}\\]):[0-9]{1,5}");

  private static final String TUNNEL = "Tunnel";
  private static final String PEER = "Peer";

  private final Reach reach;

  TunnelContents(Reach reach) {
    this.reach = reach;
  }

  /** Whether it is the name of an interface of a tunnel. */
  static boolean isLink(String name) {
    return LINK.matcher(name).matches();
  }

  /** {@code wireguard/<link>.conf}. */
  boolean conf(String name, String text) {
    return name.endsWith(".conf")
        && isLink(name.substring(0, name.length() - ".conf".length()))
        && Contents.says(
            text,
            Map.of(
                TUNNEL,
                Map.of(
                    "Name",
                    ResourceName::isValid,
                    "PrivateKey",
                    key -> key.equals("generate") || reach.isCredential(key),
                    "ListenPort",
                    matches(NUMBER)),
                PEER,
                Map.of(
                    "Name",
                    ResourceName::isValid,
                    "PublicKey",
                    matches(KEY),
                    "PresharedKey",
                    reach::isCredential,
                    "AllowedIPs",
                    TunnelContents::areRanges,
                    "Endpoint",
                    matches(ENDPOINT),
                    "PersistentKeepalive",
                    matches(NUMBER))))
        && UnitFile.parse(text).sections().stream()
            .allMatch(section ->
                section.name().equals(TUNNEL)
                    ? has(section, Set.of("Name", "PrivateKey", "ListenPort"))
                    : has(section, Set.of("PublicKey", "AllowedIPs", "PersistentKeepalive")));
  }

  /** {@code network/40-<link>.network}. */
  static boolean network(String link, String text) {
    String table = String.valueOf(1_000_000_000 + Integer.parseInt(link.substring(3)));
    Map<String, Predicate<String>> network = new HashMap<>();
    for (String key : List.of("LinkLocalAddressing", "IPv6AcceptRA", "IPv4ReversePathFilter")) {
      network.put(key, "no"::equals);
    }
    network.put("IPv4Forwarding", "yes"::equals);
    network.put("IPv6Forwarding", "yes"::equals);
    for (TemplateKind.Allowed allowed : TemplateKind.TUNNEL_LINK.allowed()) {
      network.put(allowed.key(), allowed.type()::holds);
    }
    Map<String, Map<String, Predicate<String>>> rules =
        NetworkContents.opened(
            TemplateKind.TUNNEL_LINK,
            Map.of(
                "Match", Map.of("Name", link::equals, "Kind", "wireguard"::equals),
                "Link", Map.of("RequiredForOnline", "no"::equals, "MTUBytes", matches(NUMBER)),
                "Network", network,
                "Route",
                    Map.of(
                        "Destination", matches(RANGE),
                        "PreferredSource", matches(ADDRESS),
                        "Table", table::equals),
                "RoutingPolicyRule",
                    Map.of(
                        "IncomingInterface", Contents::isBridge,
                        "Table", table::equals,
                        "Priority", "20000"::equals,
                        "Family", "both"::equals)));
    return Contents.says(text, rules)
        && UnitFile.parse(text).sections().stream()
            .allMatch(section ->
                switch (section.name()) {
                  case "Match", "Route", "RoutingPolicyRule" ->
                      has(section, rules.getOrDefault(section.name(), Map.of()).keySet());
                  default -> true;
                });
  }

  /**
   * What tenant-wireguard@ is told beyond its template: which of the tenant's secrets it needs, and
   * whether names are to be looked up again.
   */
  boolean service(String text) {
    return Contents.says(
        text,
        Map.of(
            "Unit", Map.of("Wants", reach::isEndpointsTimer),
            "Service", Map.of("ImportCredential", reach::isCredential)));
  }

  /** Whether each of these is there, and nothing is twice. */
  private static boolean has(UnitFile.Section section, Set<String> wanted) {
    Set<String> seen = new HashSet<>();
    return section.entries().stream().allMatch(entry -> seen.add(entry.key()))
        && seen.containsAll(wanted);
  }

  private static boolean areRanges(String value) {
    return List.of(value.split(",", -1)).stream().allMatch(range -> RANGE.matcher(range).matches());
  }

  private static Predicate<String> matches(Pattern pattern) {
    return pattern.asMatchPredicate();
  }
}
