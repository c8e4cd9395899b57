package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Scanner;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A tenant on purpose connected: out through the host, in by a published port, between its own
 * networks by a rule, and each of it changed while it runs. Outside is a network namespace of the
 * host with addresses of documentation (RFC 5737, RFC 3849).
 */
@Tag("scenario")
final class NetworkScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("network");

  private static final String SERVING =
      """
      image: host
      networks: [%s]
      command: [/bin/sh, -c, "trap 'exit 0' TERM; nc.openbsd -lk 8000 </dev/null & nc.openbsd -6 -lk 8006 </dev/null & wait"]
      """;
  private static final String TOPOLOGY =
      """
      networks:
        - {name: front, mode: nat, bridge: br-front}
        - {name: back, bridge: br-back}
      """;
  private static final Tree ACME =
      Tree.tenant("acme")
          .with("network/topology.yaml", TOPOLOGY)
          .container("web", SERVING.formatted("front") + "ports: [{host: 8080, container: 8000}]\n")
          .container("peer", SERVING.formatted("front"))
          .container("db", SERVING.formatted("back"))
          .container("os", "image: host\nnetworks: [front]\n");

  private static final String OUTSIDE =
      """
      printf '[Match]\\nType=ether\\nName=v*\\n[Network]\\nAddress=198.51.100.9/24\\n' >/etc/systemd/network/20-cards.network
      networkctl reload
      ip netns add outside
      ip link add up0 type veth peer name up1 netns outside
      ip address add 203.0.113.1/24 dev up0
      ip address add 2001:db8::1/64 dev up0 nodad
      ip link set up0 up
      ip -n outside link set lo up
      ip -n outside address add 203.0.113.2/24 dev up1
      ip -n outside address add 2001:db8::2/64 dev up1 nodad
      ip -n outside link set up1 up
      ip route replace default via 203.0.113.2 dev up0
      ip -6 route replace default via 2001:db8::2 dev up0
      systemd-run --quiet --unit=outside4 ip netns exec outside nc.openbsd -lk 203.0.113.2 9000
      systemd-run --quiet --unit=outside6 ip netns exec outside nc.openbsd -6 -lk 2001:db8::2 9006
      """;
  private static final String CONNECT = "nc.openbsd -z -w 2 \"$1\" \"$2\"";
  private static final String FROM_OUTSIDE =
      "ip netns exec outside nc.openbsd -z -w 2 \"$1\" \"$2\"";

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  @BeforeAll
  static void aTenantWithTwoNetworksRuns() {
    Site site = SCENE.site();
    site.host().sh(OUTSIDE);
    site.push("acme", "first", ACME);
    site.push(
        "globex",
        "first",
        Tree.tenant("globex")
            .container("spy", SERVING.formatted("lan"))
            .with("network/topology.yaml", "networks: [{name: lan, mode: nat}]\n"));
    site.register("acme", site.git().url("acme"), ", \"ports\": [\"8080-8089\"]");
    site.register("globex").publish();
    site.sync(0);
    for (String each : new String[] {"web", "peer", "db"}) {
      site.host().eventually(Duration.ofSeconds(10), CONNECT, address("acme", each), "8000");
      site.host().eventually(Duration.ofSeconds(10), CONNECT, address6("acme", each), "8006");
    }
  }

  private static String address(String tenant, String container) {
    return SCENE.site().container(tenant, container).at("address").text();
  }

  private static String address6(String tenant, String container) {
    return SCENE.site().container(tenant, container).at("address6").text();
  }

  private void can(String tenant, String from, String address, String port) {
    Host.Output output = site.inside(tenant, from, CONNECT, address, port);
    assertThat(output.exit()).as("%s/%s to %s:%s", tenant, from, address, port).isZero();
  }

  private void cannot(String tenant, String from, String address, String port) {
    Host.Output output = site.inside(tenant, from, CONNECT, address, port);
    assertThat(output.exit()).as("%s/%s to %s:%s", tenant, from, address, port).isNotZero();
  }

  @Test
  void aNetworkOfModeNatReachesTheOutsideWithTheAddressOfTheHost() {
    can("acme", "web", "203.0.113.2", "9000");
    can("acme", "web", "2001:db8::2", "9006");
    can("globex", "spy", "203.0.113.2", "9000");
    cannot("acme", "db", "203.0.113.2", "9000");
    cannot("acme", "db", "2001:db8::2", "9006");
    host.sh(
        "systemd-run --quiet --unit=seen --property=StandardError=file:/tmp/seen"
            + " ip netns exec outside nc.openbsd -lnv 203.0.113.2 9001");
    host.eventually(Duration.ofSeconds(5), "grep -i listening /tmp/seen");
    site.within("acme", "web", CONNECT, "203.0.113.2", "9001");
    assertThat(host.eventually(Duration.ofSeconds(5), "grep received /tmp/seen"))
        .contains("203.0.113.1");
  }

  @Test
  void whatTheOperatorSaysOfAllCardsDoesNotTakeThePortsOfTenants() {
    assertThat(host.sh("ip -o address | grep -F 198.51.100.9 || :")).isEmpty();
    assertThat(host.sh("networkctl --no-legend --no-pager list 'vb-*'").lines())
        .isNotEmpty()
        .allMatch(port -> port.contains("unmanaged"));
    can("acme", "peer", "203.0.113.2", "9000");
  }

  @Test
  void aBootedContainerHasBothAddressesAndANameServer() {
    String look =
        "leader=$(machinectl show -P Leader os.acme) && nsenter -t \"$leader\" -n ip -o address show host0 | grep -F \"$1\"";
    host.eventually(Duration.ofSeconds(20), look, address("acme", "os") + "/");
    host.eventually(Duration.ofSeconds(20), look, address6("acme", "os") + "/64");
  }

  @Test
  void aPublishedPortLeadsToTheContainerAndNoOther() {
    host.sh(FROM_OUTSIDE, "203.0.113.1", "8080");
    host.sh(CONNECT, "203.0.113.1", "8080");
    assertThat(host.shell(FROM_OUTSIDE, "203.0.113.1", "8081").exit()).isNotZero();
    // Whoever knows the address of the container and the way to it stays outside all the same.
    host.sh("ip -n outside route replace 10.128.0.0/9 via 203.0.113.1");
    assertThat(host.shell(FROM_OUTSIDE, address("acme", "web"), "8000").exit()).isNotZero();
    assertThat(host.shell(FROM_OUTSIDE, address("acme", "db"), "8000").exit()).isNotZero();
  }

  @Test
  void betweenNetworksOfOneTenantARuleDecides() {
    cannot("acme", "web", address("acme", "db"), "8000");
    site.push(
        "acme",
        "the shop asks its store",
        ACME.with(
            "network/firewall/store.yaml",
            "rules:\n  - {action: accept, from: web, to: db, protocol: tcp, ports: [8000, 8006]}\n"));
    Map<String, String> before = site.invocations();
    site.sync(0);
    assertThat(site.invocations()).isEqualTo(before);
    can("acme", "web", address("acme", "db"), "8000");
    can("acme", "web", address6("acme", "db"), "8006");
    cannot("acme", "peer", address("acme", "db"), "8000");
    cannot("acme", "db", address("acme", "web"), "8000");
    assertThat(site.inside("acme", "web", "ping -c 1 -W 1 \"$1\"", address("acme", "db")).exit())
        .isNotZero();
    site.push("acme", "as before", ACME);
    site.sync(0);
    cannot("acme", "web", address("acme", "db"), "8000");
  }

  /** In the network of a container, with the files of the host. */
  private void steady(String unit, String container, String... words) {
    host.sh(
        "unit=$1; leader=$(machinectl show -P Leader \"$2.acme\"); shift 2; systemd-run --quiet --unit=\"$unit\""
            + " --property=StandardOutput=truncate:/tmp/$unit nsenter -t \"$leader\" -n python3 /srv/steady.py \"$@\"",
        Stream.concat(Stream.of(unit, container), Stream.of(words)).toArray(String[]::new));
  }

  /**
   * One connection through the host, by a rule, and one within a network: ten thousand requests a
   * second each while what they pass changes around them.
   */
  @Test
  void connectionsGoOnWhileRulesComeAndGo() {
    String store =
        "rules:\n  - {action: accept, from: web, to: db, protocol: tcp, ports: [8010]}\n";
    Tree ruled = ACME.with("network/firewall/store.yaml", store);
    site.push("acme", "the shop asks its store", ruled);
    site.sync(0);
    host.write("/srv/steady.py", Talk.resource("steady.py"));
    steady("answers-db", "db", "serve", "8010");
    steady("answers-web", "web", "serve", "8010");
    can("acme", "web", address("acme", "db"), "8010");
    can("acme", "peer", address6("acme", "web"), "8010");
    steady("asks-db", "web", "ask", address("acme", "db"), "8010", "10000", "/run/enough");
    steady("asks-web", "peer", "ask", address6("acme", "web"), "8010", "10000", "/run/enough");
    Map<String, String> before = site.invocations();
    for (int round = 0; round < 3; round++) {
      site.push(
          "acme",
          "one rule more",
          ruled.with("network/firewall/more.yaml", store.replace("8010", "8000")));
      site.sync(0);
      can("acme", "web", address("acme", "db"), "8000");
      site.push(
          "acme",
          "kept apart, but for this",
          ruled.with(
              "network/firewall/more.yaml",
              "policy: {front: {within: drop}}\n" + store.replace("web, to: db", "peer, to: web")));
      site.sync(0);
      cannot("acme", "web", address("acme", "db"), "8000");
      site.push("acme", "as before", ruled);
      site.sync(0);
    }
    assertThat(site.invocations()).isEqualTo(before);
    host.sh("touch /run/enough");
    for (String unit : new String[] {"asks-db", "asks-web"}) {
      String said = host.eventually(Duration.ofSeconds(20), "cat \"/tmp/$1\" | grep ' '", unit);
      Scanner numbers = new Scanner(said).useLocale(Locale.ROOT);
      long requests = numbers.nextLong();
      assertThat(numbers.nextLong()).as("answers of %s: %s", unit, said).isEqualTo(requests);
      double seconds = numbers.nextDouble();
      assertThat(requests / seconds)
          .as("requests a second of %s: %s", unit, said)
          .isGreaterThan(9900);
    }
    host.sh("systemctl stop answers-db answers-web; rm /run/enough");
    site.push("acme", "as before", ACME);
    site.sync(0);
  }

  @Test
  void withinANetworkMembersAreKeptApartWhenThePolicySaysSo() {
    can("acme", "peer", address("acme", "web"), "8000");
    site.push(
        "acme",
        "every one for itself",
        ACME.with(
            "network/firewall/apart.yaml",
            """
            policy: {front: {within: drop}}
            rules:
              - {action: accept, from: peer, to: web, protocol: tcp, ports: [8006]}
              - {action: reject, from: peer, to: web, protocol: tcp, ports: [8001], log: true}
            """));
    Map<String, String> before = site.invocations();
    site.sync(0);
    assertThat(site.invocations()).isEqualTo(before);
    cannot("acme", "peer", address("acme", "web"), "8000");
    can("acme", "peer", address6("acme", "web"), "8006");
    cannot("acme", "web", address6("acme", "peer"), "8006");
    // Rejected and not dropped: it does not take the two seconds.
    site.within(
        "acme",
        "peer",
        "start=$(date +%s%N); ! nc.openbsd -z -w 5 \"$1\" 8001; test $((($(date +%s%N) - start) / 1000000)) -lt 2000",
        address("acme", "web"));
    site.push("acme", "as before", ACME);
    site.sync(0);
    can("acme", "peer", address("acme", "web"), "8000");
  }

  @Test
  void addressesOnThePrivateSideOfTheUplinkAreOutOfReach() {
    host.sh(
        "ip -n outside address add 192.168.77.2/24 dev up1; ip address add 192.168.77.1/24 dev up0;"
            + " systemd-run --quiet --unit=private ip netns exec outside nc.openbsd -lk 192.168.77.2 9002");
    host.eventually(Duration.ofSeconds(5), CONNECT, "192.168.77.2", "9002");
    cannot("acme", "web", "192.168.77.2", "9002");
    cannot("acme", "web", "192.168.77.1", "22");
    cannot("acme", "web", "169.254.169.254", "80");
    site.config(Site.defaultConfig() + "network: {protect: [169.254.0.0/16]}\n").publish();
    site.sync(0);
    can("acme", "web", "192.168.77.2", "9002");
    site.config(Site.defaultConfig()).publish();
    site.sync(0);
    cannot("acme", "web", "192.168.77.2", "9002");
  }

  @Test
  void aNetworkThatHasMembersIsNotRemoved() {
    site.push(
        "acme",
        "without the back",
        ACME.with(
            "network/topology.yaml", "networks: [{name: front, mode: nat, bridge: br-front}]\n"));
    assertThat(site.sync(3)).contains("BB304", "containers/db/config.yaml", "back");
    can("acme", "web", "203.0.113.2", "9000");
    site.push("acme", "as before", ACME);
    site.sync(0);
  }

  @Test
  void aPortTheRegistryDoesNotGiveIsRefused() {
    site.push(
        "globex",
        "wants a port",
        Tree.tenant("globex")
            .with("network/topology.yaml", "networks: [{name: lan, mode: nat}]\n")
            .container(
                "spy", SERVING.formatted("lan") + "ports: [{host: 8080, container: 8000}]\n"));
    assertThat(site.sync(3)).contains("BB408", "8080");
    site.push(
        "globex",
        "as before",
        Tree.tenant("globex")
            .with("network/topology.yaml", "networks: [{name: lan, mode: nat}]\n")
            .container("spy", SERVING.formatted("lan")));
    site.sync(0);
  }

  @Test
  void aReloadOfSomebodyElseDoesNotBringBackTheNetworkOfAStoppedTenant() {
    String bridges = "ls /sys/class/net | grep -c ^bb- || :";
    String before = host.sh(bridges);
    host.sh("systemctl stop tenant-network@globex.service; networkctl reload; sleep 1");
    assertThat(Integer.parseInt(host.sh(bridges))).isEqualTo(Integer.parseInt(before) - 1);
    // By itself, without what places its files.
    host.sh("systemctl start tenant-network@globex.service tenant@globex.target");
    assertThat(host.sh(bridges)).isEqualTo(before);
    host.eventually(Duration.ofSeconds(10), CONNECT, address("globex", "spy"), "8000");
  }

  @Test
  void whatWasSwitchedOnAtTheUplinkLetsNothingElseThrough() {
    host.sh(
        """
        ip netns add inner
        ip link add in0 type veth peer name in1 netns inner
        ip address add 198.51.100.1/24 dev in0
        ip link set in0 up
        ip -n inner address add 198.51.100.2/24 dev in1
        ip -n inner link set in1 up
        ip -n inner route add default via 198.51.100.1
        ip -n outside route add 198.51.100.0/24 via 203.0.113.1
        """);
    host.sh("ping -c 1 -W 2 198.51.100.2");
    assertThat(host.shell("ip netns exec outside ping -c 1 -W 1 198.51.100.2").exit()).isNotZero();
    host.sh("ip netns del inner");
  }
}
