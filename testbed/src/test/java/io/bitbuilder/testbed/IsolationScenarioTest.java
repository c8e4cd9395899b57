package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two tenants on one host do not learn of each other. Every "cannot" stands beside a "can" of the
 * same kind, so that a broken tool does not look like isolation.
 */
@Tag("scenario")
final class IsolationScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("isolation");

  private static final String SERVING =
      """
      image: host
      command: [/bin/sh, -c, "trap 'exit 0' TERM; nc.openbsd -lk -p 8000 </dev/null & wait"]
      capabilities: [CAP_NET_ADMIN]
      """;
  private static final String CONNECT = "nc.openbsd -z -w 2 \"$1\" \"$2\"";

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  @BeforeAll
  static void twoTenantsRun() {
    Site site = SCENE.site();
    site.push("acme", "first", Tree.tenant("acme").container("web", SERVING).idle("peer"));
    site.push("globex", "first", Tree.tenant("globex").container("spy", SERVING));
    site.register("acme", "globex").publish();
    site.sync(0);
    site.host().sh("systemd-run --quiet --unit=listener nc.openbsd -lk -p 9999 </dev/null");
    for (String address : new String[] {address("acme", "web"), address("globex", "spy")}) {
      site.host().eventually(Duration.ofSeconds(10), CONNECT, address, "8000");
    }
  }

  private static String address(String tenant, String container) {
    return SCENE.site().container(tenant, container).at("address").text();
  }

  private static String gateway(String tenant, String container) {
    String bridge = SCENE.site().container(tenant, container).at("bridge").text();
    return SCENE
        .host()
        .sh("ip -4 -o address show dev \"$1\" | awk '{print $4}' | cut -d/ -f1", bridge);
  }

  @Test
  void networkOfAnotherTenantCannotBeReached() {
    String web = address("acme", "web");
    site.within("acme", "peer", CONNECT, web, "8000");
    site.within("acme", "peer", "ping -c 1 -W 2 \"$1\"", web);

    assertThat(site.inside("globex", "spy", CONNECT, web, "8000").exit()).isNotZero();
    assertThat(site.inside("globex", "spy", "ping -c 1 -W 1 \"$1\"", web).exit()).isNotZero();

    // Not even with every route and an address of the other network.
    String trick =
        "ip route replace default via \"$1\" dev host0; ! ping -c 1 -W 1 \"$2\";"
            + " ip address add \"${2%.*}.250/24\" dev host0; ! ping -c 1 -W 1 \"$2\";"
            + " ip address del \"${2%.*}.250/24\" dev host0; ip route del default";
    site.within("globex", "spy", trick, gateway("globex", "spy"), web);
    site.within("acme", "peer", CONNECT, web, "8000");
  }

  @Test
  void addressesOfTheHostCannotBeReached() {
    host.succeeds("nc.openbsd", "-z", "-w", "2", host.address(), "9999");
    site.within(
        "globex", "spy", "ip route replace default via \"$1\" dev host0", gateway("globex", "spy"));
    try {
      for (String address :
          new String[] {host.address(), gateway("globex", "spy"), gateway("acme", "web")}) {
        assertThat(site.inside("globex", "spy", CONNECT, address, "9999").exit())
            .as("from a tenant to %s", address)
            .isNotZero();
        assertThat(site.inside("globex", "spy", "ping -c 1 -W 1 \"$1\"", address).exit())
            .isNotZero();
      }
    } finally {
      site.within("globex", "spy", "ip route del default");
    }
    // The way from the host to a tenant, which health checks take, is open.
    host.sh(CONNECT, address("globex", "spy"), "8000");
  }

  @Test
  void leasesComeFromTheHostAndBelongToTheTenantsOwnNetwork() {
    site.push(
        "globex",
        "boots",
        Tree.tenant("globex").container("spy", SERVING).container("os", "image: host\n"));
    site.sync(0);
    String lease =
        host.eventually(
                Duration.ofSeconds(20),
                "machinectl show -P State os.globex >/dev/null && leader=$(machinectl show -P Leader os.globex)"
                    + " && nsenter -t \"$leader\" -n ip -4 -o address show host0 | grep -o '10[.0-9]*/' ")
            .strip();
    assertThat(lease).isEqualTo(address("globex", "os") + "/");
    assertThat(network(lease)).isEqualTo(network(address("globex", "spy")));
    assertThat(network(lease)).isNotEqualTo(network(address("acme", "web")));
    assertThat(
            host.sh("networkctl status \"$1\"", site.container("globex", "os").at("bridge").text()))
        .doesNotContain(address("acme", "web"));
  }

  private static String network(String address) {
    return address.substring(0, address.lastIndexOf('.'));
  }

  @Test
  void processesOfAnotherTenantAndOfTheHostCannotBeSeenOrSignalled() {
    String web = host.sh("machinectl show -P Leader web.acme");
    host.succeeds("kill", "-0", web);
    site.within("globex", "spy", "kill -0 1");
    assertThat(site.within("globex", "spy", "ps -eo args"))
        .contains("nc.openbsd -lk -p 8000")
        .doesNotContain("systemd-networkd", "sleep infinity");
    // Numbers far above what this container has are nobody's.
    assertThat(site.inside("globex", "spy", "kill -0 \"$1\"", web).exit()).isNotZero();
    assertThat(site.inside("globex", "spy", "dmesg").exit()).isNotZero();
  }

  @Test
  void filesOfAnotherTenantCannotBeNamedOrRead() {
    site.within("acme", "web", "echo secret >/root/secret");
    String file = host.sh("find /var/lib/tenants/acme -name secret");
    assertThat(host.read(file)).isEqualTo("secret\n");

    assertThat(site.inside("globex", "spy", "cat \"$1\"", file).exit()).isNotZero();
    assertThat(
            site.within("globex", "spy", "ls -A /var/lib; ls -A /run; ls -A /run/host 2>/dev/null"))
        .doesNotContain("tenants", "bitbuilder");
    // A process that got out with the ids of globex still finds the door shut.
    String uid = site.container("globex", "spy").at("uidBase").text();
    String acme = site.container("acme", "web").at("uidBase").text();
    assertThat(Math.abs(Long.parseLong(uid) - Long.parseLong(acme))).isGreaterThanOrEqualTo(65536);
    String as = "setpriv --reuid=\"$1\" --regid=\"$1\" --clear-groups cat \"$2\"";
    host.write("/tmp/public", "public");
    host.sh(as, uid, "/tmp/public");
    assertThat(host.shell(as, uid, file).exit()).isNotZero();
  }

  @Test
  void nothingInsideTellsOfAnotherTenant() {
    String look =
        """
        cat /proc/self/mountinfo /proc/self/cgroup /proc/1/environ /proc/1/cmdline /etc/hosts /etc/hostname \
          /proc/net/dev /proc/net/arp 2>/dev/null | tr '\\0' '\\n'
        ls -R /sys/fs/cgroup /sys/class/net 2>/dev/null
        hostname; env\
        """;
    assertThat(site.within("acme", "web", look)).contains("acme").doesNotContain("globex");
    assertThat(site.within("globex", "spy", look)).contains("globex").doesNotContain("acme");
    assertThat(host.sh("getent ahostsv4 web.acme")).contains(address("acme", "web"));
    assertThat(site.inside("globex", "spy", "getent hosts web.acme").exit()).isNotZero();
    assertThat(site.inside("globex", "spy", "machinectl list").exit()).isNotZero();
  }

  @Test
  void whatAContainerMayNotDo() {
    assertThat(site.within("globex", "spy", "id -u")).isEqualTo("0");
    for (String line :
        new String[] {
          "mknod /tmp/disk b 259 0 && head -c 1 /tmp/disk",
          "mount -o remount,rw /sys",
          "mount -o remount,rw /usr",
          "echo 1 >/proc/sys/kernel/sysrq",
          "echo +cpu >/sys/fs/cgroup/../cgroup.subtree_control",
          "touch /usr/file",
          "modprobe dummy"
        }) {
      assertThat(site.inside("globex", "spy", line).exit()).as(line).isNotZero();
    }
  }

  @Test
  void configurationOfAnotherTenantCannotBeClaimed() {
    String bridge = site.container("acme", "web").at("bridge").text();
    site.push("globex", "claims", new Tree(Tree.tenant("acme").files()).container("spy", SERVING));
    assertThat(site.sync(3)).contains("globex", "BB306");
    site.push(
        "globex",
        "claims a bridge",
        Tree.tenant("globex")
            .container("spy", SERVING)
            .with("network/topology.yaml", "networks:\n  - {name: lan, bridge: " + bridge + "}\n"));
    // Names the host makes up are out of reach, whoever has them; BB402 is for names that were
    // wished for.
    assertThat(site.sync(3)).contains("globex", "BB207");
    site.push(
        "globex",
        "claims a credential",
        Tree.tenant("globex").container("spy", SERVING + "credentials: {token: token}\n"));
    // There is a secret of that name, but not for globex.
    host.write("/etc/credstore/tenant.acme.token", "secret");
    assertThat(site.sync(5)).contains("globex", "rolled-back", "spy");
    assertThat(site.tenant("acme").at("findings").list()).isEmpty();
    site.push("globex", "behaves", Tree.tenant("globex").container("spy", SERVING));
    site.sync(0);
  }

  @Test
  void oneCannotTakeTheShareOfAnother() {
    for (String tenant : new String[] {"acme", "globex"}) {
      String slice =
          host.sh(
              "systemctl show -P Slice \"$1\"",
              Site.unit(tenant, tenant.equals("acme") ? "web" : "spy"));
      assertThat(slice).isEqualTo("tenants-" + tenant + ".slice");
      assertThat(host.sh("systemctl show -P MemoryMax \"$1\"", slice))
          .isEqualTo(String.valueOf(256L << 20));
      assertThat(host.sh("systemctl show -P CPUQuotaPerSecUSec \"$1\"", slice)).isEqualTo("1s");
    }
    // More than the quota grants is refused before it runs.
    site.push(
        "globex",
        "greedy",
        Tree.tenant("globex")
            .with(
                "metadata.json", Tree.tenant("globex").file("metadata.json").replace("256M", "64G"))
            .container("spy", SERVING));
    assertThat(site.sync(3)).contains("globex", "BB403");
    site.push("globex", "modest", Tree.tenant("globex").container("spy", SERVING));
    site.sync(0);
  }
}
