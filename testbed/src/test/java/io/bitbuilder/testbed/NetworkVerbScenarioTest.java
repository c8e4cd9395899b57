package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What {@code bitbuilder network} shows is there, and what it says of packets is what becomes of
 * them. Outside is a network namespace of the host that knows the way to all networks of tenants.
 */
@Tag("scenario")
final class NetworkVerbScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("netverb");

  private static final String GUEST =
      """
      image: host
      networks: [%s]
      labels: [%s]
      command: [/usr/bin/python3, /srv/talk.py, serve, "tcp:8000", "tcp:8001", "udp:8053"]
      """;
  private static final String TOPOLOGY =
      """
      networks:
        - {name: front, mode: nat}
        - {name: back}
        - {name: side, mode: nat}
      """;
  private static final String FIRST =
      """
      rules:
        - {name: the shop, action: accept, from: outside, to: web, protocol: tcp, ports: [8000]}
        - {action: accept, from: label/shop, to: db, protocol: tcp, ports: [8000]}
        - {action: drop, from: peer, to: 203.0.113.66/32}
      """;
  private static final String SECOND =
      """
      policy:
        side: {within: drop, in: accept, out: drop}
      rules:
        - {action: reject, from: network/back, to: web, protocol: icmp}
        - {name: names, action: accept, from: replica, to: network/front, protocol: udp, ports: ["8000-8100"]}
        - {action: accept, from: lone, to: mate, protocol: tcp, ports: [8001]}
        - {action: accept, from: lone, to: "2001:db8::/64"}
      """;

  private static final String WISH =
      """
      rules:
        - {name: a wish, action: accept, from: peer, to: db, protocol: tcp, ports: [8001]}
      """;

  /** Outside, and beside: an interface that is no uplink. */
  private static final String OUTSIDE =
      """
      ip netns add outside
      ip link add up0 type veth peer name up1 netns outside
      ip address add 203.0.113.1/24 dev up0
      ip address add 2001:db8::1/64 dev up0 nodad
      ip link set up0 up
      ip -n outside link set lo up
      for address in 203.0.113.2/24 203.0.113.66/24; do ip -n outside address add $address dev up1; done
      for address in 2001:db8::2/64 2001:db8::66/64; do ip -n outside address add $address dev up1 nodad; done
      ip -n outside link set up1 up
      ip route replace default via 203.0.113.2 dev up0
      ip -6 route replace default via 2001:db8::2 dev up0
      ip -n outside route add 10.128.0.0/9 via 203.0.113.1
      ip -n outside -6 route add fd00:b17b::/32 via 2001:db8::1
      ip netns add beside
      ip link add in0 type veth peer name in1 netns beside
      ip address add 198.51.100.1/24 dev in0
      ip link set in0 up
      ip -n beside address add 198.51.100.2/24 dev in1
      ip -n beside link set in1 up
      ip -n beside route add default via 198.51.100.1
      systemd-run --quiet --unit=outside ip netns exec outside \
        python3 /srv/talk.py serve tcp:8000 tcp:8001 udp:8053
      systemd-run --quiet --unit=beside ip netns exec beside \
        python3 /srv/talk.py serve tcp:8000 tcp:8001 udp:8053
      systemd-run --quiet --unit=here python3 /srv/talk.py serve tcp:9999\
      """;

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  @BeforeAll
  static void twoTenantsRun() {
    Site site = SCENE.site();
    site.host().write("/srv/talk.py", Talk.script());
    site.host().sh(OUTSIDE);
    site.push("acme", "first", acme());
    Tree globex =
        Tree.tenant("globex").with("network/topology.yaml", "networks: [{name: lan, mode: nat}]\n");
    site.push("globex", "first", guest("spy", "lan", "", globex));
    site.register("acme", site.git().url("acme"), ", \"ports\": [\"8053-8089\"]");
    site.register("globex").publish();
    site.sync(0);
    for (String each : new String[] {"web", "peer", "db", "replica", "lone", "mate", "os"}) {
      String line = each.equals("os") ? "ping -c 1 -W 1 \"$1\"" : "nc.openbsd -z -w 2 \"$1\" 8000";
      for (String family : new String[] {"address", "address6"}) {
        site.host()
            .eventually(
                Duration.ofSeconds(30), line, site.container("acme", each).at(family).text());
      }
    }
  }

  private static Tree acme() {
    Tree tree =
        Tree.tenant("acme")
            .with("network/topology.yaml", TOPOLOGY)
            .with("network/firewall/10-first.yaml", FIRST)
            .with("network/firewall/20-second.yaml", SECOND)
            .container("os", "image: host\nnetworks: [front]\n");
    for (String name : new String[] {"db", "replica"}) {
      tree = guest(name, "back", "", tree);
    }
    for (String name : new String[] {"lone", "mate"}) {
      tree = guest(name, "side", "", tree);
    }
    return guest("web", "front", "shop", guest("peer", "front", "", tree))
        .container(
            "web",
            GUEST.formatted("front", "shop")
                + "ports: [{host: 8080, container: 8000}, {host: 8081, container: 8001},"
                + " {host: 8053, container: 8053, protocol: udp}]\n");
  }

  private static Tree guest(String name, String network, String label, Tree tree) {
    return tree.container(name, GUEST.formatted(network, label))
        .with("containers/" + name + "/rootfs-overlay/srv/talk.py", Talk.script());
  }

  private String address(String tenant, String container, boolean six) {
    return site.container(tenant, container).at(six ? "address6" : "address").text();
  }

  @Test
  void traceAgreesWithPackets() {
    List<String> wrong = new ArrayList<>();
    Set<String> passing = new TreeSet<>();
    Set<String> dropping = new TreeSet<>();
    int[] counted = new int[2];
    Talk talk = new Talk(site);
    for (Talk.Sender from : talk.senders()) {
      List<Talk.Cell> cells = talk.cells(from);
      List<Traces.Verdict> said =
          Traces.ask(site, "acme", cells.stream().map(Talk.Cell::question).toList());
      List<Boolean> arrived = talk.send(from, cells);
      for (int i = 0; i < cells.size(); i++) {
        Traces.Verdict verdict = said.get(i);
        (verdict.passes() ? passing : dropping).add(verdict.kind());
        counted[verdict.passes() ? 1 : 0]++;
        if (verdict.passes() != arrived.get(i)) {
          wrong.add(from.name() + ": " + cells.get(i).line() + ": " + verdict);
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(passing).containsExactly("host", "policy", "published", "rule");
    assertThat(dropping).containsExactly("host", "mode", "policy", "rule", "tenants", "uplink");
    assertThat(counted[0]).as("packets that do not pass").isGreaterThan(300);
    assertThat(counted[1]).as("packets that pass").isGreaterThan(150);
  }

  @Test
  void traceSaysWhichRule() {
    assertThat(trace(0, "outside", "web:8000"))
        .contains("decided by  network/firewall/10-first.yaml, rule 1 \"the shop\"")
        .contains(
            "which says  accept tcp 8000 from outside to web (network/firewall/10-first.yaml:2)");
    assertThat(trace(6, "peer", "203.0.113.66"))
        .contains("decided by  network/firewall/10-first.yaml, rule 3\n");
    assertThat(trace(0, "peer", "outside:80"))
        .contains("but         to 203.0.113.66 it does not pass");
    assertThat(trace(6, "db", "web"))
        .contains("verdict     is refused, and the sender is told")
        .contains("decided by  network/firewall/20-second.yaml, rule 1\n");
    assertThat(trace(0, "replica", "web:8053", "--protocol=udp"))
        .contains("decided by  network/firewall/20-second.yaml, rule 2 \"names\"");
    assertThat(trace(6, "web", "peer:8000", "--source=203.0.113.2")).contains("anti-spoofing");
    assertThat(trace(0, "outside", "host:8081"))
        .contains("decided by  published port 8081/tcp of acme/web")
        .contains("on the way  port 8081/tcp of the host leads to port 8001 of acme/web");
    // A rule of the tenant comes before, whichever way it is reached.
    assertThat(trace(0, "outside", "host:8080"))
        .contains("decided by  network/firewall/10-first.yaml, rule 1 \"the shop\"");
  }

  @Test
  void traceKnowsWhatWouldBe() {
    assertThat(trace(6, "peer", "db:8001")).contains("policy of network back: in drop");
    acme()
        .with("network/firewall/30-wish.yaml", WISH)
        .idle("guest")
        .files()
        .forEach((path, text) -> host.write("/srv/wish/" + path, text));
    assertThat(trace(0, "peer", "db:8001", "--from=/srv/wish"))
        .contains("decided by  network/firewall/30-wish.yaml, rule 1 \"a wish\"");
    // A container that there is not yet.
    assertThat(trace(0, "guest", "peer:80", "--from=/srv/wish"))
        .contains("decided by  policy of network front: within accept");
    assertThat(trace(2, "guest", "peer:80")).contains("no container or machine `guest`");
    host.write("/srv/wish/network/firewall/30-wish.yaml", "rules: [{action: allow}]\n");
    assertThat(trace(3, "peer", "db:8001", "--from=/srv/wish")).contains("BB204");
    assertThat(trace(6, "peer", "db:8001")).contains("policy of network back: in drop");
  }

  private String trace(int status, String... words) {
    List<String> command = new ArrayList<>(List.of("bitbuilder", "network", "trace", "acme"));
    command.addAll(List.of(words));
    Host.Output output = host.exec(command.toArray(String[]::new));
    assertThat(output.exit()).as(output.text()).isEqualTo(status);
    return output.text();
  }

  @Test
  void theTreeIsWhatIsThere() {
    site.within("acme", "web", "nc.openbsd -z -w 2 \"$1\" 8000", address("acme", "db", false));
    Json json = site.json("network", "acme");
    assertThat(json.at("notes").list()).isEmpty();
    Json front = json.at("networks").where("name", "front");
    assertThat(front.at("mode").text()).isEqualTo("nat");
    assertThat(host.sh("ip -4 -o address show dev \"$1\"", front.at("bridge").text()))
        .contains(front.at("address").text());
    assertThat(host.sh("bridge link show"))
        .contains(front.at("members").where("name", "web").at("link").text());
    // Only who asks by DHCP has a lease: here, what boots.
    Json os = front.at("members").where("name", "os");
    assertThat(os.at("lease", "address").text()).isEqualTo(address("acme", "os", false));
    assertThat(json.at("ports").where("host", 8053).at("protocol").text()).isEqualTo("udp");
    Json rule = json.at("rules").where("number", 2);
    assertThat(rule.at("file").text()).isEqualTo("network/firewall/10-first.yaml");
    assertThat(Integer.parseInt(rule.at("packets").text())).isPositive();
    Json within = json.at("ways").where("from", "side");
    assertThat(within.at("to").text()).isEqualTo("side");
    assertThat(within.at("otherwise").text()).isEqualTo("drop");

    String tree = host.succeeds("bitbuilder", "network", "acme");
    assertThat(tree)
        .contains("network front  nat  ", "network back  isolated-bridge  ")
        .contains("web  container active  " + address("acme", "web", false))
        .contains("port 8080/tcp of the host leads to its port 8000")
        .contains("to network back: rules 2, 3, then drop")
        .contains("1  accept tcp 8000 from outside to web  \"the shop\"");
    assertThat(host.succeeds("bitbuilder", "network"))
        .contains("uplinks  ", "up0")
        .contains("8053/udp to web:8053")
        .containsPattern("globex +lan +nat");
  }

  @Test
  void picturesAreWellFormed() throws Exception {
    String svg = host.succeeds("bitbuilder", "network", "acme", "--format=svg");
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    var document =
        factory
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(document.getElementsByTagName("script").getLength()).isZero();
    assertThat(document.getDocumentElement().getTextContent())
        .contains("network front  nat", "port 8081/tcp leads to web:8001");
    assertThat(host.succeeds("bitbuilder", "network", "--format=dot"))
        .startsWith("digraph networks {\n")
        .contains("8080/tcp to 8000")
        .endsWith("}\n");
  }

  @Test
  void whoMayNotReadIsTold() {
    Host.Output output =
        host.exec("setpriv", "--reuid=65534", "--clear-groups", "bitbuilder", "network", "acme");
    assertThat(output.exit()).isNotZero();
    assertThat(output.text()).contains("permission denied");
  }
}
