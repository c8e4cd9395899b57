package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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

  /** Who sends: how trace is told, and where a shell line has to run. */
  private record Sender(String name, String six, List<String> shell) {
    boolean isGuest() {
      return shell.size() == 2;
    }
  }

  /** To whom: how trace is told, and the address. */
  private record Receiver(String name, String address, boolean six) {}

  @BeforeAll
  static void twoTenantsRun() {
    Site site = SCENE.site();
    site.host().write("/srv/talk.py", talk());
    site.host().sh(OUTSIDE);
    site.push(
        "acme",
        "first",
        guest("web", "front", "shop", guest("peer", "front", "", acme()))
            .container(
                "web",
                GUEST.formatted("front", "shop")
                    + "ports: [{host: 8080, container: 8000}, {host: 8081, container: 8001},"
                    + " {host: 8053, container: 8053, protocol: udp}]\n"));
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
    tree = guest("db", "back", "", tree);
    tree = guest("replica", "back", "", tree);
    tree = guest("lone", "side", "", tree);
    return guest("mate", "side", "", tree);
  }

  private static Tree guest(String name, String network, String label, Tree tree) {
    return tree.container(name, GUEST.formatted(network, label))
        .with("containers/" + name + "/rootfs-overlay/srv/talk.py", talk());
  }

  private static String talk() {
    try (InputStream in = NetworkVerbScenarioTest.class.getResourceAsStream("/talk.py")) {
      if (in == null) {
        throw new IllegalStateException("talk.py is not among the test's resources");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String address(String tenant, String container, boolean six) {
    return site.container(tenant, container).at(six ? "address6" : "address").text();
  }

  private List<Sender> senders() {
    List<Sender> senders = new ArrayList<>();
    for (String name : new String[] {"web", "peer", "db", "replica", "lone"}) {
      senders.add(new Sender(name, name, List.of("acme", name)));
    }
    senders.add(new Sender("globex/spy", "globex/spy", List.of("globex", "spy")));
    senders.add(new Sender("203.0.113.2", "2001:db8::2", List.of("ip netns exec outside ")));
    senders.add(new Sender("198.51.100.2", "", List.of("ip netns exec beside ")));
    senders.add(new Sender("host", "host", List.of("")));
    return senders;
  }

  private List<Receiver> receivers(Sender sender) {
    List<Receiver> receivers = new ArrayList<>();
    for (boolean six : new boolean[] {false, true}) {
      for (String name : new String[] {"web", "peer", "db", "replica", "lone", "mate"}) {
        String address = address("acme", name, six);
        // By name and by address: it has to be the same.
        receivers.add(new Receiver(six ? address : name, address, six));
      }
      receivers.add(new Receiver("globex/spy", address("globex", "spy", six), six));
      for (String address :
          six
              ? new String[] {"2001:db8::2", "2001:db8::66"}
              : new String[] {"203.0.113.2", "203.0.113.66", "198.51.100.2"}) {
        receivers.add(new Receiver(address, address, six));
      }
    }
    boolean beyond = !sender.isGuest();
    receivers.removeIf(to ->
        to.name().equals(sender.name())
            || to.address().equals(address(sender, to.six()))
            // A namespace's own addresses, and whom it has no way to, are none of the host's
            // affair.
            || (beyond && !sender.name().equals("host") && isBeyond(to.address()))
            || (to.six() && sender.six().isEmpty()));
    return receivers;
  }

  private String address(Sender sender, boolean six) {
    return sender.isGuest()
        ? address(sender.shell().getFirst(), sender.shell().getLast(), six)
        : six ? sender.six() : sender.name();
  }

  private static boolean isBeyond(String address) {
    return address.startsWith("203.0.113.")
        || address.startsWith("2001:db8::")
        || address.startsWith("198.51.100.");
  }

  /** A question, and the line that asks it with a packet. */
  private record Cell(Traces.Question question, String line) {}

  private static Cell cell(Sender from, String to, String address, String kind, int port) {
    boolean six = address.indexOf(':') >= 0;
    return new Cell(
        new Traces.Question(six ? from.six() : from.name(), to, kind, port, six),
        kind + " " + address + " " + port);
  }

  private List<Cell> cells(Sender from) {
    List<Cell> cells = new ArrayList<>();
    for (Receiver to : receivers(from)) {
      cells.add(cell(from, to.name(), to.address(), "tcp", 8000));
      cells.add(cell(from, to.name(), to.address(), "tcp", 8001));
      cells.add(cell(from, to.name(), to.address(), "udp", 8053));
      cells.add(cell(from, to.name(), to.address(), "icmp", 0));
    }
    // The host, at its address outside and at those it has in the networks.
    for (String address : new String[] {"203.0.113.1", "2001:db8::1"}) {
      if (from.six().isEmpty()) {
        continue;
      }
      for (int port : new int[] {8080, 8081, 9999}) {
        cells.add(cell(from, "host", address, "tcp", port));
      }
      cells.add(cell(from, "host", address, "udp", 8053));
      cells.add(cell(from, address, address, "icmp", 0));
    }
    for (boolean six : new boolean[] {false, true}) {
      String front = gateway("front", six);
      String back = gateway("back", six);
      if (from.name().equals("host") || (six && from.six().isEmpty())) {
        continue;
      }
      for (String gateway : new String[] {front, back}) {
        cells.add(cell(from, gateway, gateway, "tcp", 53));
        cells.add(cell(from, gateway, gateway, "udp", 53));
        cells.add(cell(from, gateway, gateway, "tcp", 9999));
        cells.add(cell(from, gateway, gateway, "icmp", 0));
      }
    }
    return cells;
  }

  private String gateway(String network, boolean six) {
    String address =
        site.json("network", "acme")
            .at("networks")
            .where("name", network)
            .at(six ? "address6" : "address")
            .text();
    return address.substring(0, address.indexOf('/'));
  }

  private List<Boolean> send(Sender from, List<Cell> cells) {
    StringBuilder lines = new StringBuilder();
    cells.forEach(cell -> lines.append(cell.line()).append('\n'));
    List<String> shell = from.shell();
    String said =
        from.isGuest()
            ? site.within(
                shell.getFirst(),
                shell.getLast(),
                "printf '%s' \"$1\" | python3 /srv/talk.py ask",
                lines.toString())
            : host.sh(
                "printf '%s' \"$1\" | " + shell.getFirst() + "python3 /srv/talk.py ask",
                lines.toString());
    List<Boolean> arrived = said.lines().map("yes"::equals).toList();
    assertThat(arrived).hasSameSizeAs(cells);
    return arrived;
  }

  @Test
  void traceAgreesWithPackets() {
    List<String> wrong = new ArrayList<>();
    Set<String> passing = new TreeSet<>();
    Set<String> dropping = new TreeSet<>();
    int[] counted = new int[2];
    for (Sender from : senders()) {
      List<Cell> cells = cells(from);
      List<Traces.Verdict> said =
          Traces.ask(site, "acme", cells.stream().map(Cell::question).toList());
      List<Boolean> arrived = send(from, cells);
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
        .idle("peer", "web", "guest")
        .files()
        .forEach((path, text) -> host.write("/srv/wish/" + path, text));
    assertThat(trace(0, "peer", "db:8001", "--from=/srv/wish"))
        .contains("decided by  network/firewall/30-wish.yaml, rule 1 \"a wish\"");
    // A container that there is not yet.
    assertThat(trace(0, "guest", "peer:80", "--from=/srv/wish"))
        .contains("decided by  policy of network back: within accept");
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
