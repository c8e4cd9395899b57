package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Tunnels need a kernel with WireGuard: two hosts, a network of acme on each and a tunnel between
 * them, somebody on the road who reaches one network of the first, and globex who is on both hosts
 * and has no part in it.
 */
@Tag("machine")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class WireguardTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  /**
   * Somebody on the road: an interface in a network namespace, whose packets take the host's way.
   */
  private static final String ROAD =
      """
      umask 077
      wg genkey >/root/road.key
      wg pubkey </root/road.key >/root/road.pub
      ip netns add road
      ip link add road type wireguard
      ip link set road netns road
      ip -n road address add 10.99.0.2/32 dev road
      ip -n road address add 10.99.0.66/32 dev road
      ip -n road -6 address add fd99::2/128 dev road
      ip -n road link set lo up
      ip -n road link set road up
      ip -n road route add default dev road src 10.99.0.2
      ip -n road -6 route add default dev road\
      """;

  private Site one;
  private Site two;

  @BeforeAll
  void bootBothAndGiveThemTenants() {
    CompletableFuture<Site> other = CompletableFuture.supplyAsync(() -> boot("wg2"));
    one = boot("wg1");
    two = other.join();
    credential(two, "vpn", two.host().sh("wg genkey"));
    String shared = one.host().sh("wg genpsk");
    credential(one, "shared", shared);
    credential(two, "shared", shared);
    two.host().sh(ROAD);
    for (Site site : List.of(one, two)) {
      int host = site == one ? 1 : 2;
      // Emulated, everything takes its time.
      site.config(
              Site.defaultConfig().replace("20s", "120s")
                  + "network: {ipv4Pool: 10.%d.0.0/16, ipv6Pool: \"fd00:%d::/48\"}\n"
                      .formatted(200 + host, host))
          .register("acme", site.git().url("acme"), ", \"ports\": [\"51820\"]")
          .register("globex")
          .publish();
      site.push("globex", "first", Tree.tenant("globex").idle("spy"));
      site.push("acme", "first", acme(host, ""));
    }
    CompletableFuture<Void> syncs =
        CompletableFuture.allOf(
            CompletableFuture.runAsync(() -> one.sync(0)),
            CompletableFuture.runAsync(() -> two.sync(0)));
    syncs.join();
    one.push("acme", "peers", acme(1, peersOfOne()));
    two.push("acme", "peers", acme(2, peerOfTwo()));
    one.sync(0);
    two.sync(0);
  }

  private static Site boot(String name) {
    Host host = Host.boot(name, Host.Option.MACHINE, Host.Option.PACKAGE);
    return Site.install(host, GitServer.files(host), "");
  }

  private static void credential(Site site, String name, String secret) {
    site.host().write("/etc/credstore/tenant.acme." + name, secret + "\n");
    site.host().sh("chmod 600 /etc/credstore/tenant.acme.*");
  }

  private static Tree acme(int host, String peers) {
    return Tree.tenant("acme")
        .with(
            "network/topology.yaml",
            """
            networks:
              - {name: lan, ipv4: 10.%d.7.0/24, ipv6: "fd00:%d:0:7::/64"}
              - {name: back, ipv4: 10.%d.8.0/24}
            """
                .formatted(200 + host, host, 200 + host))
        .with(
            "network/wireguard/office.yaml",
            "networks: [lan]\nlistenPort: 51820\nprivateKey: "
                + (host == 1 ? "generate" : "vpn")
                + "\n"
                + peers)
        .container("web", Tree.IDLE + "networks: [lan]\n")
        .container("db", Tree.IDLE + "networks: [back]\n");
  }

  private String peersOfOne() {
    return """
    peers:
      - name: site-two
        publicKey: %s
        endpoint: %s:51820
        allowedIPs: [10.202.7.0/24, "fd00:2:0:7::/64"]
        presharedKey: shared
      - name: road
        publicKey: %s
        allowedIPs: [10.99.0.2/32, "fd99::2/128"]
    """
        .formatted(publicKey(two), two.host().address(), two.host().sh("cat /root/road.pub"));
  }

  private String peerOfTwo() {
    return """
    peers:
      - name: site-one
        publicKey: %s
        endpoint: %s:51820
        allowedIPs: [10.201.7.0/24, "fd00:1:0:7::/64"]
        presharedKey: shared
    """
        .formatted(publicKey(one), one.host().address());
  }

  private static String publicKey(Site site) {
    String key =
        site.json("describe", "acme").at("tunnels").where("name", "office").at("publicKey").text();
    assertThat(key).matches("[A-Za-z0-9+/]{43}=");
    return key;
  }

  private static String address(Site site, String tenant, String container) {
    return site.container(tenant, container).at("address").text();
  }

  private static String address6(Site site, String tenant, String container) {
    return site.within(
        tenant,
        container,
        "ip -6 -o address show scope global | sed -n 's/.* inet6 \\([^/]*\\).*/\\1/p' | head -n 1");
  }

  @AfterAll
  void close() {
    try {
      if (one != null) {
        one.host().close();
      }
    } finally {
      if (two != null) {
        two.host().close();
      }
    }
  }

  private static boolean reaches(Site site, String tenant, String container, String address) {
    return site.inside(tenant, container, "ping -n -c 2 -i 0.3 -W 3 \"$1\"", address).exit() == 0;
  }

  /** Whether somebody on the road reaches an address, with one of his own or another. */
  private boolean roadReaches(String source, String address) {
    return two.host()
            .shell("ip netns exec road ping -n -c 2 -i 0.3 -W 3 -I \"$1\" \"$2\"", source, address)
            .exit()
        == 0;
  }

  @Test
  @Order(1)
  void theNetworksOfTwoHostsReachEachOtherAndNobodyElseIsReached() {
    for (Site[] way : new Site[][] {{one, two}, {two, one}}) {
      assertThat(reaches(way[0], "acme", "web", address(way[1], "acme", "web"))).isTrue();
      assertThat(reaches(way[0], "acme", "web", address6(way[1], "acme", "web"))).isTrue();
      assertThat(reaches(way[0], "acme", "web", address(way[1], "acme", "db"))).isFalse();
      assertThat(reaches(way[0], "acme", "db", address(way[1], "acme", "web"))).isFalse();
      assertThat(reaches(way[0], "acme", "web", address(way[1], "globex", "spy"))).isFalse();
      assertThat(reaches(way[0], "globex", "spy", address(way[1], "acme", "web"))).isFalse();
      assertThat(reaches(way[0], "globex", "spy", address(way[0], "acme", "web"))).isFalse();
      // Neither is the host at the other end, by any of its addresses.
      assertThat(reaches(way[0], "acme", "web", way[1].host().address())).isFalse();
      assertThat(
              reaches(
                  way[0], "acme", "web", address(way[1], "acme", "web").replace(".7.2", ".7.1")))
          .isFalse();
    }
    // A tunnel is narrower than a network: who sends too much is told, and in pieces it arrives.
    String far = address(two, "acme", "web");
    assertThat(one.inside("acme", "web", "ping -n -c 1 -M do -s 1472 \"$1\"", far).text())
        .contains("mtu = 1420");
    one.within("acme", "web", "ping -n -c 1 -W 5 -s 8000 \"$1\"", far);
    assertThat(
            one.json("describe", "acme")
                .at("tunnels")
                .where("name", "office")
                .at("peers")
                .where("name", "site-two")
                .at("handshakeAt")
                .text())
        .isNotEmpty();
  }

  @Test
  @Order(2)
  void somebodyOnTheRoadReachesOneNetworkAndNothingElse() {
    two.host()
        .sh(
            "ip netns exec road wg set road private-key /root/road.key peer \"$1\""
                + " allowed-ips 0.0.0.0/0,::/0 endpoint \"$2\":51820",
            publicKey(one),
            one.host().address());
    String web = address(one, "acme", "web");
    assertThat(roadReaches("10.99.0.2", web)).isTrue();
    assertThat(roadReaches("fd99::2", address6(one, "acme", "web"))).isTrue();
    assertThat(reaches(one, "acme", "web", "10.99.0.2")).isTrue();

    assertThat(roadReaches("10.99.0.2", address(one, "acme", "db"))).isFalse();
    assertThat(roadReaches("10.99.0.2", address(one, "globex", "spy"))).isFalse();
    assertThat(roadReaches("10.99.0.2", one.host().address())).isFalse();
    assertThat(roadReaches("10.99.0.2", "10.201.7.1")).isFalse();
    assertThat(roadReaches("10.99.0.2", address(two, "acme", "web"))).isFalse();
    // With an address that is not his he is not heard.
    assertThat(roadReaches("10.99.0.66", web)).isFalse();
    assertThat(reaches(one, "globex", "spy", "10.99.0.2")).isFalse();
    assertThat(reaches(one, "acme", "db", "10.99.0.2")).isFalse();
  }

  @Test
  @Order(3)
  void peersComeAndGoAndNobodyElseNotices() {
    String web = address(one, "acme", "web");
    String far = address(two, "acme", "web");
    String link =
        one.json("describe", "acme").at("tunnels").where("name", "office").at("link").text();
    String index = one.host().sh("cat /sys/class/net/\"$1\"/ifindex", link);
    String web1 = one.invocation("acme", "web");
    two.host()
        .sh(
            "ip netns exec road ping -n -i 0.2 -W 2 \"$1\" >/root/road.ping 2>&1 & echo $! >/root/road.pid",
            web);
    one.host()
        .sh(
            """
            leader=$(machinectl show -P Leader web.acme)
            nsenter --target "$leader" --net ping -n -i 0.2 -W 2 "$1" >/root/far.ping 2>&1 &
            echo $! >/root/far.pid\
            """,
            far);
    String extra =
        """
          - name: late
            publicKey: %s
            allowedIPs: [10.98.0.0/24]
        """
            .formatted(one.host().sh("wg genkey | wg pubkey"));
    one.push("acme", "one peer more", acme(1, peersOfOne() + extra));
    one.sync(0);
    assertThat(one.host().sh("wg show \"$1\" peers | wc -l", link)).isEqualTo("3");
    assertThat(one.host().sh("ip route show table all 10.98.0.0/24")).contains(link);
    one.push("acme", "one peer less", acme(1, peersOfOne()));
    one.sync(0);
    assertThat(one.host().sh("wg show \"$1\" peers | wc -l", link)).isEqualTo("2");
    assertThat(one.host().sh("ip route show table all 10.98.0.0/24")).isEmpty();

    assertThat(lost(two, "road")).isLessThanOrEqualTo(1);
    assertThat(lost(one, "far")).isLessThanOrEqualTo(1);
    assertThat(one.host().sh("cat /sys/class/net/\"$1\"/ifindex", link)).isEqualTo(index);
    assertThat(one.invocation("acme", "web")).isEqualTo(web1);
  }

  /** How many pings had no answer of those that were sent while all that happened. */
  private static int lost(Site site, String name) {
    String said =
        site.host()
            .sh(
                "kill -INT \"$(cat /root/$1.pid)\"; sleep 1; tail -n 3 /root/$1.ping | grep transmitted",
                name);
    String[] words = said.split("[ ,]+", -1);
    int sent = Integer.parseInt(words[0]);
    assertThat(sent).as(said).isGreaterThan(50);
    return sent - Integer.parseInt(words[3]);
  }

  @Test
  @Order(4)
  void keysAreNowhereButWhereTheyAreKept() {
    String generated = one.host().sh("cat /var/lib/bitbuilder/wireguard/acme/office.key");
    assertThat(one.host().sh("stat -c '%a %U' /var/lib/bitbuilder/wireguard/acme/office.key"))
        .isEqualTo("600 root");
    nowhere(one, generated);
    nowhere(one, one.host().sh("cat /etc/credstore/tenant.acme.shared"));
    nowhere(two, two.host().sh("cat /etc/credstore/tenant.acme.vpn"));
    nowhere(two, two.host().sh("cat /etc/credstore/tenant.acme.shared"));
  }

  @Test
  @Order(5)
  void aCredentialThatIsNoKeyIsNotShownEither() {
    Host host = two.host();
    String good = host.sh("cat /etc/credstore/tenant.acme.shared");
    credential(two, "shared", "correct-horse-battery");
    assertThat(host.exec("systemctl", "reload", "tenant-wireguard@acme.service").exit())
        .isNotZero();
    assertThat(host.sh("journalctl -u tenant-wireguard@acme.service -o cat"))
        .contains("what is in tenant.acme.shared is no key");
    assertThat(host.sh("journalctl -o export | grep -ac correct-horse || :")).isEqualTo("0");
    credential(two, "shared", good);
    host.succeeds("systemctl", "reload", "tenant-wireguard@acme.service");
  }

  /** The positive control: what is looked for is found where it is. */
  private static void nowhere(Site site, String secret) {
    site.host().write("/root/secret", secret);
    String find =
        """
        find_in() { grep -rlFf /root/secret "$@" 2>/dev/null || :; }
        find_in /root/secret
        find /var/lib/bitbuilder -path /var/lib/bitbuilder/wireguard -prune -o -type f -print0 |
          xargs -0 grep -lFf /root/secret || :
        find_in /var/lib/tenants /srv /etc/systemd /run/tenants /run/systemd /run/bitbuilder /run/udev
        journalctl --no-pager -o export | grep -aFf /root/secret | sed 's/.*/journal/'
        for git in /srv/git/*.git /var/lib/bitbuilder/objects/system.git /var/lib/bitbuilder/objects/tenants/*.git; do
          git -c safe.directory='*' -C "$git" cat-file --batch --batch-all-objects | grep -aqFf /root/secret && echo "$git"
        done
        (systemctl reload tenant-wireguard@acme.service; systemctl restart tenant-wireguard@acme.service) &
        worker=$!
        while kill -0 "$worker" 2>/dev/null; do
          ps axww -o args | grep -Ff /root/secret | grep -v grep | sed 's/.*/ps/' || :
        done
        for process in /proc/[0-9]*; do
          { tr '\\0' '\\n' <"$process/environ"; } 2>/dev/null | grep -qFf /root/secret && echo "$process" || :
        done
        rm /root/secret\
        """;
    assertThat(site.host().sh(find)).isEqualTo("/root/secret");
  }

  @Test
  @Order(6)
  void afterARebootTheKeyIsTheSameAndAllAreConnectedAgain() {
    String key = publicKey(one);
    one.host().reboot();
    one.host()
        .sh(
            "systemctl stop bitbuilder-sync.timer; systemctl mask --runtime --quiet bitbuilder-sync.timer");
    one.host().waitForUnit("tenant-wireguard@acme.service", Duration.ofMinutes(3));
    one.waitFor("acme", "web");
    assertThat(publicKey(one)).isEqualTo(key);
    two.host()
        .eventually(
            SOON, "ip netns exec road ping -n -c 1 -W 2 \"$1\"", address(one, "acme", "web"));
    assertThat(reaches(one, "acme", "web", address(two, "acme", "web"))).isTrue();
  }

  @Test
  @Order(7)
  void aTunnelThatIsTakenOutIsGone() {
    Tree without = acme(1, peersOfOne()).without("network/wireguard/office.yaml");
    String link =
        one.json("describe", "acme").at("tunnels").where("name", "office").at("link").text();
    String started = one.invocation("acme", "web");
    one.push("acme", "no tunnel", without);
    one.sync(0);
    assertThat(one.host().shell("ip link show \"$1\"", link).exit()).isNotZero();
    assertThat(one.host().sh("ip rule show | grep -c 100 || :")).isEqualTo("0");
    assertThat(roadReaches("10.99.0.2", address(one, "acme", "web"))).isFalse();
    assertThat(one.invocation("acme", "web")).isEqualTo(started);
  }
}
