package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * One network on two hosts, over a link that is taken for safe: the kernel of this lane has no
 * WireGuard. What is encrypted and what is not is seen in the machine lane.
 */
@Tag("scenario")
final class VxlanScenarioTest {
  private static final String HOSTS =
      """
      network: {underlay: plain}
      hosts:
        alpha: {slot: 0, endpoint: "ALPHA:51820"}
        beta: {slot: 1, endpoint: "BETA:51820"}
      """;
  private static final String SHARED =
      """
      networks:
        - {name: lan, mode: vxlan, vxlan: {vni: 1001}, ipv4: 10.200.1.0/24, ipv6: "fd00:b17b:77::/64"}
      """;
  private static final String SERVING =
      """
      image: host
      command: [/bin/sh, -c, "trap 'exit 0' TERM; nc.openbsd -lk 8000 </dev/null & nc.openbsd -6 -lk 8006 </dev/null & wait"]
      """;
  private static final String CONNECT = "nc.openbsd -z -w 3 \"$1\" \"$2\"";

  @RegisterExtension private static final Scene ALPHA = new Scene("vxalpha");
  @RegisterExtension private static final Scene BETA = new Scene("vxbeta");

  private final Site alpha = ALPHA.site();
  private final Site beta = BETA.site();

  @BeforeAll
  static void aTenantRunsOnBothHosts() {
    for (Site site : List.of(ALPHA.site(), BETA.site())) {
      site.hostFile(
          "systemRepository: {url: %s}\nverify: off\nname: %s\n"
              .formatted(site.git().url("system"), site.equals(ALPHA.site()) ? "alpha" : "beta"));
      site.config(
          Site.defaultConfig()
              + HOSTS
                  .replace("ALPHA", ALPHA.host().address())
                  .replace("BETA", BETA.host().address()));
      site.push(
          "acme",
          "shared",
          Tree.tenant("acme").with("network/topology.yaml", SHARED).container("web", SERVING));
      site.push("globex", "own", Tree.tenant("globex").container("spy", SERVING));
      site.register("acme", site.git().url("acme"), ", \"vnis\": [1001]");
      site.register("globex").publish();
      site.sync(0);
    }
  }

  private static String address(Site site, String key) {
    return site.container("acme", "web").at(key).text();
  }

  @Test
  void membersOnTwoHostsReachEachOtherAndNobodyElseReachesThem() {
    assertThat(address(alpha, "address")).isEqualTo("10.200.1.2");
    assertThat(address(beta, "address")).isEqualTo("10.200.1.32");
    String reach = CONNECT + " || ip neighbour";
    alpha
        .host()
        .eventually(
            Duration.ofSeconds(20),
            "leader=$(machinectl show -P Leader web.acme); nsenter -t \"$leader\" -n "
                + CONNECT.replace("nc", "nc"),
            address(beta, "address"),
            "8000");
    assertThat(alpha.inside("acme", "web", reach, address(beta, "address6"), "8006").exit())
        .isZero();
    assertThat(beta.inside("acme", "web", reach, address(alpha, "address"), "8000").exit())
        .isZero();
    for (Site site : List.of(alpha, beta)) {
      Site other = site.equals(alpha) ? beta : alpha;
      for (String address : List.of(address(alpha, "address"), address(beta, "address"))) {
        assertThat(site.inside("globex", "spy", CONNECT, address, "8000").exit()).isNotZero();
      }
      // Neither host nor what it serves is reached on the other one's part of the network.
      assertThat(site.inside("acme", "web", CONNECT, other.host().address(), "22").exit())
          .isNotZero();
    }
  }

  @Test
  void largePacketsPass() {
    beta.host().sh("head -c 3000000 /dev/urandom >/tmp/large");
    beta.host()
        .sh(
            "leader=$(machinectl show -P Leader web.acme);"
                + " systemd-run --quiet --unit=sending nsenter -t \"$leader\" -n sh -c 'nc.openbsd -l -N 8001 </tmp/large'");
    assertThat(
            alpha.within(
                "acme",
                "web",
                "sleep 1; timeout 20 nc.openbsd -d \"$1\" 8001 | wc -c",
                address(beta, "address")))
        .isEqualTo("3000000");
  }

  @Test
  void eachHostServesItsOwnMembers() {
    // The gateway's address is the same on both, and each member knows the one of its own host.
    for (Site site : List.of(alpha, beta)) {
      site.inside("acme", "web", "ping -c 1 -W 1 10.200.1.1");
      String bridge = site.container("acme", "web").at("bridge").text();
      String own = site.host().sh("cat \"/sys/class/net/$1/address\"", bridge);
      assertThat(site.within("acme", "web", "ip neighbour show 10.200.1.1")).contains(own);
    }
  }

  @Test
  void aStolenNumberGivesNothing() {
    alpha.push(
        "globex",
        "wants to listen",
        Tree.tenant("globex")
            .with(
                "network/topology.yaml",
                SHARED.replace("10.200.1.0", "10.200.2.0").replace("77", "78"))
            .container("spy", SERVING));
    assertThat(alpha.sync(3)).contains("globex", "BB418", "1001");
    // And by hand, from a member of another tenant or from anybody on the link who is none of the
    // hosts.
    String vxlan =
        "printf '\\010\\000\\000\\000\\000\\003\\351\\000 a frame' | nc.openbsd -u -w 1 \"$1\" 14789";
    String before = alpha.host().sh("nft list chain inet bitbuilder shared");
    alpha.inside("globex", "spy", vxlan, alpha.host().address());
    alpha
        .host()
        .sh(
            "ip netns add stranger; ip link add st0 type veth peer name st1 netns stranger;"
                + " ip address add 198.51.100.1/24 dev st0; ip link set st0 up;"
                + " ip -n stranger address add 198.51.100.2/24 dev st1; ip -n stranger link set st1 up;"
                + " ip netns exec stranger sh -c \"$1\" sh 198.51.100.1",
            vxlan);
    assertThat(before).contains("packets 0");
    assertThat(alpha.host().sh("nft list chain inet bitbuilder shared"))
        .contains("counter packets 1 ");
    alpha.push("globex", "behaves", Tree.tenant("globex").container("spy", SERVING));
    alpha.sync(0);
  }
}
