package io.bitbuilder.hypervisor.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.model.AddressRange;
import io.bitbuilder.hypervisor.model.Firewall.Action;
import io.bitbuilder.hypervisor.model.Firewall.Party;
import io.bitbuilder.hypervisor.model.Firewall.Protocol;
import io.bitbuilder.hypervisor.model.PortRange;
import io.bitbuilder.hypervisor.model.Tenant.Network.Mode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which rule or default decides, in words. */
class TraceTest {
  private static final End OUTSIDE = new End.Beyond("eth0");
  private static final End HOST = new End.OfHost();
  private static final String UPLINK = "198.51.100.1";

  private final DeclaredTenant acme =
      new DeclaredTenant("acme", 1)
          .network("lan", Mode.NAT)
          .network("db", Mode.ISOLATED_BRIDGE)
          .network("pub", Mode.ROUTED, true, false)
          .guest("web", "lan", "8080:80/tcp")
          .guest("db", "db")
          .guest("other", "lan")
          .network("far", Mode.VXLAN)
          .guest("open", "pub")
          .guest("near", "far")
          .tunnel("office", 7, "lan")
          .policy("db", false, false, true)
          .rule("the shop", Action.ACCEPT, new Party.Outside(), web(), Protocol.TCP, port(443))
          .rule("", Action.ACCEPT, web(), DeclaredTenant.guests("db"), Protocol.TCP, port(5432))
          .rule("", Action.REJECT, new Party.Any(), new Party.Range("192.0.2.0/24"), Protocol.ANY);
  private final DeclaredTenant blue =
      new DeclaredTenant("blue", 2).network("lan", Mode.NAT).guest("spy", "lan");
  private final Trace trace = new Trace(Set.of("eth0"));

  private static Party web() {
    return DeclaredTenant.guests("web");
  }

  private static PortRange port(int port) {
    return new PortRange(port, port);
  }

  @BeforeEach
  void apply() {
    acme.addTo(trace);
    blue.addTo(trace);
  }

  private static AddressRange address(String text) {
    return AddressRange.parse(text).orElseThrow();
  }

  private static String address(End end) {
    return switch (end) {
      case End.OfGuest guest -> guest.member().address();
      case End.OfHost _ -> UPLINK;
      case End.Beyond _ -> "203.0.113.5";
      case End.Nobody _ -> "10.129.0.99";
      case End.Elsewhere _ -> "10.129.3.99";
    };
  }

  private Answer ask(End from, End to, String address, Protocol protocol, int port) {
    return trace.ask(
        from, to, new Packet(address(address(from)), address(address), protocol, port));
  }

  private String tcp(End from, End to, int port) {
    return said(ask(from, to, address(to), Protocol.TCP, port));
  }

  private static String said(Answer answer) {
    return (answer.passes() ? "yes: " : answer.told() ? "told: " : "no: ") + answer.reason().text();
  }

  @Test
  void ruleByFilePositionAndName() {
    Answer answer = ask(OUTSIDE, acme.end("web"), "10.129.0.2", Protocol.TCP, 443);
    assertThat(said(answer)).isEqualTo("yes: network/firewall/10.yaml, rule 1 \"the shop\"");
    assertThat(answer.reason().number()).isEqualTo(1);
    assertThat(answer.reason().rule().orElseThrow().sentence())
        .isEqualTo("accept tcp 443 from outside to web");
    assertThat(tcp(acme.end("web"), acme.end("db"), 5432))
        .isEqualTo("yes: network/firewall/10.yaml, rule 2");
    assertThat(said(ask(acme.end("web"), OUTSIDE, "192.0.2.9", Protocol.ICMP, 0)))
        .isEqualTo("told: network/firewall/11.yaml, rule 1");
  }

