package io.bitbuilder.hypervisor.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.AddressRange;
import io.bitbuilder.hypervisor.model.Firewall.Party;
import io.bitbuilder.hypervisor.model.Firewall.Protocol;
import io.bitbuilder.hypervisor.model.Firewall.Rule;
import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.Tenant.Network;
import io.bitbuilder.hypervisor.model.Tunnel;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of rules is compared with all packets there can be. */
class IdleRulesTest {
  private static final int TENANTS = 150;
  private static final List<String> RANGES =
      List.of(
          "192.0.2.0/24",
          "192.0.2.128/25",
          "10.0.0.0/8",
          "0.0.0.0/0",
          "'::/0'",
          "'2001:db8::/32'",
          "172.16.9.0/24");
  private static final String TUNNEL =
      """
      peers:
        - publicKey: ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=
          allowedIPs: [172.16.9.0/24, "fd12::/64"]
          endpoint: 192.0.2.1:51820
      """;
  private static final int[] PORTS = {79, 80, 81, 82, 83};

  /** Somebody in a network, behind a tunnel, or outside. */
  private record Somebody(
      Optional<ResourceName> name,
      Optional<Network> network,
      Optional<Tunnel> tunnel,
      String address) {
    Somebody(Optional<ResourceName> name, Optional<Network> network, String address) {
      this(name, network, Optional.empty(), address);
    }

    /** Whether it is all members of a network. */
    boolean isMany() {
      return name.isEmpty() && network.isPresent();
    }
  }

  private record Packet(Somebody from, Somebody to, Protocol protocol, int port) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aRuleThatIsSaidToDecideNothingDoesNot(long seed) throws IOException {
    Random random = new Random(seed);
    int late = 0;
    int missed = 0;
    for (int i = 0; i < TENANTS; i++) {
      boolean ranges = random.nextBoolean();
      Report report = new Report();
      Tenant tenant = Tenants.read(tree(ranges, random), Optional.empty(), report).orElseThrow();
      List<Rule> rules = tenant.firewall().rules();
      List<Packet> packets = packets(tenant);
      for (int n = 0; n < rules.size(); n++) {
        Rule rule = rules.get(n);
        List<Packet> fitting = packets.stream().filter(one -> fits(rule, one)).toList();
        Set<Code> said = said(report, "/rules/" + n);
        if (said.contains(Code.BB309) || !ranges) {
          assertThat(said.contains(Code.BB309))
              .as("%s fits %s", rule, fitting)
              .isEqualTo(fitting.isEmpty());
        }
        boolean covered =
            rules.subList(0, n).stream()
                .anyMatch(other -> fitting.stream().allMatch(one -> fits(other, one)));
        if (said.contains(Code.BB310)) {
          late++;
          assertThat(covered).as("%s after %s", rule, rules.subList(0, n)).isTrue();
        } else if (covered && !fitting.isEmpty()) {
          missed++;
        }
      }
    }
    // What nobody can be certain of is left out: a group that happens to be everybody, and so on.
    assertThat(late).isGreaterThan(40).isGreaterThan(2 * missed);
  }

  private static Set<Code> said(Report report, String pointer) {
    return report.sorted().stream()
        .filter(finding -> (finding.location().pointer() + "/").startsWith(pointer + "/"))
        .map(Diagnostic::code)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static MemoryTree tree(boolean ranges, Random random) {
    MemoryTree tree = new MemoryTree();
    tree.file("metadata.json", TenantsTest.METADATA);
    List<String> networks = List.of("lan", "db", "edge").subList(0, 1 + random.nextInt(3));
    StringBuilder topology = new StringBuilder("networks:\n");
    for (String network : networks) {
      String mode = random.nextBoolean() ? "nat" : "isolated-bridge";
      topology.append("  - {name: ").append(network).append(", mode: ").append(mode).append("}\n");
    }
    tree.file("network/topology.yaml", topology.toString());
    for (String guest : List.of("a", "b", "c", "d")) {
      String network = networks.get(random.nextInt(networks.size()));
      tree.file(
          "containers/" + guest + "/config.yaml",
          "image: host\nnetworks: [" + (guest.equals("d") ? "" : network) + "]\n");
    }
    if (random.nextInt(4) == 0) {
      tree.file(
          "network/wireguard/office.yaml",
          "networks: [" + networks.get(random.nextInt(networks.size())) + "]\n" + TUNNEL);
    }
    StringBuilder rules = new StringBuilder("groups: {some: [a, c], none: [d]}\nrules:\n");
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      rules
          .append("  - {action: accept, from: ")
          .append(party(networks, ranges, random))
          .append(", to: ")
          .append(party(networks, ranges, random))
          .append(protocol(random))
          .append("}\n");
    }
    tree.file("network/firewall/rules.yaml", rules.toString());
    return tree;
  }

