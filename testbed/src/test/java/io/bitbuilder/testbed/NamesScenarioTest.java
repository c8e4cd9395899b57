package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
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
      echo '203.0.113.9 secret.example.org' >>/etc/hosts
      ip netns add outside
      ip link add up0 type veth peer name up1 netns outside
      ip address add 203.0.113.1/24 dev up0
      ip link set up0 up
      ip -n outside link set lo up
      ip -n outside address add 203.0.113.53/24 dev up1
      ip -n outside link set up1 up
      serve() { # NAME ADDRESS WHICH COMMAND...
        name=$1 at=$2 which=$3
        shift 3
        systemd-run --quiet --unit="upstream-$name" "$@" perl /usr/lib/dns.pl serve "$at" which.example.org.="$which" \
          www.example.org.=203.0.113.80 long.example.org.=203.0.113.81 acme.internal.=203.0.113.82 \
          web.acme.internal.=203.0.113.83 web.globex.internal.=203.0.113.84
      }
      serve host 127.0.0.99 203.0.113.1
      serve outside 203.0.113.53 203.0.113.2 ip netns exec outside
      mkdir -p /run/systemd/resolved.conf.d
      printf '[Resolve]\\nDNS=127.0.0.99\\nDomains=~.\\nDNSSEC=no\\nDNSOverTLS=no\\n' >/run/systemd/resolved.conf.d/test.conf
      systemctl restart systemd-resolved.service
      """;

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();
  private final NameClient client = NameClient.of(site);

  @BeforeAll
  static void twoTenantsRun() {
    Site site = SCENE.site();
    NameClient.install(site);
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

  @Test
  void guestsFindEachOtherByName() {
    for (String from : new String[] {"peer", "os", "out", "far"}) {
      for (String name : new String[] {"web", "web.acme.internal", "WEB.Acme.internal."}) {
        assertThat(site.within("acme", from, "getent ahostsv4 \"$1\"", name))
            .as("%s from %s", name, from)
            .contains(client.address("acme", "web"));
        assertThat(site.within("acme", from, "getent ahostsv6 \"$1\"", name))
            .contains(client.address6("acme", "web"));
      }
      assertThat(site.within("acme", from, "getent hosts \"$1\"", client.address("acme", "web")))
          .endsWith("web.acme.internal");
      assertThat(site.within("acme", from, "getent hosts \"$1\"", client.address6("acme", "web")))
          .endsWith("web.acme.internal");
    }
    // Of all networks of the tenant.
    assertThat(site.within("acme", "os", "getent ahostsv4 out"))
        .contains(client.address("acme", "out"));
    for (int family : new int[] {4, 6}) {
      for (String protocol : new String[] {"udp", "tcp"}) {
        for (String from : new String[] {"peer", "os"}) {
          String[] words = {
            client.server("acme", from, family), protocol, "web.acme.internal", "A"
          };
          assertThat(site.within("acme", from, "perl /usr/lib/dns.pl ask \"$@\"", words))
              .isEqualTo("0 " + client.address("acme", "web"));
        }
      }
    }
    assertThat(client.ask("peer", "udp", "nobody.acme.internal", "A")).isEqualTo("3");
    assertThat(client.ask("peer", "udp", "web.acme.internal", "TXT")).isEqualTo("0");
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
            host.sh("hostname")
          }) {
        Host.Output output = site.inside("acme", from, "getent ahosts \"$1\"", name);
        assertThat(output.exit()).as("%s from %s: %s", name, from, output).isNotZero();
      }
      for (String name : new String[] {"_gateway", "_outbound", host.sh("hostname")}) {
        assertThat(client.ask(from, "udp", name, "A")).isEqualTo("3");
      }
      String reverse = "getent hosts \"$1\"";
      assertThat(site.inside("acme", from, reverse, client.address("globex", "spy")).exit())
          .isNotZero();
      assertThat(site.inside("acme", from, reverse, host.address()).exit()).isNotZero();
    }
    assertThat(site.within("globex", "spy", "getent ahostsv4 web"))
        .contains(client.address("globex", "web"))
        .doesNotContain(client.address("acme", "web"));
    assertThat(site.inside("globex", "spy", "getent ahosts web.acme.internal").exit()).isNotZero();
  }

  @Test
  void theServerOfAnotherTenantCannotBeReached() {
    String own4 = client.server("globex", "spy", 4);
    String own6 = client.server("globex", "spy", 6);
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
            .isEqualTo("0 " + client.address("globex", "web"));
        assertThat(site.within("globex", "spy", line, own6, protocol, "web.globex.internal", "A"))
            .isEqualTo("0 " + client.address("globex", "web"));
        for (int family : new int[] {4, 6}) {
          String[] words = {
            client.server("acme", "web", family), protocol, "web.acme.internal", "A"
          };
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
      String answer = client.ask("peer", "udp", name, "A");
      assertThat(answer).isEqualTo(name.equals("acme.internal") ? "0" : "3");
    }
    assertThat(site.inside("acme", "os", "getent ahosts www.example.org").exit()).isNotZero();
    assertThat(
            host.sh("journalctl -u 'upstream-*' -o cat | grep -x '[A-Za-z0-9.-]*internal\\.' || :"))
        .isEmpty();
    // And nobody could be asked: it has no other network than its sockets'.
    assertThat(
            host.sh("systemctl show -P PrivateNetwork \"$1\"", NameClient.service("acme", "lan")))
        .isEqualTo("yes");
  }

  @Test
  void whereThereIsOtherNamesAreAskedOfOthers() {
    for (String from : new String[] {"out", "far"}) {
      assertThat(site.within("acme", from, "getent ahostsv4 www.example.org"))
          .contains("203.0.113.80");
      assertThat(client.ask(from, "udp", "www.example.org", "A")).isEqualTo("0 203.0.113.80");
      assertThat(client.ask(from, "tcp", "www.example.org", "A")).isEqualTo("0 203.0.113.80");
      assertThat(client.ask(from, "udp", "nobody.example.org", "A")).isEqualTo("3");
      assertThat(client.ask(from, "udp", "long.example.org", "A")).isEqualTo("cut");
      assertThat(client.ask(from, "tcp", "long.example.org", "A")).startsWith("0 203.0.113.81 203");
      assertThat(client.ask(from, "udp", "web.acme.internal", "A"))
          .isEqualTo("0 " + client.address("acme", "web"));
    }
    assertThat(host.sh("journalctl -u upstream-outside -o cat"))
        .contains("www.example.org.", "long.example.org.");
  }

  /** The host asks in the tenant's place, but nothing that is the host's. */
  @Test
  void anotherServerIsAskedFromTheNextActivationOn() {
    assertThat(client.ask("out", "udp", "which.example.org", "A")).isEqualTo("0 203.0.113.1");
    assertThat(client.ask("far", "udp", "which.example.org", "A")).isEqualTo("0 203.0.113.2");
    Map<String, String> before = site.invocations();
    try {
      site.push("acme", "asks somebody else", asking("203.0.113.53"));
      site.sync(0);
      assertThat(client.ask("out", "udp", "which.example.org", "A")).isEqualTo("0 203.0.113.2");
      assertThat(site.invocations()).isEqualTo(before);
      // The host answers others at this address, but is nobody to be asked for a tenant.
      site.push("acme", "asks the host", asking(host.address()));
      site.sync(0);
      assertThat(client.ask("out", "udp", "which.example.org", "A")).isEqualTo("3");
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
    assertThat(client.ask("peer", "udp", "late.acme.internal", "A")).isEqualTo("3");
    String server = client.process("acme", "lan");
    Map<String, String> before = site.invocations();
    site.push("acme", "one more", ACME.idle("late"));
    site.sync(0);
    assertThat(client.ask("peer", "udp", "late.acme.internal", "A"))
        .isEqualTo("0 " + client.address("acme", "late"));
    assertThat(site.within("acme", "os", "getent ahostsv4 late"))
        .contains(client.address("acme", "late"));
    site.push("acme", "one less", ACME);
    site.sync(0);
    assertThat(client.ask("peer", "udp", "late.acme.internal", "A")).isEqualTo("3");
    assertThat(site.invocations()).isEqualTo(before);
    assertThat(client.process("acme", "lan")).isEqualTo(server);
  }
}