  @Test
  void policies() {
    assertThat(tcp(acme.end("web"), acme.end("other"), 80))
        .isEqualTo("yes: policy of network lan: within accept");
    assertThat(tcp(acme.end("other"), acme.end("db"), 5432))
        .isEqualTo("no: policy of network db: in drop");
    // Nothing leads from there to lan, so there is not even a chain.
    assertThat(tcp(acme.end("db"), acme.end("web"), 80))
        .isEqualTo("no: policy of network lan: in drop");
    assertThat(tcp(acme.end("web"), OUTSIDE, 443))
        .isEqualTo("yes: policy of network lan: out accept");
    assertThat(tcp(OUTSIDE, acme.end("other"), 443))
        .isEqualTo("no: policy of network lan: in drop");
  }

  @Test
  void modesProtectionAndDelegation() {
    assertThat(tcp(acme.end("db"), OUTSIDE, 443))
        .isEqualTo("no: mode of network db: isolated-bridge");
    assertThat(tcp(OUTSIDE, acme.end("db"), 443))
        .isEqualTo("no: mode of network db: isolated-bridge");
    assertThat(said(ask(acme.end("web"), OUTSIDE, "10.1.1.1", Protocol.TCP, 80)))
        .isEqualTo("no: network.protect of the host");
    Packet six =
        new Packet(
            address(acme.end("open").member().address6()),
            address("2001:db8::1"),
            Protocol.TCP,
            80);
    assertThat(said(trace.ask(acme.end("open"), OUTSIDE, six)))
        .isEqualTo("no: IPv6 of network pub is not routed to the host");
    assertThat(tcp(acme.end("open"), OUTSIDE, 80))
        .isEqualTo("yes: policy of network pub: out accept");
  }

  @Test
  void steps() {
    assertThat(ask(acme.end("web"), OUTSIDE, "203.0.113.5", Protocol.TCP, 80).steps())
        .containsExactly("it goes on with the host's address");
    assertThat(ask(acme.end("open"), OUTSIDE, "203.0.113.5", Protocol.TCP, 80).steps()).isEmpty();
    assertThat(ask(OUTSIDE, HOST, UPLINK, Protocol.TCP, 8080).steps())
        .containsExactly("port 8080/tcp of the host leads to port 80 of acme/web");
  }

  @Test
  void publishedPorts() {
    assertThat(tcp(OUTSIDE, HOST, 8080)).isEqualTo("yes: published port 8080/tcp of acme/web");
    assertThat(tcp(HOST, HOST, 8080)).isEqualTo("yes: published port 8080/tcp of acme/web");
    assertThat(said(ask(HOST, HOST, "127.0.0.1", Protocol.TCP, 8080)))
        .isEqualTo("yes: of the host itself, which tenants' rules leave alone");
    assertThat(said(ask(OUTSIDE, HOST, UPLINK, Protocol.UDP, 8080)))
        .isEqualTo("yes: of the host itself, which tenants' rules leave alone");
    assertThat(tcp(new End.Beyond("eth1"), HOST, 8080))
        .isEqualTo("yes: of the host itself, which tenants' rules leave alone");
    assertThat(tcp(OUTSIDE, acme.end("web"), 80)).isEqualTo("no: policy of network lan: in drop");
    // Nobody of a tenant gets there by the address of the host.
    assertThat(tcp(blue.end("spy"), HOST, 8080)).startsWith("no: the host serves DHCP");
  }

  @Test
  void tenantsAndInterfaces() {
    assertThat(tcp(blue.end("spy"), acme.end("web"), 443)).isEqualTo("no: no way between tenants");
    assertThat(tcp(acme.end("web"), new End.Beyond("eth1"), 80))
        .isEqualTo("no: interface eth1 is no uplink");
    assertThat(tcp(new End.Beyond("eth1"), acme.end("web"), 443))
        .isEqualTo("no: interface eth1 is no uplink");
    assertThat(tcp(acme.end("web"), new End.Beyond(""), 80))
        .isEqualTo("no: the host knows no way to 203.0.113.5");
    assertThat(tcp(HOST, acme.end("db"), 80)).isEqualTo("yes: the host reaches every guest");
    assertThat(tcp(acme.end("web"), acme.end("web"), 80))
        .isEqualTo("yes: it does not leave the sender");
    End.Nobody nobody = new End.Nobody(acme.end("web").member().bridge());
    assertThat(tcp(acme.end("web"), nobody, 80))
        .isEqualTo("no: nobody has the address 10.129.0.99");
    assertThat(tcp(blue.end("spy"), nobody, 80)).isEqualTo("no: no way between tenants");
  }