  private static String party(List<String> networks, boolean ranges, Random random) {
    return switch (random.nextInt(ranges ? 7 : 6)) {
      case 0, 1 -> "any";
      case 2 -> "outside";
      case 3 -> "network/" + networks.get(random.nextInt(networks.size()));
      case 4 -> random.nextInt(4) == 0 ? "group/none" : "group/some";
      case 5 -> List.of("a", "b", "c").get(random.nextInt(3));
      default -> RANGES.get(random.nextInt(RANGES.size()));
    };
  }

  private static String protocol(Random random) {
    return switch (random.nextInt(5)) {
      case 0, 1 -> "";
      case 2 -> ", protocol: icmp";
      case 3 -> ", protocol: tcp";
      default -> ", protocol: tcp, ports: [" + (80 + random.nextInt(3)) + "-82, 80]";
    };
  }

  /** One of each kind: every pair, family, protocol and port. */
  private static List<Packet> packets(Tenant tenant) {
    List<Packet> packets = new ArrayList<>();
    for (boolean six : new boolean[] {false, true}) {
      List<Somebody> all = everybody(tenant, six);
      for (Somebody from : all) {
        for (Somebody to : all) {
          boolean unsent = from.isMany() || (to.isMany() && !from.network().equals(to.network()));
          if (from.equals(to) || unsent || !leads(from, to) || !leads(to, from)) {
            continue;
          }
          packets.add(new Packet(from, to, Protocol.ICMP, 0));
          for (int port : PORTS) {
            packets.add(new Packet(from, to, Protocol.TCP, port));
          }
          packets.add(new Packet(from, to, Protocol.UDP, 80));
        }
      }
    }
    return packets;
  }

  private static List<Somebody> everybody(Tenant tenant, boolean six) {
    List<Somebody> all = new ArrayList<>();
    int number = 2;
    for (Guest guest : tenant.guests()) {
      for (Network network : tenant.networks()) {
        if (guest.networks().contains(network.name())) {
          all.add(
              new Somebody(
                  Optional.of(guest.name()),
                  Optional.of(network),
                  (six ? "fd00::" : "10.1.2.") + number++));
        }
      }
    }
    // What is for all members of a network.
    for (Network network : tenant.networks()) {
      all.add(
          new Somebody(Optional.empty(), Optional.of(network), six ? "ff02::fb" : "224.0.0.251"));
    }
    for (Tunnel tunnel : tenant.tunnels()) {
      all.add(
          new Somebody(
              Optional.empty(),
              Optional.empty(),
              Optional.of(tunnel),
              six ? "fd12::9" : "172.16.9.9"));
    }
    for (String address :
        six
            ? List.of("2001:db8::1", "2001:db9::1")
            : List.of("192.0.2.1", "192.0.2.129", "198.51.100.1", "10.9.9.9")) {
      all.add(new Somebody(Optional.empty(), Optional.empty(), address));
    }
    return all;
  }

  private static boolean leads(Somebody from, Somebody to) {
    if (from.network().isPresent() && to.tunnel().isPresent()) {
      return to.tunnel().get().networks().contains(from.network().get().name());
    }
    return from.network().isPresent()
        ? to.network().isPresent() || from.network().get().mode().leads()
        : to.network().isPresent();
  }

  private static boolean fits(Rule rule, Packet packet) {
    boolean ports =
        rule.ports().isEmpty()
            || rule.ports().stream().anyMatch(range -> range.contains(packet.port()));
    return (rule.protocol() == Protocol.ANY || (rule.protocol() == packet.protocol() && ports))
        && fits(rule.from(), packet.from())
        && fits(rule.to(), packet.to());
  }

  private static boolean fits(Party party, Somebody who) {
    return switch (party) {
      case Party.Any _ -> true;
      case Party.Outside _ -> who.network().isEmpty() && who.tunnel().isEmpty();
      case Party.OfNetwork(var name) ->
          who.network().filter(network -> network.name().equals(name)).isPresent();
      case Party.Guests(var names) -> who.name().filter(names::contains).isPresent();
      case Party.Range(var cidr) ->
          AddressRange.parse(cidr)
              .orElseThrow()
              .contains(AddressRange.parse(who.address()).orElseThrow());
    };
  }

  /** A mean number of rules must not take minutes. */
  @Test
  void manyRulesTakeNoTime() throws IOException {
    MemoryTree tree = new MemoryTree();
    tree.file("metadata.json", TenantsTest.METADATA);
    StringBuilder topology = new StringBuilder("networks:\n");
    for (int i = 0; i < 16; i++) {
      topology.append("  - {name: n").append(i).append(", mode: nat}\n");
    }
    tree.file("network/topology.yaml", topology.toString());
    tree.file("containers/a/config.yaml", "image: host\nnetworks: [n0]\n");
    StringBuilder rules = new StringBuilder("rules:\n");
    for (int i = 1; i <= 5000; i++) {
      rules.append("  - {action: drop, protocol: tcp, ports: [").append(i).append("]}\n");
    }
    tree.file("network/firewall/rules.yaml", rules.toString());
    Report report = new Report();
    Instant begin = Instant.now();
    assertThat(Tenants.read(tree, Optional.empty(), report)).isPresent();
    assertThat(report.sorted()).isEmpty();
    assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(10));
  }
}
