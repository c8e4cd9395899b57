package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.testbed.matrix.Bench;
import io.bitbuilder.testbed.matrix.Cast;
import io.bitbuilder.testbed.matrix.Family;
import io.bitbuilder.testbed.matrix.Kind;
import io.bitbuilder.testbed.matrix.Matrix;
import io.bitbuilder.testbed.matrix.Party;
import io.bitbuilder.testbed.matrix.Party.Role;
import io.bitbuilder.testbed.matrix.Probe;
import io.bitbuilder.testbed.matrix.Probes;
import io.bitbuilder.testbed.matrix.Rules;
import io.bitbuilder.testbed.matrix.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Everything that can be sent, from everybody to everybody, as real packets: two tenants with two
 * networks each, their host, and two others beyond its uplink.
 */
@Tag("scenario")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class NetworkMatrixScenarioTest {
  @RegisterExtension
  @Order(1)
  private static final Scene SCENE = new Scene("matrix");

  @RegisterExtension
  @Order(2)
  private static final NetworkStage STAGE = new NetworkStage(SCENE);

  /** See {@link Rules}. What no line allows is dropped. */
  private static final String TABLE =
      """
      # from           | to             | kinds                                                | verdict
      peer             | peer           | routed                                               | dropped
      peer host        | peer host      | icmp tcp udp                                         | arrives
      host             | beside         | icmp tcp udp                                         | arrives
      host             | forbidden      | icmp tcp udp                                         | arrives
      peer beside      | host forbidden | any                                                  | free
      peer             | peer           | any                                                  | free
      any              | any            | spoofed-mac spoofed-ip vlan odd forged-arp forged-nd | dropped
      any              | any            | router-advertisement redirect dhcp-offer             | dropped
      guest            | neighbour      | icmp tcp udp dns direct arp nd broadcast multicast   | arrives
      guest            | neighbour      | dhcp-discover router-solicitation                    | free
      guest            | own-gateway    | arp nd dns4 dns6 dhcp-discover router-solicitation   | arrives
      nat              | peer           | icmp tcp udp dns routed                              | arrives
      host             | guest          | icmp tcp udp                                         | arrives
      any              | any            | any                                                  | dropped
      """;

  /** Where nothing filters; a host that is no router is not in every group. */
  private static final String PLAIN =
      """
      any | gateway | multicast4 multicast6:wide router-solicitation | free
      any | any     | any                                            | arrives
      """;

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** What stays the same whatever guests send: routes, own addresses, and who lives where. */
  private static final String STATE =
      """
      ip route show table all | sort
      ip -6 route show table all | sed 's/ expires [0-9]*sec//' | sort
      ip -o address show | awk '{print $2, $3, $4}' | sort\
      """;

  private final Cast cast = STAGE.cast();
  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  /** Nothing below is dropped for want of being sent, or of being seen. */
  @Test
  @Order(1)
  void onAPlainBridgeAllOfItArrives() {
    List<Party> bench = Bench.on(STAGE.peer());
    List<Probe> probes = Probes.among(bench.subList(0, 1), bench);
    List<String> findings = new ArrayList<>();
    // What forges comes last: it works, and then nobody finds anybody any more.
    for (boolean forging : new boolean[] {false, true}) {
      List<Probe> some = probes.stream().filter(one -> one.isForged() == forging).toList();
      findings.addAll(Matrix.of(bench, some, new Rules(PLAIN)).findings());
    }
    assertThat(findings).isEmpty();
    assertThat(probes.stream().map(Probe::kind))
        .as("kinds, but for what takes a router")
        .containsAll(EnumSet.complementOf(EnumSet.of(Kind.ROUTED)));
  }

  @Test
  @Order(2)
  void whatArrivesIsWhatTheTableSays() {
    Rules rules = new Rules(TABLE);
    String before = host.sh(STATE);
    Instant begin = Instant.now();
    Matrix matrix = matrix(rules);
    assertThat(Duration.between(begin, Instant.now())).isLessThan(LIMIT);
    assertThat(matrix.findings()).isEmpty();
    assertThat(matrix.deaf()).isEmpty();
    assertThat(matrix.cells()).hasSizeGreaterThan(9000);
    assertThat(matrix.questions()).hasSizeGreaterThan(900);
    assertThat(rules.unused()).as("lines that decide nothing").isEmpty();
    assertThat(host.sh(STATE)).as("routes and addresses of the host").isEqualTo(before);
    for (Party guest : cast.guests()) {
      for (Party peer : List.of(cast.named("peer"), cast.named("second host"))) {
        Set<String> sources = new TreeSet<>();
        if (guest.role() == Role.NAT) {
          sources.add(cast.host().address(Family.V4));
          sources.add(cast.host().address(Family.V6));
        }
        assertThat(matrix.sources(guest, peer))
            .as("%s as seen by %s", guest, peer)
            .isEqualTo(sources);
      }
    }
  }

  private Matrix matrix(Rules rules) {
    return Matrix.of(cast.all(), Probes.among(cast.senders(), cast.all()), rules);
  }

  /** What forged messages would have put there. */
  @Test
  @Order(3)
  void nobodyHasLearntAnythingWrong() {
    for (Party guest : cast.guests()) {
      Party gateway = guest.via();
      for (Family family : Family.values()) {
        assertThat(
                host.sh("ip neigh show \"$1\" dev \"$2\"", guest.address(family), gateway.link()))
            .as("what the host knows of %s", guest)
            .contains(guest.mac());
        assertThat(within(guest, "ip neigh show \"$1\"", gateway.address(family)))
            .as("what %s knows of its gateway", guest)
            .satisfiesAnyOf(
                text -> assertThat(text).isEmpty(),
                text -> assertThat(text).contains(gateway.mac()));
      }
      assertThat(within(guest, "ip -6 address show; ip -6 route show; ip -4 address show"))
          .as("addresses and routes of %s", guest)
          .doesNotContain("2001:db8:bad", ".253");
    }
  }

  @Test
  @Order(4)
  void aBridgeLearnsNoAddressesThatAreMadeUp() {
    Party web = cast.named("acme/lan web");
    String flood = "echo 'flood host0 100000' | python3 /srv/probe.py send";
    String count = "bridge fdb show br \"$1\" | wc -l";
    String before = host.sh(count, web.via().link());
    within(web, flood);
    assertThat(host.sh(count, web.via().link())).isEqualTo(before);

    // Where nobody sees to it, each of them has an entry.
    String plain = "ip netns exec bench-host bridge fdb show br bridge0 | wc -l";
    STAGE
        .peer()
        .sh("ip netns exec bench-one sh -c \"$1\"", flood.replace("host0 100000", "eth0 500"));
    assertThat(Integer.parseInt(STAGE.peer().sh(plain))).isGreaterThan(500);
  }

  @Test
  @Order(5)
  void aRestartOfNetworkdDisturbsNothing() {
    String links = "ip -o link show | sed 's/@.*mtu/ mtu/' | sort; bridge link show | sort";
    String before = host.sh(links) + host.sh(STATE);
    // Without a pause, on both sides of the restart.
    String ping =
        """
        mkdir -p /run/ping
        n=0
        while read -r machine address; do
          n=$((n + 1))
          nsenter --target "$(machinectl show -P Leader "$machine")" --net \\
            ping -q -i 0.01 -c 400 -W 1 "$address" >/run/ping/$n 2>&1 </dev/null &
        done
        sleep 0.5
        systemctl restart systemd-networkd.service
        networkctl reload
        wait
        cat /run/ping/*\
        """;
    StringBuilder pairs = new StringBuilder();
    for (Family family : List.of(Family.V4, Family.V6)) {
      pairs.append("web.acme " + cast.named("acme/lan db").address(family) + "\n");
      pairs.append("edge.acme " + cast.named("peer").address(family) + "\n");
    }
    String said = host.sh("printf '%s' \"$1\" | sh -euc \"$2\"", pairs.toString(), ping);
    assertThat(said.split(" 0% packet loss", -1)).as(said).hasSize(5);
    assertThat(host.sh(links) + host.sh(STATE)).isEqualTo(before);
    assertThat(benign(new Rules(TABLE)).findings()).isEmpty();
  }

  /** Somebody else's idea of a firewall. */
  @Test
  @Order(6)
  void rulesThatSomebodyTakesAwayComeBack() {
    // In no order: nft has none for chains and elements.
    String rules = "nft --stateless list ruleset | tr -s ' \\t\\n,' '\\n' | sort";
    String before = host.sh(rules);
    host.succeeds("systemctl", "stop", "bitbuilder-firewall-check.timer");
    for (String change :
        List.of(
            "nft flush chain inet bitbuilder leaving",
            "nft insert rule inet bitbuilder forward accept",
            "nft flush set bridge bitbuilder macs",
            "nft add element inet bitbuilder masqueraded { \"%s\" }"
                .formatted(cast.named("acme/lan web").via().link()),
            "nft delete table bridge bitbuilder")) {
      host.sh(change);
      assertThat(host.sh(rules)).as(change).isNotEqualTo(before);
      host.succeeds("systemctl", "start", "bitbuilder-firewall-check.service");
      assertThat(host.sh(rules)).as("after `%s`", change).isEqualTo(before);
    }
    // And without being asked.
    host.succeeds("systemctl", "start", "bitbuilder-firewall-check.timer");
    host.succeeds("nft", "flush", "ruleset");
    host.eventually(Duration.ofSeconds(60), "nft list chain inet bitbuilder leaving");
    assertThat(host.sh(rules)).isEqualTo(before);
    assertThat(host.journal()).contains("made anew");
    assertThat(matrix(new Rules(TABLE)).findings()).isEmpty();
  }

  /** Else what is made anew has entries of a tenant that was removed meanwhile. */
  @Test
  @Order(7)
  void noTenantIsAppliedOrRemovedWhileAllRulesAreMadeAnew() {
    String held =
        """
        exec 9>/run/bitbuilder/firewall/lock
        flock $1 9
        shift
        ended=0
        timeout 3 /usr/lib/bitbuilder/firewall "$@" 9>&- || ended=$?
        echo "$ended"
        """;
    String rules = "/run/tenants/globex/firewall.nft";
    String before = host.sh("nft --stateless list ruleset; cat " + rules);
    String waits = "124";
    assertThat(host.sh(held, "--exclusive", "remove", "globex")).isEqualTo(waits);
    assertThat(host.sh(held, "--exclusive", "apply", "globex", rules)).isEqualTo(waits);
    assertThat(host.sh("nft --stateless list ruleset; cat " + rules)).isEqualTo(before);
    // Tenants do not wait for each other, and who looks at all waits for each.
    assertThat(host.sh(held, "--shared", "apply", "globex", rules)).isEqualTo("0");
    assertThat(host.sh(held, "--shared", "check")).isEqualTo(waits);
  }

  @Test
  @Order(8)
  void theOperatorMayOpenWhatIsPrivateButNotWhatIsLinkLocal() {
    site.config(Site.defaultConfig() + "network: {uplink: host0, protect: []}\n").publish();
    SortedMap<String, String> before = site.invocations();
    site.sync(0);
    assertThat(site.invocations()).as("live").isEqualTo(before);
    String open =
        """
        nat | private-network  | icmp tcp udp dns routed      | arrives
        nat | metadata-service | icmp6 tcp6 udp6 dns6 routed6 | arrives
        """;
    assertThat(benign(new Rules(open + TABLE)).findings()).isEmpty();
    site.config(Site.defaultConfig() + "network: {uplink: host0}\n").publish();
    site.sync(0);
    assertThat(benign(new Rules(TABLE)).findings()).isEmpty();
  }

  @Test
  @Order(9)
  void traceSaysTheSameOfEachCell() {
    // What no tenant takes part in is none of its affair.
    List<Matrix.Cell> cells =
        benign(new Rules(TABLE)).questions().stream()
            .filter(cell -> cell.expected() != Verdict.FREE)
            .filter(cell ->
                cell.probe().from().isGuest()
                    || cell.to().isGuest()
                    || cell.to().role() == Role.GATEWAY)
            .toList();
    List<Traces.Verdict> said =
        Traces.ask(site, "acme", cells.stream().map(NetworkMatrixScenarioTest::question).toList());
    List<String> wrong = new ArrayList<>();
    int passing = 0;
    for (int i = 0; i < cells.size(); i++) {
      boolean arrived = cells.get(i).observed() == Verdict.ARRIVES;
      passing += arrived ? 1 : 0;
      if (said.get(i).passes() != arrived) {
        wrong.add(cells.get(i) + ": " + said.get(i));
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(passing).as("cells that arrive").isGreaterThan(100);
    assertThat(cells.size() - passing).as("cells that do not").isGreaterThan(300);
  }

  private static Traces.Question question(Matrix.Cell cell) {
    Family family = cell.probe().family();
    return new Traces.Question(
        name(cell.probe().from(), family),
        cell.to().address(family),
        cell.probe().kind().name().toLowerCase(Locale.ROOT),
        cell.probe().port(),
        family != Family.V4);
  }

  /** As it is called on the command line. */
  private static String name(Party party, Family family) {
    if (party.role() == Role.HOST) {
      return "host";
    }
    if (!party.isGuest()) {
      return party.address(family);
    }
    String[] name = party.observer().name().split("\\.", 2);
    return name[1] + "/" + name[0];
  }

  /** Last, for who was deceived stays so for a while. */
  @Test
  @Order(10)
  void aHoleInTheRulesIsSeen() {
    host.succeeds("systemctl", "stop", "bitbuilder-firewall-check.timer");
    host.succeeds("nft", "flush", "chain", "inet", "bitbuilder", "input");
    Matrix open = benign(new Rules(TABLE));
    assertThat(open.disagreeing()).contains(Kind.ICMP, Kind.TCP, Kind.UDP, Kind.ROUTED);
    assertThat(open.findings())
        .anyMatch(one -> one.matches("globex/lan spy -> host at acme/lan  tcp4: .*"))
        .noneMatch(one -> one.matches("globex/\\S+ \\S+ -> acme/\\S+ \\S+  .*"));

    host.succeeds("nft", "insert", "rule", "inet", "bitbuilder", "forward", "accept");
    assertThat(benign(new Rules(TABLE)).findings())
        .anyMatch(one -> one.matches("globex/out gate -> acme/out edge  tcp6: .*"))
        .anyMatch(one -> one.matches("peer -> acme/out edge  udp4: .*"));

    host.succeeds("nft", "flush", "chain", "bridge", "bitbuilder", "prerouting");
    Set<Kind> forged = EnumSet.allOf(Kind.class);
    forged.removeIf(kind -> !kind.isForged());
    assertThat(matrix(new Rules(TABLE)).disagreeing()).containsAll(forged);
  }

  /** What ordinary programs send. */
  private Matrix benign(Rules rules) {
    List<Probe> probes =
        Probes.among(cast.senders(), cast.all()).stream().filter(one -> !one.isForged()).toList();
    return Matrix.of(cast.all(), probes, rules);
  }

  private String within(Party guest, String line, String... words) {
    String[] name = guest.observer().name().split("\\.", 2);
    return site.within(name[1], name[0], line, words);
  }
}
