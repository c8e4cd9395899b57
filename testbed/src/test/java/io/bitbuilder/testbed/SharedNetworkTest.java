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
 * One network on two hosts whose kernels have WireGuard: what they share is never seen on the link
 * between them.
 */
@Tag("machine")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class SharedNetworkTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String TEXT = "nobody-on-the-link-reads-this";

  private Site alpha;
  private Site beta;

  @BeforeAll
  void bootBothAndGiveThemOneNetwork() {
    CompletableFuture<Site> other = CompletableFuture.supplyAsync(() -> boot("beta"));
    alpha = boot("alpha");
    beta = other.join();
    String hosts = "hosts:\n" + member(0, "alpha", alpha) + member(1, "beta", beta);
    for (Site site : List.of(alpha, beta)) {
      // Emulated, everything takes its time.
      site.config(Site.defaultConfig().replace("20s", "120s") + hosts)
          .register("acme", site.git().url("acme"), ", \"vnis\": [1001]")
          .register("globex")
          .publish();
      site.push("globex", "first", Tree.tenant("globex").idle("spy"));
      site.push(
          "acme",
          "first",
          Tree.tenant("acme")
              .with(
                  "network/topology.yaml",
                  "networks:\n"
                      + "  - {name: lan, mode: vxlan, vxlan: {vni: 1001}, ipv4: 10.200.1.0/24,"
                      + " ipv6: \"fd00:b17b:77::/64\"}\n")
              .idle("web"));
    }
    CompletableFuture.allOf(
            CompletableFuture.runAsync(() -> alpha.sync(0)),
            CompletableFuture.runAsync(() -> beta.sync(0)))
        .join();
  }

  private static Site boot(String name) {
    Host host = Host.boot("sn-" + name, Host.Option.MACHINE, Host.Option.PACKAGE);
    Site site = Site.install(host, GitServer.files(host), "");
    site.hostFile(
        "systemRepository: {url: %s}\nverify: off\nname: %s\n"
            .formatted(site.git().url("system"), name));
    return site;
  }

  /** As an operator would: doctor says by which key a host is known. */
  private static String member(int slot, String name, Site site) {
    String seen = site.json("doctor").at("examined").where("what", "tunnels").at("seen").text();
    String key = seen.substring(seen.lastIndexOf(' ') + 1);
    assertThat(key).matches("[A-Za-z0-9+/]{43}=");
    return "  %s: {slot: %d, endpoint: \"%s:51900\", publicKey: \"%s\"}\n"
        .formatted(name, slot, site.host().address(), key);
  }

  @AfterAll
  void close() {
    try {
      if (alpha != null) {
        alpha.host().close();
      }
    } finally {
      if (beta != null) {
        beta.host().close();
      }
    }
  }

  private static String address(Site site, String key) {
    return site.container("acme", "web").at(key).text();
  }

  private static void reaches(Site site, String address) {
    site.host()
        .eventually(
            SOON,
            "nsenter -t \"$(machinectl show -P Leader web.acme)\" -n ping -n -c 2 -i 0.3 -W 3 \"$1\"",
            address);
  }

  @Test
  @Order(1)
  void membersReachEachOther() {
    reaches(alpha, address(beta, "address"));
    reaches(beta, address(alpha, "address"));
    reaches(alpha, address(beta, "address6"));
    reaches(beta, address(alpha, "address6"));
    assertThat(
            alpha
                .inside("globex", "spy", "ping -n -c 2 -W 2 \"$1\"", address(beta, "address"))
                .exit())
        .isNotZero();
  }

  /** The same text is seen inside the tunnel, so it would be seen outside. */
  @Test
  @Order(2)
  void whatTheySendIsNotSeenBetweenTheHosts() {
    Host host = beta.host();
    host.sh(
        """
        for link in eth0 bw-hosts; do
          tcpdump -n -U -i "$link" -s 0 -w "/root/$link.pcap" udp >/dev/null 2>&1 &
          echo $! >"/root/$link.pid"
        done
        sleep 5\
        """);
    for (int i = 0; i < 5; i++) {
      alpha.inside(
          "acme",
          "web",
          "echo \"$1\" | nc.openbsd -u -w 1 \"$2\" 7777",
          TEXT,
          address(beta, "address"));
    }
    host.sh("sleep 3; kill $(cat /root/eth0.pid) $(cat /root/bw-hosts.pid); sleep 2");
    String packets = "tcpdump -n -r \"/root/$1.pcap\" \"$2\" 2>/dev/null | wc -l";
    assertThat(host.sh("grep -ac \"$1\" /root/bw-hosts.pcap || :", TEXT)).isNotEqualTo("0");
    assertThat(host.sh(packets, "bw-hosts", "udp port 14789")).isNotEqualTo("0");
    assertThat(host.sh(packets, "eth0", "udp port 51900")).isNotEqualTo("0");
    assertThat(host.sh("grep -ac \"$1\" /root/eth0.pcap || :", TEXT)).isEqualTo("0");
    assertThat(host.sh(packets, "eth0", "udp port 14789")).isEqualTo("0");
  }

  @Test
  @Order(3)
  void largePacketsPass() {
    beta.host().sh("head -c 200000 /dev/urandom >/tmp/large");
    beta.host()
        .sh(
            """
            leader=$(machinectl show -P Leader web.acme)
            systemd-run --quiet --unit=sending nsenter -t "$leader" -n sh -c 'nc.openbsd -l -N 8001 </tmp/large'\
            """);
    assertThat(
            alpha.within(
                "acme",
                "web",
                "sleep 3; timeout 60 nc.openbsd -d \"$1\" 8001 | wc -c",
                address(beta, "address")))
        .isEqualTo("200000");
  }

  /** Whoever took over another host reaches what is shared, and no service of this one. */
  @Test
  @Order(4)
  void hostsReachNothingOfEachOtherThroughTheTunnel() {
    String other =
        alpha
            .host()
            .sh(
                "ip -6 route show dev bw-hosts | sed -n 's/^\\(fd[0-9a-f:]*\\) .*/\\1/p' | head -n 1");
    assertThat(other).startsWith("fd00:b17b:");
    beta.host().sh("systemd-run --quiet --unit=listening nc.openbsd -6 -lk 7070");
    assertThat(alpha.host().exec("ping", "-n", "-c", "2", "-W", "3", other).exit()).isZero();
    assertThat(alpha.host().exec("nc.openbsd", "-z", "-w", "3", other, "7070").exit()).isNotZero();
    assertThat(alpha.host().exec("nc.openbsd", "-z", "-w", "3", other, "22").exit()).isNotZero();
    beta.host().sh("systemctl stop listening.service");
  }

  @Test
  @Order(5)
  void afterARebootTheyAreConnectedAgainByTheSameKey() {
    String key = alpha.host().sh("cat /var/lib/bitbuilder/wireguard/@hosts/hosts.pub");
    alpha.host().reboot();
    alpha
        .host()
        .sh(
            "systemctl stop bitbuilder-sync.timer; systemctl mask --runtime --quiet"
                + " bitbuilder-sync.timer");
    alpha.host().waitForUnit(Site.unit("acme", "web"), Duration.ofMinutes(3));
    assertThat(alpha.host().sh("cat /var/lib/bitbuilder/wireguard/@hosts/hosts.pub"))
        .isEqualTo(key);
    reaches(alpha, address(beta, "address"));
    reaches(beta, address(alpha, "address"));
  }
}
