package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Absence is never deletion; what is dropped on purpose stops, and its data stays. */
@Tag("scenario")
final class AbsenceScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("absence");

  private final Tree acme =
      Tree.tenant("acme").container("web", Tree.IDLE + "volumes:\n  - {name: data, path: /data}\n");
  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  @BeforeEach
  void twoTenantsRun() {
    site.push("acme", "as it was", acme);
    site.push("other", "as it was", Tree.tenant("other").idle("db"));
    site.config(Site.defaultConfig()).register("acme", "other").publish();
    site.sync(0);
    assertThat(site.invocations())
        .containsOnlyKeys(Site.unit("acme", "web"), Site.unit("other", "db"));
  }

  @Test
  void removalStopsTheTenantKeepsItsDataAndForgetsItAfterRetention() {
    site.within("acme", "web", "echo precious >/data/file");
    String bridge = site.container("acme", "web").at("bridge").text();
    site.unregister("acme").publish();
    site.sync(0);

    assertThat(site.invocations()).containsOnlyKeys(Site.unit("other", "db"));
    host.fails("ip", "link", "show", bridge);
    assertThat(host.sh("ls /run/systemd/nspawn; ls /run/systemd/network")).doesNotContain("acme");
    assertThat(host.sh("findmnt -n -o TARGET -r | grep acme || :")).isEmpty();
    assertThat(host.read("/var/lib/tenants/acme/volumes/data/file")).isEqualTo("precious\n");

    site.register("acme").publish();
    site.sync(0);
    assertThat(site.within("acme", "web", "cat /data/file")).isEqualTo("precious");

    site.config(Site.defaultConfig() + "retention: {removedTenants: 1s}\n");
    site.unregister("acme").publish();
    site.sync(0);
    host.eventually(
        java.time.Duration.ofSeconds(30), "bitbuilder sync && ! test -e /var/lib/tenants/acme");
  }

  @Test
  void disablingStopsTheTenantAndEnablingBringsItBackAsItWas() {
    Json before = site.container("acme", "web");
    site.within("acme", "web", "echo kept >/data/file; echo also >/root/file");
    site.register("acme", site.git().url("acme"), ", \"enabled\": false").publish();
    site.sync(0);
    assertThat(site.tenant("acme").at("state").text()).isEqualTo("disabled");
    assertThat(site.invocations()).containsOnlyKeys(Site.unit("other", "db"));

    site.register("acme").publish();
    site.sync(0);
    Json after = site.container("acme", "web");
    for (String key : new String[] {"address", "mac", "uidBase", "bridge"}) {
      assertThat(after.at(key).text()).isEqualTo(before.at(key).text());
    }
    assertThat(site.within("acme", "web", "cat /data/file /root/file")).isEqualTo("kept\nalso");
  }

  @Test
  void aRenamedContainerWithItsUidKeepsAddressUidRangeMachineIdAndData() {
    Json before = site.container("acme", "web");
    String machineId = site.within("acme", "web", "cat /etc/machine-id");
    site.within("acme", "web", "echo mine >/root/file");
    String yaml = acme.file("containers/web/config.yaml");
    site.push(
        "acme", "rename", acme.without("containers/web").container("front", yaml + "uid: web\n"));
    site.sync(0);

    Json after = site.container("acme", "front");
    for (String key : new String[] {"address", "mac", "uidBase", "bridge"}) {
      assertThat(after.at(key).text()).isEqualTo(before.at(key).text());
    }
    assertThat(site.within("acme", "front", "cat /etc/machine-id")).isEqualTo(machineId);
    assertThat(site.within("acme", "front", "cat /root/file")).isEqualTo("mine");
    assertThat(site.invocations())
        .containsOnlyKeys(Site.unit("acme", "front"), Site.unit("other", "db"));
  }

  @Test
  void aRenamedRepositoryIsTheSameTenant() {
    SortedMap<String, String> before = site.invocations();
    host.sh("rm -rf /srv/git/moved.git; mv /srv/git/acme.git /srv/git/moved.git");
    site.register("acme", site.git().url("moved"), "").publish();
    site.sync(0);
    assertThat(site.invocations()).isEqualTo(before);
    String tip = site.git().push("moved", "there", acme.idle("more").files());
    site.sync(0);
    assertThat(site.tenant("acme").at("generation", "commit").text()).isEqualTo(tip);
    assertThat(site.invocations()).containsAllEntriesOf(before).hasSize(before.size() + 1);
    host.sh("mv /srv/git/moved.git /srv/git/acme.git");
  }

  @Test
  void anEmptiedRegistryStopsNothing() {
    SortedMap<String, String> before = site.invocations();
    site.unregister("acme").unregister("other").publish();
    site.sync(3);
    assertThat(site.invocations()).isEqualTo(before);
    assertThat(site.json("status").at("frozen").text()).isEqualTo("true");
    assertThat(host.succeeds("bitbuilder", "status")).contains("tenants/registry.json");
  }

  @Test
  void anUnreachableServerStopsNothingAndIsSaid() {
    SortedMap<String, String> before = site.invocations();
    site.git().stop();
    try {
      site.sync(75);
      assertThat(site.invocations()).isEqualTo(before);
      assertThat(site.json("status").toString()).contains("BB501");
    } finally {
      site.git().start();
    }
    // A host that was told to wait longer each time is asked again by hand at once.
    site.sync(0);
    assertThat(site.json("status").toString()).doesNotContain("BB501");
  }

  @Test
  void aForcePushFreezesTheTenantAndNobodyElse() {
    SortedMap<String, String> before = site.invocations();
    String good = site.tenant("acme").at("generation", "commit").text();
    site.git().forcePush("acme", "history rewritten", acme.idle("evil").files());
    site.push("other", "goes on", Tree.tenant("other").idle("db", "more"));
    site.sync(4);
    assertThat(site.invocations())
        .containsAllEntriesOf(before)
        .containsKey(Site.unit("other", "more"))
        .doesNotContainKey(Site.unit("acme", "evil"));
    Json tenant = site.tenant("acme");
    assertThat(tenant.at("generation", "commit").text()).isEqualTo(good);
    assertThat(tenant.at("findings").toString()).contains("BB502");
    // The owner puts the accepted history back.
    host.sh("cd /srv/git/acme.git && git update-ref refs/heads/main \"$1\"", good);
    site.sync(0);
    assertThat(site.tenant("acme").at("findings").list()).isEmpty();
  }

  @Test
  void aRebootWithoutNetworkOrServerBringsTenantsUp() {
    Json before = site.container("acme", "web");
    site.within("acme", "web", "echo kept >/root/file");
    site.git().stop();
    host.sh("mv /etc/systemd/network/20-testbed.network /etc/20-testbed.network");
    try {
      host.reboot();
      site.waitFor("acme", "web");
      site.waitFor("other", "db");
      assertThat(site.within("acme", "web", "cat /root/file")).isEqualTo("kept");
      Json after = site.container("acme", "web");
      assertThat(after.at("address").text()).isEqualTo(before.at("address").text());
      assertThat(after.at("uidBase").text()).isEqualTo(before.at("uidBase").text());
      assertThat(new TreeMap<>(site.invocations())).hasSize(2);
    } finally {
      site.git().start();
      host.sh("mv /etc/20-testbed.network /etc/systemd/network/20-testbed.network");
      host.sh("systemctl stop bitbuilder-sync.timer; networkctl reload");
    }
  }
}
