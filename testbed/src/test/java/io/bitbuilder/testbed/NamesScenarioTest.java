package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Guests find each other by name within their tenant, and nobody else by any. Where the network has
 * a way out, other names are asked of others: here a name server on the loopback of the host, which
 * the host's own resolver asks.
 */
@Tag("scenario")
final class NamesScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("names");

  /** /usr of the host is that of `image: host` as well. */
  private static final String CLIENT = "/usr/lib/dns.pl";

  private static final String TOPOLOGY =
      "networks: [{name: lan}, {name: wan, mode: nat}, {name: named, mode: nat, dns: [203.0.113.53]}]\n";
  private static final Tree ACME =
      Tree.tenant("acme")
          .with("network/topology.yaml", TOPOLOGY)
          .idle("web", "peer")
          .container("os", "image: host\n")
          .container("out", Tree.IDLE + "networks: [wan]\n")
          .container("far", Tree.IDLE + "networks: [named]\n");
  private static final String SPY = Tree.IDLE + "capabilities: [CAP_NET_ADMIN]\n";

  /** What the host itself is told, and what only its resolver knows. */
  private static final String UPSTREAM =
      """
      n=0
      echo '203.0.113.9 secret.example.org' >>/etc/hosts
      ip link add outside type dummy
      ip address add 203.0.113.53/32 dev outside
      ip link set outside up
      for at in 127.0.0.99 203.0.113.53; do
        n=$((n + 1))
        systemd-run --quiet --unit="upstream-$at" perl /usr/lib/dns.pl serve "$at" which.example.org.="203.0.113.$n" \
          www.example.org.=203.0.113.80 long.example.org.=203.0.113.81 acme.internal.=203.0.113.82 \
          web.acme.internal.=203.0.113.83 web.globex.internal.=203.0.113.84
      done
      mkdir -p /run/systemd/resolved.conf.d
      printf '[Resolve]\\nDNS=127.0.0.99\\nDomains=~.\\nDNSSEC=no\\nDNSOverTLS=no\\n' >/run/systemd/resolved.conf.d/test.conf
      systemctl restart systemd-resolved.service
      """;

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  @BeforeAll
  static void twoTenantsRun() throws IOException {
    Site site = SCENE.site();
    try (InputStream client =
        Objects.requireNonNull(NamesScenarioTest.class.getResourceAsStream("/dns.pl"))) {
      site.host().write(CLIENT, new String(client.readAllBytes(), StandardCharsets.UTF_8));
    }
    site.host().sh(UPSTREAM);
    site.push("acme", "first", ACME);
    site.push("globex", "first", Tree.tenant("globex").container("spy", SPY).idle("web"));
    site.register("acme", "globex").publish();
    site.sync(0);
    site.host()
        .eventually(
            Duration.ofSeconds(20),
            "leader=$(machinectl show -P Leader os.acme)"
                + " && nsenter -t \"$leader\" -n ip -4 -o address show host0 | grep -q inet");
  }

  private static String address(String tenant, String container) {
    return SCENE.site().container(tenant, container).at("address").text();
  }

  private static String address6(String tenant, String container) {
    return SCENE.site().container(tenant, container).at("address6").text();
  }

  /** The host's address of one family in the network of a container. */
  private String server(String tenant, String container, int family) {
    String bridge = site.container(tenant, container).at("bridge").text();
    return host.sh(
        "ip -\"$1\" -o address show dev \"$2\" scope global | awk '{print $4}' | cut -d/ -f1",
        String.valueOf(family),
        bridge);
  }

  /** What the server of its network tells a container. */
  private String ask(String container, String protocol, String name, String type) {
    return site.within(
        "acme",
        container,
        "perl /usr/lib/dns.pl ask \"$@\"",
        server("acme", container, 4),
        protocol,
        name,
        type);
  }

  private static String service(String tenant, String network) {
    return "tenant-names@" + tenant + "-" + network + ".service";
  }

  @Test
  void guestsFindEachOtherByName() {
    for (String from : new String[] {"peer", "os", "out", "far"}) {
      for (String name : new String[] {"web", "web.acme.internal", "WEB.Acme.internal."}) {
        assertThat(site.within("acme", from, "getent ahostsv4 \"$1\"", name))
            .as("%s from %s", name, from)
            .contains(address("acme", "web"));
        assertThat(site.within("acme", from, "getent ahostsv6 \"$1\"", name))
            .contains(address6("acme", "web"));
      }
      assertThat(site.within("acme", from, "getent hosts \"$1\"", address("acme", "web")))
          .endsWith("web.acme.internal");
      assertThat(site.within("acme", from, "getent hosts \"$1\"", address6("acme", "web")))
          .endsWith("web.acme.internal");
    }
    // Of all networks of the tenant.
    assertThat(site.within("acme", "os", "getent ahostsv4 out")).contains(address("acme", "out"));
    for (int family : new int[] {4, 6}) {
      for (String protocol : new String[] {"udp", "tcp"}) {
        for (String from : new String[] {"peer", "os"}) {
          String[] words = {server("acme", from, family), protocol, "web.acme.internal", "A"};
          assertThat(site.within("acme", from, "perl /usr/lib/dns.pl ask \"$@\"", words))
              .isEqualTo("0 " + address("acme", "web"));
        }
      }
    }
    assertThat(ask("peer", "udp", "nobody.acme.internal", "A")).isEqualTo("3");
    assertThat(ask("peer", "udp", "web.acme.internal", "TXT")).isEqualTo("0");
  }

  @Test
  void namesOfOthersAreNobodysBusiness() {
    for (String from : new String[] {"peer", "os", "out", "far"}) {
      for (String name :
          new String[] {
            "web.globex.internal",
            "spy",
            "spy.globex",
            "web.globex",
            "secret.example.org",
            host.sh("hostname"),
            "_gateway",
            "localhost.localdomain"
          }) {
        Host.Output output = site.inside("acme", from, "getent ahosts \"$1\"", name);
        assertThat(output.exit()).as("%s from %s: %s", name, from, output).isNotZero();
      }
      String reverse = "getent hosts \"$1\"";
      assertThat(site.inside("acme", from, reverse, address("globex", "spy")).exit()).isNotZero();
      assertThat(site.inside("acme", from, reverse, host.address()).exit()).isNotZero();
    }
    assertThat(site.within("globex", "spy", "getent ahostsv4 web"))
        .contains(address("globex", "web"))
        .doesNotContain(address("acme", "web"));
    assertThat(site.inside("globex", "spy", "getent ahosts web.acme.internal").exit()).isNotZero();
  }

  @Test
  void theServerOfAnotherTenantCannotBeReached() {
    String own4 = server("globex", "spy", 4);
    String own6 = server("globex", "spy", 6);
    site.within(
        "globex",
        "spy",
        "ip route replace default via \"$1\" dev host0; ip -6 route replace default via \"$2\" dev host0",
        own4,
        own6);
    String line = "timeout 3 perl /usr/lib/dns.pl ask \"$@\"";
    try {
      for (String protocol : new String[] {"udp", "tcp"}) {
        assertThat(site.within("globex", "spy", line, own4, protocol, "web.globex.internal", "A"))
            .isEqualTo("0 " + address("globex", "web"));
        assertThat(site.within("globex", "spy", line, own6, protocol, "web.globex.internal", "A"))
            .isEqualTo("0 " + address("globex", "web"));
        for (int family : new int[] {4, 6}) {
          String[] words = {server("acme", "web", family), protocol, "web.acme.internal", "A"};
          assertThat(site.inside("globex", "spy", line, words).exit()).isNotZero();
          // Nor from the host itself.
          assertThat(host.shell(line, words).exit()).isNotZero();
        }
      }
    } finally {
      site.within("globex", "spy", "ip route del default; ip -6 route del default");
    }
  }

  @Test
  void whereThereIsNoWayOutThereIsNothingElse() {
    for (String name : new String[] {"www.example.org", "example.org", "acme.internal"}) {
      String answer = ask("peer", "udp", name, "A");
      assertThat(answer).isEqualTo(name.equals("acme.internal") ? "0" : "3");
    }
    assertThat(site.inside("acme", "os", "getent ahosts www.example.org").exit()).isNotZero();
    assertThat(host.sh("journalctl -u 'upstream-*' -o cat"))
        .doesNotContain("acme.internal", "globex.internal");
    // And nobody could be asked: it has no other network than its sockets'.
    assertThat(host.sh("systemctl show -P PrivateNetwork \"$1\"", service("acme", "lan")))
        .isEqualTo("yes");
  }

  @Test
  void whereThereIsOtherNamesAreAskedOfOthers() {
    for (String from : new String[] {"out", "far"}) {
      assertThat(site.within("acme", from, "getent ahostsv4 www.example.org"))
          .contains("203.0.113.80");
      assertThat(ask(from, "udp", "www.example.org", "A")).isEqualTo("0 203.0.113.80");
      assertThat(ask(from, "tcp", "www.example.org", "A")).isEqualTo("0 203.0.113.80");
      assertThat(ask(from, "udp", "nobody.example.org", "A")).isEqualTo("3");
      assertThat(ask(from, "udp", "long.example.org", "A")).isEqualTo("cut");
      assertThat(ask(from, "tcp", "long.example.org", "A")).startsWith("0 203.0.113.81 203");
      assertThat(ask(from, "udp", "web.acme.internal", "A"))
          .isEqualTo("0 " + address("acme", "web"));
    }
    assertThat(host.sh("journalctl -u upstream-203.0.113.53 -o cat"))
        .contains("www.example.org.", "long.example.org.");
  }

  /** The host asks in the tenant's place, but nothing that is the host's. */
  @Test
  void anotherServerIsAskedFromTheNextActivationOn() {
    assertThat(ask("out", "udp", "which.example.org", "A")).isEqualTo("0 203.0.113.1");
    assertThat(ask("far", "udp", "which.example.org", "A")).isEqualTo("0 203.0.113.2");
    Map<String, String> before = site.invocations();
    String server = host.sh("systemctl show -P MainPID \"$1\"", service("acme", "wan"));
    try {
      site.push("acme", "asks somebody else", asking("203.0.113.53"));
      site.sync(0);
      assertThat(ask("out", "udp", "which.example.org", "A")).isEqualTo("0 203.0.113.2");
      assertThat(site.invocations()).isEqualTo(before);
      assertThat(host.sh("systemctl show -P MainPID \"$1\"", service("acme", "wan")))
          .isEqualTo(server);
      // The host answers others at this address, but is nobody to be asked for a tenant.
      site.push("acme", "asks the host", asking(host.address()));
      site.sync(0);
      assertThat(ask("out", "udp", "which.example.org", "A")).isEqualTo("3");
      site.push("acme", "asks the loopback", asking("127.0.0.53"));
      assertThat(site.sync(3)).contains("BB417");
    } finally {
      site.push("acme", "as before", ACME);
      site.sync(0);
    }
  }

  /** Network wan with a name server of its own. */
  private static Tree asking(String server) {
    return ACME.with(
        "network/topology.yaml",
        TOPOLOGY.replace("mode: nat}", "mode: nat, dns: [" + server + "]}"));
  }

  @Test
  void namesChangeWhileEverythingRuns() {
    assertThat(ask("peer", "udp", "late.acme.internal", "A")).isEqualTo("3");
    String server = host.sh("systemctl show -P MainPID \"$1\"", service("acme", "lan"));
    Map<String, String> before = site.invocations();
    site.push("acme", "one more", ACME.idle("late"));
    site.sync(0);
    assertThat(ask("peer", "udp", "late.acme.internal", "A"))
        .isEqualTo("0 " + address("acme", "late"));
    assertThat(site.within("acme", "os", "getent ahostsv4 late")).contains(address("acme", "late"));
    site.push("acme", "one less", ACME);
    site.sync(0);
    assertThat(ask("peer", "udp", "late.acme.internal", "A")).isEqualTo("3");
    assertThat(site.invocations()).isEqualTo(before);
    assertThat(host.sh("systemctl show -P MainPID \"$1\"", service("acme", "lan")))
        .isEqualTo(server);
  }

  @Test
  void aThousandQueriesAtOnceAreAnsweredAtAnyTime() {
    String burst = "perl /usr/lib/dns.pl burst \"$1\" web.acme.internal 1000";
    String single = "perl /usr/lib/dns.pl one-by-one \"$1\" web.acme.internal 1000";
    String server = server("acme", "peer", 4);
    ask("peer", "udp", "web.acme.internal", "A");
    report("burst of 1000, warm", site.within("acme", "peer", burst, server), 1000, 2_000_000);
    report("1000 one by one", site.within("acme", "os", single, server), 1000, 200_000);
    for (int i = 0; i < 3; i++) {
      host.sh("systemctl stop \"$1\" 2>/dev/null", service("acme", "lan"));
      String first = "perl /usr/lib/dns.pl one-by-one \"$1\" web.acme.internal 1";
      report("cold start", site.within("acme", "peer", first, server), 1, 4_000_000);
    }
    host.sh("systemctl stop \"$1\" 2>/dev/null", service("acme", "lan"));
    report("burst of 1000, cold", site.within("acme", "peer", burst, server), 1000, 4_000_000);
  }

  /** Before a resolver gives up, and all of them. */
  private static void report(String what, String numbers, int answered, long slowest) {
    List<Long> values = new ArrayList<>();
    for (String one : numbers.split(" ", -1)) {
      values.add(Long.parseLong(one));
    }
    System.out.println("names: " + what + ": answered, p50, p99, slowest in us: " + values);
    assertThat(values.getFirst()).as(what).isEqualTo(answered);
    assertThat(values.getLast()).as(what).isLessThan(slowest);
  }

  @Test
  void aFloodOfGarbageDoesNoHarm() {
    String server = server("acme", "peer", 4);
    ask("peer", "udp", "web.acme.internal", "A");
    String pid = host.sh("systemctl show -P MainPID \"$1\"", service("acme", "lan"));
    String flood =
        "perl /usr/lib/dns.pl flood \"$1\" 5 >/tmp/sent & sleep 1;"
            + " perl /usr/lib/dns.pl one-by-one \"$1\" web.acme.internal 50; wait";
    String answered = site.within("acme", "os", flood, server);
    System.out.println(
        "names: beside " + site.within("acme", "os", "cat /tmp/sent") + " of garbage: " + answered);
    assertThat(Long.parseLong(answered.split(" ", -1)[0])).isGreaterThan(40);
    report(
        "after the flood",
        site.within(
            "acme", "peer", "perl /usr/lib/dns.pl one-by-one \"$1\" web.acme.internal 100", server),
        100,
        1_000_000);
    assertThat(host.sh("systemctl show -P MainPID \"$1\"", service("acme", "lan"))).isEqualTo(pid);
    // Whoever flooded has used up what it may ask, and has it again soon.
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
    ask("out", "udp", "web.acme.internal", "A");
    host.succeeds("systemctl", "is-active", service("acme", "wan"));
    String user =
        host.sh(
            "ps -o user:32= -p \"$(systemctl show -P MainPID \"$1\")\"", service("acme", "wan"));
    assertThat(user).isNotEqualTo("root");
    assertThat(
            host.sh(
                "grep -h Cap /proc/\"$(systemctl show -P MainPID \"$1\")\"/status | tr -d '\\n\\t'",
                service("acme", "wan")))
        .isEqualTo(
            "CapInh:0000000000000000CapPrm:0000000000000000CapEff:0000000000000000"
                + "CapBnd:0000000000000000CapAmb:0000000000000000");
    String seen =
        "nsenter -t \"$(systemctl show -P MainPID \"$1\")\" -m ls /var/lib/bitbuilder /var/lib/bitbuilder/generations/tenants";
    assertThat(host.sh(seen, service("acme", "wan")))
        .contains("generations", "acme")
        .doesNotContain("globex", "objects", "staging");
    host.eventually(
        Duration.ofMinutes(2),
        "[ \"$(systemctl show -P ActiveState \"$1\")\" = inactive ]",
        service("acme", "wan"));
    assertThat(host.sh("systemctl show -P Result \"$1\"", service("acme", "wan")))
        .isEqualTo("success");
    assertThat(ask("out", "udp", "web.acme.internal", "A"))
        .isEqualTo("0 " + address("acme", "web"));
  }

  @Test
  void aTenantThatStopsLeavesNothingThatListens() {
    String listening = "ss -Hlnut sport = :53 | awk '{print $5}' | grep -cF \"$1\" || :";
    String server = server("globex", "spy", 4) + ":53";
    assertThat(host.sh(listening, server)).isEqualTo("2");
    site.within("globex", "spy", "getent hosts web");
    host.succeeds("systemctl", "stop", "tenant@globex.target");
    host.eventually(Duration.ofSeconds(10), "[ \"$(" + listening + ")\" = 0 ]", server);
    host.succeeds("systemctl", "start", "tenant@globex.target");
    site.waitFor("globex", "spy");
    site.waitFor("globex", "web");
    assertThat(host.sh(listening, server)).isEqualTo("2");
    assertThat(site.within("globex", "spy", "getent ahostsv4 web"))
        .contains(address("globex", "web"));
    // Again while a server is there that has the sockets.
    host.sh("systemctl restart tenant@globex.target");
    site.waitFor("globex", "spy");
    site.within("globex", "spy", "getent hosts web");
  }
}
