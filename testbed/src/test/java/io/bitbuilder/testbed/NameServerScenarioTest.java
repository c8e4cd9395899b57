package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The name server of a network: how fast it comes, what it bears, and that it goes. */
@Tag("scenario")
final class NameServerScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("nameserver");

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();
  private final NameClient client = NameClient.of(site);

  @BeforeAll
  static void twoTenantsRun() {
    Site site = SCENE.site();
    NameClient.install(site);
    site.push(
        "acme",
        "first",
        Tree.tenant("acme")
            .with("network/topology.yaml", "networks: [{name: lan}, {name: wan, mode: nat}]\n")
            .idle("web", "peer")
            .container("os", "image: host\n")
            .container("out", Tree.IDLE + "networks: [wan]\n"));
    site.push("globex", "first", Tree.tenant("globex").idle("spy", "web"));
    site.register("acme", "globex").publish();
    site.sync(0);
    site.host()
        .eventually(
            Duration.ofSeconds(20),
            "leader=$(machinectl show -P Leader os.acme)"
                + " && nsenter -t \"$leader\" -n ip -4 -o address show host0 | grep -q inet");
  }

  @Test
  void aThousandQueriesAtOnceAreAnsweredAtAnyTime() {
    String burst = "perl /usr/lib/dns.pl burst \"$1\" web.acme.internal 1000";
    String single = "perl /usr/lib/dns.pl one-by-one \"$1\" web.acme.internal 1000";
    String server = client.server("acme", "peer", 4);
    client.ask("peer", "udp", "web.acme.internal", "A");
    within("burst of 1000, warm", site.within("acme", "peer", burst, server), 1000, 2_000_000);
    within("1000 one by one", site.within("acme", "os", single, server), 1000, 200_000);
    for (int i = 0; i < 3; i++) {
      host.sh("systemctl stop \"$1\" 2>/dev/null", NameClient.service("acme", "lan"));
      String first = "perl /usr/lib/dns.pl one-by-one \"$1\" web.acme.internal 1";
      within("cold start", site.within("acme", "peer", first, server), 1, 4_000_000);
    }
    host.sh("systemctl stop \"$1\" 2>/dev/null", NameClient.service("acme", "lan"));
    within("burst of 1000, cold", site.within("acme", "peer", burst, server), 1000, 4_000_000);
  }

  @Test
  void aFloodOfGarbageDoesNoHarm() {
    String server = client.server("acme", "peer", 4);
    client.ask("peer", "udp", "web.acme.internal", "A");
    String pid = client.process("acme", "lan");
    site.within(
        "acme", "os", "setsid perl /usr/lib/dns.pl flood \"$1\" 8 >/tmp/sent 2>&1 &", server);
    String others = "perl /usr/lib/dns.pl one-by-one \"$1\" web.acme.internal 200 0.5";
    String answered = site.within("acme", "peer", others, server);
    assertThat(Long.parseLong(answered.split(" ", -1)[0])).as(answered).isGreaterThan(190);
    // Who floods has soon asked for more than it may.
    host.eventually(
        Duration.ofSeconds(7),
        "leader=$(machinectl show -P Leader os.acme) && nsenter -t \"$leader\" -n"
            + " perl /usr/lib/dns.pl one-by-one \"$1\" web.acme.internal 2 0.5 | grep '^0 '",
        server);
    answered = site.within("acme", "peer", others, server);
    assertThat(Long.parseLong(answered.split(" ", -1)[0])).as(answered).isGreaterThan(190);
    assertThat(site.within("acme", "os", "cat /tmp/sent")).as("it goes on").isEmpty();
    host.eventually(
        Duration.ofSeconds(20),
        "leader=$(machinectl show -P Leader os.acme) && nsenter -t \"$leader\" -a --root --wdns=/ cat /tmp/sent | grep '[0-9][0-9][0-9][0-9][0-9]'");
    within("after the flood", site.within("acme", "peer", others, server), 200, 1_000_000);
    assertThat(client.process("acme", "lan")).isEqualTo(pid);
    // And has it again soon.
    host.eventually(
        Duration.ofSeconds(10),
        "leader=$(machinectl show -P Leader os.acme) && nsenter -t \"$leader\" -n"
            + " perl /usr/lib/dns.pl ask \"$1\" udp web.acme.internal A",
        server);
    // Connections that say nothing take nobody's place for long.
    site.within(
        "acme",
        "os",
        "for i in $(seq 40); do nc.openbsd -w 20 \"$1\" 53 </dev/zero >/dev/null 2>&1 & done; sleep 1;"
            + " perl /usr/lib/dns.pl ask \"$1\" udp web.acme.internal A",
        server);
    host.eventually(
        Duration.ofSeconds(30),
        "leader=$(machinectl show -P Leader peer.acme) && nsenter -t \"$leader\" -n"
            + " perl /usr/lib/dns.pl ask \"$1\" tcp web.acme.internal A",
        server);
  }

  @Test
  void nothingRunsWhenNobodyAsks() {
    client.ask("out", "udp", "web.acme.internal", "A");
    host.succeeds("systemctl", "is-active", NameClient.service("acme", "wan"));
    String user =
        host.sh(
            "ps -o user:32= -p \"$(systemctl show -P MainPID \"$1\")\"",
            NameClient.service("acme", "wan"));
    assertThat(user).isNotEqualTo("root");
    assertThat(
            host.sh(
                "grep -h Cap /proc/\"$(systemctl show -P MainPID \"$1\")\"/status | tr -d '\\n\\t'",
                NameClient.service("acme", "wan")))
        .isEqualTo(
            "CapInh:0000000000000000CapPrm:0000000000000000CapEff:0000000000000000"
                + "CapBnd:0000000000000000CapAmb:0000000000000000");
    String seen =
        "nsenter -t \"$(systemctl show -P MainPID \"$1\")\" -m ls /var/lib/bitbuilder /var/lib/bitbuilder/generations/tenants";
    assertThat(host.sh(seen, NameClient.service("acme", "wan")))
        .contains("generations", "acme")
        .doesNotContain("globex", "objects", "staging");
    host.eventually(
        Duration.ofMinutes(2),
        "[ \"$(systemctl show -P ActiveState \"$1\")\" = inactive ]",
        NameClient.service("acme", "wan"));
    assertThat(host.sh("systemctl show -P Result \"$1\"", NameClient.service("acme", "wan")))
        .isEqualTo("success");
    assertThat(client.ask("out", "udp", "web.acme.internal", "A"))
        .isEqualTo("0 " + client.address("acme", "web"));
  }

  @Test
  void aTenantThatStopsLeavesNothingThatListens() {
    String listening = "ss -Hlnut sport = :53 | awk '{print $5}' | grep -cF \"$1\" || :";
    String server = client.server("globex", "spy", 4) + ":53";
    assertThat(host.sh(listening, server)).isEqualTo("2");
    site.within("globex", "spy", "getent hosts web");
    host.succeeds("systemctl", "stop", "tenant@globex.target");
    host.eventually(Duration.ofSeconds(10), "[ \"$(" + listening + ")\" = 0 ]", server);
    host.succeeds("systemctl", "start", "tenant@globex.target");
    site.waitFor("globex", "spy");
    site.waitFor("globex", "web");
    assertThat(host.sh(listening, server)).isEqualTo("2");
    assertThat(site.within("globex", "spy", "getent ahostsv4 web"))
        .contains(client.address("globex", "web"));
    // Again while a server is there that has the sockets.
    host.sh("systemctl restart tenant@globex.target");
    site.waitFor("globex", "spy");
    site.within("globex", "spy", "getent hosts web");
  }

  /**
   * All of them, and before a resolver gives up.
   *
   * @param numbers how many were answered, and microseconds: of half, of 99 of 100, of all
   */
  private static void within(String what, String numbers, int answered, long slowest) {
    List<Long> values = new ArrayList<>();
    for (String one : numbers.split(" ", -1)) {
      values.add(Long.parseLong(one));
    }
    assertThat(values.getFirst()).as("%s: %s", what, numbers).isEqualTo(answered);
    assertThat(values.getLast()).as("%s: %s", what, numbers).isLessThan(slowest);
  }
}
