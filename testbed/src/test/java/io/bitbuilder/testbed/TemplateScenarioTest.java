package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * An operator's templates of network files: what they change while tenants run, what a mistake in
 * one does, and what is left when they are taken back.
 */
@Tag("scenario")
final class TemplateScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("templates");

  private static final String NETWORK = "network/10-tenant-bridge.network";
  private static final int DOMAIN = 15;
  private static final int MTU = 26;
  private static final int NTP = 42;
  private static final int LEASE = 51;
  private static final String DEVICE = "network/10-tenant-bridge.netdev";

  /** How often the interfaces of the guests lost or got their carrier, since they are there. */
  private static final String CARRIERS = "cd /sys/class/net && grep -s . vb-*/carrier_changes";

  /** Options of DHCP (RFC 2132) a booted container was given the last time it asked. */
  private static final String ASK =
      """
      leader=$(machinectl show -P Leader os.acme)
      nsenter --target "$leader" --all networkctl renew host0
      sleep 0.5
      nsenter --target "$leader" --all networkctl status host0 --json=short | grep -oE '"tag":[0-9]+,"data":"[0-9a-f]*"' |
        grep -xF '"tag":'"$1"',"data":"'"$2"'"'
      """;

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  @BeforeAll
  static void twoTenantsRun() {
    Site site = SCENE.site();
    site.push(
        "acme",
        "first",
        Tree.tenant("acme")
            .with("network/topology.yaml", "networks: [{name: lan, bridge: br-acme}]\n")
            .container("os", "image: host\n")
            .idle("job"));
    site.push(
        "globex",
        "first",
        Tree.tenant("globex")
            .with(
                "network/topology.yaml", "networks: [{name: lan, bridge: br-globex, mtu: 1300}]\n")
            .idle("job"));
    site.register("acme", "globex").publish();
    site.sync(0);
    told(site, LEASE, seconds(3600));
  }

  /** The test begins with a host without templates of its own. */
  @BeforeEach
  void withoutTemplates() {
    site.systemFile(NETWORK, "").systemFile(DEVICE, "").publish();
    site.sync(0);
    assertThat(bridge("br-acme", "mtu")).isEqualTo("1500");
  }

  private String bridge(String name, String attribute) {
    return host.sh("cat \"/sys/class/net/$1/$2\"", name, attribute).strip();
  }

  private static void told(Site site, int option, String hex) {
    site.host().eventually(Duration.ofSeconds(30), ASK, String.valueOf(option), hex);
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String seconds(int time) {
    return HexFormat.of().toHexDigits(time);
  }

  @Test
  void aTemplateChangesNetworksWhileTheirGuestsRun() {
    SortedMap<String, String> before = site.invocations();
    String carriers = host.sh(CARRIERS);
    String network =
        """
        [DHCPServer]
        DefaultLeaseTimeSec=2h
        EmitNTP=yes
        NTP=192.0.2.123
        Domain=@tenant@.example.org
        """;
    String device = "[NetDev]\nMTUBytes=1400\n[Bridge]\nAgeingTimeSec=1min\nMulticastSnooping=no\n";
    host.write("/tmp/system/" + NETWORK, network);
    host.write("/tmp/system/" + DEVICE, device);
    host.write("/tmp/system/tenants/registry.json", "{\"version\": 1, \"tenants\": []}");
    assertThat(host.succeeds("bitbuilder", "validate", "/tmp/system")).isEmpty();

    site.systemFile(NETWORK, network).systemFile(DEVICE, device).publish();
    site.sync(0);

    assertThat(bridge("br-acme", "mtu")).isEqualTo("1400");
    assertThat(bridge("br-globex", "mtu")).as("the tenant's own").isEqualTo("1300");
    assertThat(bridge("br-acme", "bridge/ageing_time")).isEqualTo("6000");
    assertThat(bridge("br-acme", "bridge/multicast_snooping")).isEqualTo("0");
    assertThat(host.succeeds("networkctl", "status", "--no-pager", "br-acme"))
        .contains("MTU: 1400")
        .contains("Ageing Time: 1min");
    told(site, LEASE, seconds(7200));
    told(site, MTU, "0578");
    told(site, NTP, "c000027b");
    told(site, DOMAIN, hex("acme.example.org"));
    assertThat(site.invocations()).isEqualTo(before);
    assertThat(host.sh(CARRIERS)).isEqualTo(carriers);

    // What is taken back is as it was, not as it happens to be.
    site.systemFile(NETWORK, "").systemFile(DEVICE, "").publish();
    site.sync(0);
    assertThat(bridge("br-acme", "mtu")).isEqualTo("1500");
    assertThat(bridge("br-acme", "bridge/ageing_time")).isEqualTo("30000");
    assertThat(bridge("br-acme", "bridge/multicast_snooping")).isEqualTo("1");
    told(site, LEASE, seconds(3600));
    told(site, DOMAIN, hex("acme.internal"));
    assertThat(site.invocations()).isEqualTo(before);
    assertThat(host.sh(CARRIERS)).isEqualTo(carriers);
  }

  @Test
  void planSaysWhomATemplateReaches() {
    host.sh("rm -rf /tmp/plan && git clone -q /srv/git/system.git /tmp/plan");
    host.write("/tmp/plan/" + NETWORK, "[DHCPServer]\nDefaultLeaseTimeSec=2h\n");
    Host.Output plan = host.exec("bitbuilder", "plan", "--from=/tmp/plan");
    assertThat(plan.text())
        .containsPattern("acme +job +live")
        .containsPattern("acme +os +live")
        .containsPattern("globex +job +live")
        .doesNotContainPattern("(job|os) +(restart|start|stop)");
    // This host's systemd is asked what it knows.
    host.write("/tmp/plan/" + NETWORK, "[DHCPServer]\nDefaultLeaseTime=2h\n");
    plan = host.exec("bitbuilder", "plan", "--from=/tmp/plan");
    assertThat(plan.exit()).isEqualTo(3);
    assertThat(plan.text())
        .contains("BB201")
        .contains(NETWORK + ":2:1")
        .contains("`DefaultLeaseTimeSec`");
  }

  @Test
  void aMistakeInATemplateStopsNothing() {
    SortedMap<String, String> before = site.invocations();
    site.systemFile(DEVICE, "[NetDev]\nMTUBytes=1400\n").publish();
    site.sync(0);
    site.systemFile(NETWORK, "[Match]\nName=*\n[Network]\nIPMasquerade=both\n").publish();
    site.sync(3);
    assertThat(site.json("status").at("frozen").text()).isEqualTo("true");
    assertThat(host.succeeds("bitbuilder", "status")).contains("BB214").contains(NETWORK);
    assertThat(site.invocations()).isEqualTo(before);
    assertThat(bridge("br-acme", "mtu")).isEqualTo("1400");
    assertThat(host.sh("cat /run/systemd/network/40-br-acme.network"))
        .contains("IPMasquerade=no")
        .doesNotContain("Name=*");
    told(site, LEASE, seconds(3600));
    site.systemFile(NETWORK, "").publish();
    site.sync(0);
    assertThat(site.json("status").at("frozen").text()).isEqualTo("false");
    assertThat(site.invocations()).isEqualTo(before);
  }
}
