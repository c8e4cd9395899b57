package io.bitbuilder.hypervisor.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.model.AddressRange;
import io.bitbuilder.hypervisor.model.Firewall.Action;
import io.bitbuilder.hypervisor.model.Firewall.Party;
import io.bitbuilder.hypervisor.model.Firewall.Protocol;
import io.bitbuilder.hypervisor.model.PortRange;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Tenant.Network.Mode;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is traced through compiled rules is what the declared ones say. */
class TracePropertyTest {
  private static final int HOSTS = 60;
  private static final int PACKETS = 400;
  private static final Set<String> UPLINKS = Set.of("eth0");
  private static final List<String> RANGES =
      List.of(
          "192.0.2.0/24",
          "192.0.2.128/25",
          "2001:db8::/32",
          "0.0.0.0/0",
          "::/0",
          "10.9.0.0/16",
          "10.129.0.0/24",
          "10.129.1.3/32",
          "fd00:b17b:1::/48");
  private static final int[] PORTS = {53, 67, 68, 80, 81, 443, 546, 8080, 8081};

  /** An end and an address of it. */
  private record Place(End end, AddressRange address) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void traceAndDeclarationAgree(long seed) {
    Random random = new Random(seed);
    Map<Answer.Kind, Integer> yes = new EnumMap<>(Answer.Kind.class);
    Map<Answer.Kind, Integer> no = new EnumMap<>(Answer.Kind.class);
    for (int host = 0; host < HOSTS; host++) {
      List<DeclaredTenant> declared = List.of(tenant("acme", 1, random), tenant("blue", 2, random));
      Trace trace = new Trace(UPLINKS);
      declared.forEach(one -> one.addTo(trace));
      List<ResolvedTenant> resolved = declared.stream().map(DeclaredTenant::resolve).toList();
      Model model = new Model(resolved, UPLINKS);
      for (int i = 0; i < PACKETS; i++) {
        boolean six = random.nextBoolean();
        Place from = place(declared, six, random);
        Place to = place(declared, six, random);
        if (from.equals(to)) {
          continue;
        }
        Packet packet = packet(from, to, random);
        Answer answer = trace.ask(from.end(), to.end(), packet);
        assertThat(answer.passes())
            .as("%s → %s %s: %s\n%s", from, to, packet, answer, text(declared))
            .isEqualTo(model.passes(from.end(), to.end(), packet));
        (answer.passes() ? yes : no).merge(answer.reason().kind(), 1, Integer::sum);
      }
    }
    assertThat(yes)
        .containsKeys(
            Answer.Kind.RULE,
            Answer.Kind.POLICY,
            Answer.Kind.PUBLISHED,
            Answer.Kind.TUNNEL,
            Answer.Kind.HOST);
    assertThat(no)
        .containsKeys(
            Answer.Kind.RULE,
            Answer.Kind.POLICY,
            Answer.Kind.MODE,
            Answer.Kind.PROTECT,
            Answer.Kind.DELEGATION,
            Answer.Kind.SPOOFING,
            Answer.Kind.TENANTS,
            Answer.Kind.TUNNEL,
            Answer.Kind.UPLINK,
            Answer.Kind.HOST);
  }

  private static String text(List<DeclaredTenant> tenants) {
    StringBuilder text = new StringBuilder();
    tenants.forEach(one -> text.append(new Ruleset(one.resolve()).text()).append('\n'));
    return text.toString();
  }

