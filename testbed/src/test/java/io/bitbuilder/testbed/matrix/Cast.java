package io.bitbuilder.testbed.matrix;

import io.bitbuilder.testbed.Host;
import io.bitbuilder.testbed.Json;
import io.bitbuilder.testbed.Site;
import io.bitbuilder.testbed.matrix.Party.Role;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The parties of a host with tenants, with the addresses they really have. */
public final class Cast {
  private static final String UPLINK = "host0";

  /** $1 the namespace and the interface of the host, $2 a number. */
  private static final String BESIDE =
      """
      ip netns add "$1"
      ip link add "$1" type veth peer name host0 netns "$1"
      ip link set "$1" up
      ip address add "198.51.100.$(($2 * 4 + 1))/30" dev "$1"
      ip -6 address add "2001:db8:1:$2::1/64" dev "$1" nodad
      ip -n "$1" link set lo up
      ip -n "$1" link set host0 up
      ip -n "$1" address add "198.51.100.$(($2 * 4 + 2))/30" dev host0
      ip -n "$1" -6 address add "2001:db8:1:$2::2/64" dev host0 nodad
      ip -n "$1" route add default via "198.51.100.$(($2 * 4 + 1))"
      ip -n "$1" -6 route add default via "2001:db8:1:$2::1"\
      """;

  private final Site site;
  private final Map<String, Party> gateways = new LinkedHashMap<>();
  private final List<Party> guests = new ArrayList<>();
  private final List<Party> peers = new ArrayList<>();
  private final List<Party> beside = new ArrayList<>();
  private final List<Party> forbidden = new ArrayList<>();
  private final Set<String> bridges = new LinkedHashSet<>();
  private @Nullable Party host;

  /** The host itself comes first: it has to have all its networks by now. */
  public Cast(Site site) {
    this.site = site;
    for (Json tenant : site.json("status").at("tenants").list()) {
      for (Json container : tenant.at("containers").list()) {
        bridges.add(container.at("bridge").text());
      }
    }
  }

  private Observer onHost() {
    return new Observer("host", site.host(), "here", "stack", List.copyOf(bridges));
  }

  /** The host at its own address. */
  public Party host() {
    if (host == null) {
      Json link = link(site.host(), "ip -j address show dev \"$1\"", UPLINK);
      host = party("host", Role.HOST, "uplink", onHost(), UPLINK, link, null);
    }
    return host;
  }

  /** Adds a container, and the host's side of its network when it is the first there. */
  public Cast guest(String tenant, String network, Role role, String container) {
    String name = tenant + "/" + network;
    String bridge = site.container(tenant, container).at("bridge").text();
    Party gateway =
        gateways.computeIfAbsent(
            name,
            key ->
                party(
                    "host at " + name,
                    Role.GATEWAY,
                    name,
                    onHost(),
                    bridge,
                    link(site.host(), "ip -j address show dev \"$1\"", bridge),
                    null));
    String machine = container + "." + tenant;
    Json link =
        link(
            site.host(),
            "leader=$(machinectl show -P Leader \"$1\");"
                + " nsenter --target \"$leader\" --net ip -j address show dev host0",
            machine);
    Observer observer =
        new Observer(machine, site.host(), "machine " + machine, "packets", List.of("host0"));
    guests.add(party(name + " " + container, role, name, observer, "host0", link, gateway));
    return this;
  }

  /** Adds another host beyond the uplink. */
  public Cast peer(String name, Host peer) {
    Json link = link(peer, "ip -j address show dev \"$1\"", UPLINK);
    Observer observer =
        new Observer(name.replace(' ', '-'), peer, "here", "packets", List.of(UPLINK));
    peers.add(party(name, Role.PEER, "uplink", observer, UPLINK, link, host()));
    return this;
  }

  /** Adds a namespace behind an interface of the host that has nothing to do with tenants. */
  public Cast beside(String name, int number) {
    site.host().sh(BESIDE, name, String.valueOf(number));
    Party here =
        party(
            "host at " + name,
            Role.HOST,
            name,
            onHost(),
            name,
            link(site.host(), "ip -j address show dev \"$1\"", name),
            null);
    Json link = link(site.host(), "ip -n \"$1\" -j address show dev host0", name);
    Observer observer =
        new Observer(name, site.host(), "netns " + name, "packets", List.of("host0"));
    beside.add(party(name, Role.BESIDE, name, observer, "host0", link, here));
    return this;
  }

  /**
   * Adds addresses nobody may reach from a tenant's network; the last peer has them, or the host.
   */
  public Cast forbidden(String name, boolean atPeer, Map<Family, String> addresses) {
    Observer observer = atPeer ? peers.getLast().observer() : onHost();
    forbidden.add(new Party(name, Role.FORBIDDEN, name, observer, "", "", addresses, null));
    return this;
  }

  /** Everybody. */
  public List<Party> all() {
    List<Party> all = new ArrayList<>(guests);
    all.addAll(gateways.values());
    all.add(host());
    all.addAll(peers);
    for (Party one : beside) {
      all.add(one);
      all.add(one.via());
    }
    all.addAll(forbidden);
    return all;
  }

  /** Those who send: all but the further addresses of the host and of others. */
  public List<Party> senders() {
    List<Party> all = new ArrayList<>(guests);
    all.add(host());
    all.addAll(peers);
    all.addAll(beside);
    return all;
  }

  /** The containers. */
  public List<Party> guests() {
    return guests;
  }

  /** One of them, by name. */
  public Party named(String name) {
    return all().stream()
        .filter(one -> one.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no " + name));
  }

  private static Json link(Host host, String line, String word) {
    return Json.parse(host.sh(line, word)).at(0);
  }

  /** A party as `ip -j address show` describes its link. */
  static Party party(
      String name,
      Role role,
      String network,
      Observer observer,
      String interfaceName,
      Json link,
      @Nullable Party gateway) {
    Map<Family, String> addresses = new EnumMap<>(Family.class);
    for (Json address : link.at("addr_info").list()) {
      String local = address.at("local").text();
      if (address.at("family").text().equals("inet")) {
        addresses.putIfAbsent(Family.V4, local);
      } else if (address.at("scope").text().equals("link")) {
        addresses.putIfAbsent(Family.LOCAL, local);
      } else {
        addresses.putIfAbsent(Family.V6, local);
      }
    }
    String mac = link.at("address").text();
    return new Party(name, role, network, observer, interfaceName, mac, addresses, gateway);
  }
}