  @Test
  void whatTheHostServes() {
    assertThat(said(ask(acme.end("db"), HOST, "10.129.1.1", Protocol.UDP, 53)))
        .isEqualTo("yes: the host serves names");
    assertThat(said(ask(acme.end("db"), HOST, "10.129.0.1", Protocol.UDP, 53))).startsWith("no: ");
    assertThat(said(ask(acme.end("db"), HOST, "10.129.1.1", Protocol.ICMP, 0))).startsWith("no: ");
    assertThat(said(ask(acme.end("db"), HOST, "10.129.1.1", Protocol.UDP, 67)))
        .startsWith("yes: the host serves DHCP");
  }

  @Test
  void whatTheHostServesToANetworkIsForNobodyElse() {
    assertThat(said(ask(OUTSIDE, HOST, "10.129.1.1", Protocol.TCP, 53)))
        .isEqualTo("no: what the host serves to a network is for nobody else");
    assertThat(said(ask(OUTSIDE, HOST, UPLINK, Protocol.UDP, 14789)))
        .isEqualTo("no: port 14789/udp is for the other hosts of the fleet");
    assertThat(said(ask(acme.end("web"), acme.end("other"), "10.129.0.4", Protocol.UDP, 68)))
        .isEqualTo("no: only the host answers to clients of DHCP");
  }

  @Test
  void tunnels() {
    End office = new End.Beyond("bw-7");
    String open = "yes: network lan is one of those of tunnel office";
    assertThat(tcp(acme.end("web"), office, 80)).isEqualTo(open);
    assertThat(tcp(office, acme.end("web"), 80)).isEqualTo(open);
    // What is behind it is not outside, so the shop's rule says nothing of it.
    assertThat(tcp(office, acme.end("web"), 443)).isEqualTo(open);
    assertThat(tcp(acme.end("db"), office, 80))
        .isEqualTo("no: the tunnel is for other networks of the tenant");
    assertThat(tcp(blue.end("spy"), office, 80)).isEqualTo("no: no way between tenants");
    assertThat(said(ask(office, HOST, "10.129.0.1", Protocol.UDP, 53)))
        .isEqualTo("no: through a tunnel nobody reaches the host");
  }

  @Test
  void aNetworkThatSpansHosts() {
    End far = trace.whereabouts().end(address("10.129.3.99")).orElseThrow();
    assertThat(far).isEqualTo(new End.Elsewhere("bb-acme3"));
    Answer answer = ask(acme.end("near"), far, "10.129.3.99", Protocol.TCP, 80);
    assertThat(said(answer)).isEqualTo("yes: policy of network far: within accept");
    assertThat(answer.steps()).containsExactly("the receiver is on another host, if anywhere");
    assertThat(tcp(far, acme.end("near"), 80))
        .isEqualTo("yes: policy of network far: within accept");
    assertThat(tcp(far, acme.end("web"), 80))
        .isEqualTo("no: each host serves its own part of a network");
    assertThat(tcp(blue.end("spy"), far, 80)).isEqualTo("no: no way between tenants");
  }

  @Test
  void aForgedSender() {
    Packet forged = new Packet(address("10.129.0.4"), address("10.129.0.2"), Protocol.TCP, 80);
    assertThat(said(trace.ask(acme.end("web"), acme.end("other"), forged)))
        .isEqualTo("no: anti-spoofing: 10.129.0.4 is no address of web");
  }

  @Test
  void whoHasAnAddress() {
    assertThat(trace.whereabouts().end(address("10.129.0.2"))).contains(acme.end("web"));
    assertThat(trace.whereabouts().end(address(acme.end("web").member().address6())))
        .contains(acme.end("web"));
    assertThat(trace.whereabouts().end(address("10.129.1.1"))).contains(HOST);
    assertThat(trace.whereabouts().end(address("10.129.1.200")))
        .contains(new End.Nobody("bb-acme1"));
    assertThat(trace.whereabouts().end(address("192.0.2.1"))).isEmpty();
    assertThat(trace.whereabouts().gateway("bb-acme1", false)).contains(address("10.129.1.1"));
    assertThat(trace.whereabouts().addresses(acme.end("web"), true)).hasSize(2);
  }