  private static DeclaredTenant tenant(String id, int index, Random random) {
    DeclaredTenant tenant = new DeclaredTenant(id, index);
    List<String> names = List.of("lan", "db", "edge").subList(0, 1 + random.nextInt(3));
    for (String name : names) {
      Mode mode = List.of(Mode.ISOLATED_BRIDGE, Mode.NAT, Mode.ROUTED).get(random.nextInt(3));
      tenant.network(name, mode, random.nextBoolean(), random.nextBoolean());
      if (random.nextBoolean()) {
        tenant.policy(name, random.nextBoolean(), random.nextBoolean(), random.nextBoolean());
      }
    }
    for (int i = 0; i < 5; i++) {
      String network = names.get(random.nextInt(names.size()));
      // A port is published by one tenant alone.
      boolean leads =
          tenant.networks.stream()
              .anyMatch(one -> one.name().value().equals(network) && one.mode().leads());
      tenant.guest(
          "g" + i,
          network,
          leads && i < 2 && index == 1
              ? new String[] {
                (8080 + i) + ":80/tcp", (8080 + i) + ":53/udp", (80 + i) + ":8080/tcp"
              }
              : new String[0]);
    }
    if (random.nextBoolean()) {
      tenant.tunnel("office", index == 1 ? 7 : 8, names.get(random.nextInt(names.size())));
    }
    for (int i = random.nextInt(8); i > 0; i--) {
      rule(tenant, names, random);
    }
    return tenant;
  }

  private static void rule(DeclaredTenant tenant, List<String> networks, Random random) {
    Protocol protocol = List.of(Protocol.values()).get(random.nextInt(4));
    List<PortRange> ports = new ArrayList<>();
    if (protocol == Protocol.TCP || protocol == Protocol.UDP) {
      for (int i = random.nextInt(3); i > 0; i--) {
        int first = PORTS[random.nextInt(PORTS.length)];
        ports.add(new PortRange(first, first + random.nextInt(2)));
      }
    }
    tenant.rule(
        random.nextBoolean() ? "" : "a \"name\" of a rule",
        List.of(Action.values()).get(random.nextInt(3)),
        party(networks, random),
        party(networks, random),
        protocol,
        ports.toArray(PortRange[]::new));
  }

  private static Party party(List<String> networks, Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> new Party.Any();
      case 1 -> new Party.Outside();
      case 2 ->
          new Party.OfNetwork(new ResourceName(networks.get(random.nextInt(networks.size()))));
      case 3 -> new Party.Range(RANGES.get(random.nextInt(RANGES.size())));
      case 4 -> DeclaredTenant.guests("g0", "g" + random.nextInt(5));
      default -> DeclaredTenant.guests("g" + random.nextInt(5));
    };
  }

  private static Place place(List<DeclaredTenant> tenants, boolean six, Random random) {
    DeclaredTenant tenant = tenants.get(random.nextInt(8) == 0 ? 1 : 0);
    return switch (random.nextInt(9)) {
      case 8 -> new Place(new End.Beyond("bw-7"), address(six ? "fd12::5" : "10.9.0.5"));
      case 0 -> new Place(new End.Beyond("eth0"), address(six ? "2001:db8::5" : "192.0.2.5"));
      case 1 -> new Place(new End.Beyond("eth0"), address(six ? "2a00::5" : "192.0.2.200"));
      case 2 ->
          new Place(
              new End.Beyond(random.nextBoolean() ? "eth0" : "eth1"),
              address(six ? "fd99::1" : "10.99.0.1"));
      case 3 -> new Place(new End.OfHost(), address(six ? "2001:db8:1::1" : "198.51.100.1"));
      case 4 -> {
        ResolvedTenant.Network network = tenant.networks.getFirst();
        yield new Place(new End.OfHost(), address(six ? network.gateway6() : network.gateway()));
      }
      default -> {
        List<End.Guest> members = tenant.members();
        End.Guest member = members.get(random.nextInt(members.size()));
        yield new Place(
            new End.OfGuest(tenant.id, member),
            address(six ? member.address6() : member.address()));
      }
    };
  }

  private static AddressRange address(String text) {
    return AddressRange.parse(text).orElseThrow();
  }

  private static Packet packet(Place from, Place to, Random random) {
    Protocol protocol = List.of(Protocol.TCP, Protocol.UDP, Protocol.ICMP).get(random.nextInt(3));
    boolean forged = random.nextInt(20) == 0;
    return new Packet(
        forged ? address(from.address().six() ? "2001:db8::66" : "192.0.2.66") : from.address(),
        to.address(),
        protocol,
        protocol == Protocol.ICMP ? 0 : PORTS[random.nextInt(PORTS.length)]);
  }
}
