package io.bitbuilder.hypervisor.network;

import io.bitbuilder.hypervisor.model.AddressRange;
import io.bitbuilder.hypervisor.model.Firewall.Protocol;
import io.bitbuilder.hypervisor.model.TenantId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The sets, maps and chains of the host's tables, as the files of all tenants fill them. */
final class Applied {
  private static final String GOTO = "goto ";

  private final Map<String, TenantId> bridges = new HashMap<>();
  private final Set<String> links = new HashSet<>();
  private final Map<String, List<AddressRange>> gateways = new HashMap<>();
  private final Set<AddressRange> served = new HashSet<>();
  private final Set<String> masqueraded = new HashSet<>();
  private final Map<String, List<AddressRange>> addresses = new HashMap<>();
  private final Map<String, String> ways = new HashMap<>();
  private final Map<String, String> out = new HashMap<>();
  private final Map<String, String> in = new HashMap<>();
  private final Map<String, Published> published = new HashMap<>();
  private final Map<String, List<NftRule>> chains = new HashMap<>();

  /** Where a port of the host leads to. */
  record Published(TenantId tenant, AddressRange guest, int port) {}

  /** Adds what one tenant's file says. */
  void add(TenantId tenant, NftFile file) {
    file.inet("bridges").forEach(bridge -> bridges.put(unquoted(bridge), tenant));
    file.bridge("links").forEach(link -> links.add(unquoted(link)));
    file.inet("masqueraded").forEach(bridge -> masqueraded.add(unquoted(bridge)));
    for (String family : List.of("4", "6")) {
      file.inet("served" + family)
          .forEach(address -> served.add(AddressRange.parse(address).orElseThrow()));
      file.inet("gateways" + family).forEach(pair -> address(pair, gateways));
      file.bridge("addresses" + family).forEach(pair -> address(pair, addresses));
      for (String element : file.inet("published" + family)) {
        published(tenant, family.equals("6"), element);
      }
    }
    map(file.inet("ways"), ways);
    map(file.inet("out"), out);
    map(file.inet("in"), in);
    chains.putAll(file.chains());
  }

  private static void address(String pair, Map<String, List<AddressRange>> of) {
    int dot = pair.indexOf(" . ");
    of.computeIfAbsent(unquoted(pair.substring(0, dot)), _ -> new ArrayList<>())
        .add(AddressRange.parse(pair.substring(dot + 3)).orElseThrow());
  }

  private void published(TenantId tenant, boolean six, String element) {
    String[] entry = NftFile.entry(element).orElseThrow();
    int dot = entry[1].indexOf(" . ");
    published.put(
        entry[0] + (six ? " 6" : " 4"),
        new Published(
            tenant,
            AddressRange.parse(entry[1].substring(0, dot)).orElseThrow(),
            Integer.parseInt(entry[1].substring(dot + 3))));
  }

  private static void map(Collection<String> elements, Map<String, String> map) {
    for (String element : elements) {
      String[] entry = NftFile.entry(element).orElseThrow();
      map.put(unquoted(entry[0]), entry[1]);
    }
  }

  private static String unquoted(String text) {
    return text.replace("\"", "");
  }

  /** Whose network an interface is. */
  Optional<TenantId> owner(String link) {
    return Optional.ofNullable(bridges.get(link));
  }

  boolean isGuarded(String link) {
    return links.contains(link);
  }

  /** What a guest may send from. */
  List<AddressRange> addresses(String link) {
    return addresses.getOrDefault(link, List.of());
  }

  /** The host's addresses on a network. */
  List<AddressRange> gateways(String bridge) {
    return gateways.getOrDefault(bridge, List.of());
  }

  boolean isGateway(String bridge, AddressRange address) {
    return gateways(bridge).contains(address);
  }

  /** Whether the host has an address for one network of a tenant alone. */
  boolean isServed(AddressRange address) {
    return served.contains(address);
  }

  boolean isMasqueraded(String bridge) {
    return masqueraded.contains(bridge);
  }

  /** Where a port of the host leads, when somebody published it. */
  Optional<Published> published(Packet packet) {
    return packet.protocol() == Protocol.ICMP
        ? Optional.empty()
        : Optional.ofNullable(
            published.get(packet.number() + " . " + packet.port() + (packet.six() ? " 6" : " 4")));
  }

  /** The verdict of a pair of interfaces; empty when there is no way. */
  Optional<Way> way(String from, String to) {
    return Optional.ofNullable(ways.get(from + " . " + to)).map(Applied::way);
  }

  /** Likewise from a network to an uplink. */
  Optional<Way> out(String bridge) {
    return Optional.ofNullable(out.get(bridge)).map(Applied::way);
  }

  /** Likewise from an uplink to a network. */
  Optional<Way> in(String bridge) {
    return Optional.ofNullable(in.get(bridge)).map(Applied::way);
  }

  private static Way way(String verdict) {
    return verdict.startsWith(GOTO)
        ? new Way(verdict.substring(GOTO.length()), false)
        : new Way("", verdict.equals("accept"));
  }

  /**
   * What a packet is to be judged by.
   *
   * @param chain the chain, or empty
   * @param accepted whether it may pass, where there is no chain
   */
  record Way(String chain, boolean accepted) {}

  /** The rules of a chain. */
  List<NftRule> chain(String name) {
    return chains.getOrDefault(name, List.of());
  }
}