  @Test
  void addressesThatRulesName() {
    assertThat(trace.whereabouts().named(acme.id, false))
        .isEqualTo(Map.of(address("192.0.2.0/24"), address("192.0.2.0")));
    assertThat(trace.whereabouts().named(acme.id, true)).isEmpty();
    assertThat(trace.whereabouts().named(blue.id, false)).isEmpty();
    assertThat(trace.whereabouts().outsider(acme.id, false)).isEqualTo(address("1.0.0.0"));
    assertThat(trace.whereabouts().outsider(acme.id, true)).isEqualTo(address("2000::"));
  }

  @Test
  void narrowAndWideRangesAreToldApart() {
    DeclaredTenant tenant =
        new DeclaredTenant("acme", 1)
            .network("lan", Mode.NAT)
            .guest("web", "lan")
            .rule("", Action.DROP, web(), new Party.Range("1.0.0.0/9"), Protocol.ANY)
            .rule("", Action.DROP, web(), new Party.Range("1.0.0.0/8"), Protocol.ANY)
            .rule("", Action.DROP, web(), new Party.Range("0.0.0.0/0"), Protocol.ANY)
            .rule("", Action.DROP, web(), new Party.Range("10.129.0.0/24"), Protocol.ANY);
    Trace other = new Trace(Set.of("eth0"));
    tenant.addTo(other);
    assertThat(other.whereabouts().outsider(tenant.id, false)).isEqualTo(address("2.0.0.0"));
    assertThat(other.whereabouts().named(tenant.id, false))
        .containsEntry(address("1.0.0.0/9"), address("1.0.0.0"))
        .containsEntry(address("1.0.0.0/8"), address("1.128.0.0"))
        .doesNotContainKey(address("10.129.0.0/24"));
  }

  @Test
  void withoutAnUplink() {
    Trace other = new Trace(Set.of());
    acme.addTo(other);
    Packet packet = new Packet(address("10.129.0.2"), address("1.0.0.0"), Protocol.TCP, 443);
    assertThat(said(other.ask(acme.end("web"), new End.Beyond(""), packet)))
        .isEqualTo("no: the host has no uplink");
  }

  /** Of a generation of before, whose manifest says nothing of rules. */
  @Test
  void withoutATopologyNumbersAreLeft() {
    Trace old = new Trace(Set.of("eth0"));
    old.add(acme.id, Topology.NONE, acme.members(), new Ruleset(acme.resolve()).text());
    Packet packet = new Packet(address("203.0.113.5"), address("10.129.0.2"), Protocol.TCP, 443);
    assertThat(said(old.ask(OUTSIDE, acme.end("web"), packet))).isEqualTo("yes: rule 1");
    Packet other = new Packet(address("203.0.113.5"), address("10.129.1.3"), Protocol.TCP, 443);
    assertThat(said(old.ask(OUTSIDE, acme.end("db"), other)))
        .isEqualTo("no: the network has no way to the outside");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "flush ruleset",
        "add element inet bitbuilder out",
        "add rule inet bitbuilder acme/lan/in accept",
        "add chain inet bitbuilder c\nadd rule inet bitbuilder c ip saddr x accept",
        "add chain inet bitbuilder c\nadd rule inet bitbuilder c tcp sport 1 accept",
        "add chain inet bitbuilder c\nadd rule inet bitbuilder c tcp dport { 1",
        "add chain inet bitbuilder c\nadd rule inet bitbuilder c reject with tcp reset",
        "add chain inet bitbuilder c\nadd rule inet bitbuilder c counter accept comment \"x\""
      })
  void whatIsNotOursIsNotGuessed(String text) {
    Trace other = new Trace(Set.of());
    assertThatThrownBy(() -> other.add(acme.id, Topology.NONE, List.of(), text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("line ");
  }
}
