package io.bitbuilder.hypervisor.network;

import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Span;
import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.Firewall;
import io.bitbuilder.hypervisor.model.Firewall.Action;
import io.bitbuilder.hypervisor.model.Firewall.Party;
import io.bitbuilder.hypervisor.model.Firewall.Policy;
import io.bitbuilder.hypervisor.model.Firewall.Protocol;
import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.model.PortRange;
import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Restart;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.Tenant.Network.Mode;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.model.Tunnel;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Port;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedContainer;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedTunnel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** A tenant with networks, guests and rules, resolved as planning does it. */
final class DeclaredTenant {
  static final List<String> PROTECT = List.of("10.0.0.0/8", "fc00::/7");

  final TenantId id;
  final List<ResolvedTenant.Network> networks = new ArrayList<>();
  final List<ResolvedContainer> containers = new ArrayList<>();
  final List<ResolvedTunnel> tunnels = new ArrayList<>();
  final List<Firewall.Rule> rules = new ArrayList<>();
  final TreeMap<ResourceName, Policy> policies = new TreeMap<>();
  private final int index;

  /** Tenants of different index share no address. */
  DeclaredTenant(String id, int index) {
    this.id = new TenantId(id);
    this.index = index;
  }

  DeclaredTenant network(String name, Mode mode) {
    return network(name, mode, true, true);
  }

  DeclaredTenant network(String name, Mode mode, boolean routed4, boolean routed6) {
    int number = networks.size();
    networks.add(
        new ResolvedTenant.Network(
            new ResourceName(name),
            mode,
            "bb-" + id + number,
            "10." + (128 + index) + "." + number + ".1",
            24,
            "fd00:b17b:" + index + ":" + number + "::/64",
            "fd00:b17b:" + index + ":" + number + "::1",
            true,
            true,
            List.of(),
            0,
            number * 8_000_000L,
            mode == Mode.VXLAN
                ? Optional.of(
                    new ResolvedTenant.Span(
                        7, "bx-" + (index * 10 + number), "192.0.2.10", List.of("192.0.2.11")))
                : Optional.empty(),
            routed4,
            routed6));
    return this;
  }

  /**
   * A container; ports are written {@code 8080:80/tcp}.
   *
   * @param network its name, or empty for none
   */
  DeclaredTenant guest(String name, String network, String... ports) {
    List<Guest.Published> published = new ArrayList<>();
    for (String port : ports) {
      String[] parts = port.split("[:/]", -1);
      published.add(
          new Guest.Published(
              Integer.parseInt(parts[0]),
              Integer.parseInt(parts[1]),
              parts[2].equals("tcp") ? Protocol.TCP : Protocol.UDP,
              DeclaredTenant::nowhere));
    }
    int host = containers.size() + 2;
    containers.add(
        new ResolvedContainer(
            container(name, network, published),
            name + "." + id,
            65_536L * (100 * index + host),
            "0".repeat(32),
            Optional.empty(),
            networks.stream()
                .filter(one -> one.name().value().equals(network))
                .findFirst()
                .map(one -> port(name, one, host))));
    return this;
  }

  private Port port(String name, ResolvedTenant.Network network, int host) {
    int number = networks.indexOf(network);
    String mac = String.format("02:bb:00:%02x:%02x:%02x", index, number, host);
    return new Port(
        network.name(),
        network.bridge(),
        "vb-" + name + "." + id,
        mac,
        "10." + (128 + index) + "." + number + "." + host,
        24,
        network.gateway(),
        String.format("fd00:b17b:%x:%x:bb:ff:fe%02x:%x", index, number, index, number * 256 + host),
        network.gateway6(),
        0);
  }

  private static Container container(String name, String network, List<Guest.Published> published) {
    return new Container(
        new ResourceName(name),
        name,
        "host",
        List.of(),
        new TreeMap<>(),
        false,
        false,
        true,
        List.of(),
        network.isEmpty() ? List.of() : List.of(new ResourceName(network)),
        List.of(),
        published,
        List.of(),
        new TreeMap<>(),
        Tenant.Limits.NONE,
        Restart.ON_FAILURE,
        List.of(),
        List.of(),
        DeclaredTenant::nowhere);
  }

  static Location nowhere(String pointer) {
    return Location.ofFile("", "", "");
  }

  /** A tunnel of interface {@code bw-NUMBER}. */
  DeclaredTenant tunnel(String name, int number, String... of) {
    tunnels.add(
        new ResolvedTunnel(
            new Tunnel(
                new ResourceName(name),
                "",
                0,
                0,
                List.of(of).stream().map(ResourceName::new).toList(),
                List.of(),
                DeclaredTenant::nowhere),
            number));
    return this;
  }

  DeclaredTenant policy(String network, boolean within, boolean in, boolean out) {
    policies.put(new ResourceName(network), new Policy(within, in, out));
    return this;
  }

  /** The next rule; each is in a file of two. */
  DeclaredTenant rule(
      String name, Action action, Party from, Party to, Protocol protocol, PortRange... ports) {
    int number = rules.size();
    Location at =
        new Location(
            "",
            "",
            "network/firewall/" + (10 + number / 2) + ".yaml",
            new Span(2 + number % 2, 5, 1),
            "/rules/" + number % 2,
            "");
    rules.add(
        new Firewall.Rule(
            name, action, from, to, protocol, List.of(ports), number % 5 == 4, _ -> at));
    return this;
  }

  static Party guests(String... names) {
    return new Party.Guests(List.of(names).stream().map(ResourceName::new).toList());
  }

  ResolvedTenant resolve() {
    return new ResolvedTenant(
        id,
        id.value(),
        Optional.empty(),
        new Quota(1000, new ByteSize(1L << 30), new ByteSize(1L << 30), 0, containers.size()),
        Tenant.Limits.NONE,
        networks,
        containers,
        List.of(),
        tunnels,
        new Firewall(policies, rules),
        new SystemConfig.Network("10.128.0.0/9", "fd00:b17b::/32", "auto", PROTECT, 1000),
        List.of(),
        new java.util.TreeMap<>());
  }

  /** Its guests that are in a network. */
  List<End.Guest> members() {
    List<End.Guest> members = new ArrayList<>();
    for (ResolvedContainer container : containers) {
      container
          .port()
          .ifPresent(port ->
              members.add(
                  new End.Guest(
                      container.declared().name().value(),
                      port.network().value(),
                      port.bridge(),
                      port.link(),
                      port.address(),
                      port.address6())));
    }
    return members;
  }

  End.OfGuest end(String name) {
    return members().stream()
        .filter(member -> member.name().equals(name))
        .findFirst()
        .map(member -> new End.OfGuest(id, member))
        .orElseThrow();
  }

  void addTo(Trace trace) {
    ResolvedTenant tenant = resolve();
    trace.add(id, Topology.of(tenant), members(), new Ruleset(tenant).text());
  }
}
