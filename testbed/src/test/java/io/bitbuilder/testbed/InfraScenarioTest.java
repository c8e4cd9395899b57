package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a tenant sees of itself from inside its infrastructure instance, and what it may steer. */
@Tag("scenario")
final class InfraScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("infra");

  private static final String HEALTH = "scripts/health-check.sh";
  private static final String SOCKET = "/run/bitbuilder/io.bitbuilder.Tenant";
  private static final Tree GOOD =
      Tree.tenant("acme").idle("web", "cache").with(HEALTH, "#!/bin/sh\n[ ! -e /root/ill ]\n");

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  @BeforeAll
  static void twoTenantsRun() {
    Site site = SCENE.site();
    site.push("acme", "first", GOOD);
    site.push("other", "first", Tree.tenant("other").idle("db").with(HEALTH, "#!/bin/sh\ntrue\n"));
    site.register("acme", "other").publish();
    site.sync(0);
  }

  private Host.Output call(String method, String parameters) {
    return site.inside(
        "acme",
        "infra",
        "varlinkctl call --json=short \"$1\" io.bitbuilder.Tenant.\"$2\" \"$3\"",
        SOCKET,
        method,
        parameters);
  }

  private Json answer(String method, String parameters) {
    Host.Output output = call(method, parameters);
    assertThat(output.exit()).as(output.toString()).isEqualTo(0);
    return Json.parse(output.text());
  }

  private Json guest(String name) {
    return answer("List", "{}").at("guests").where("name", name);
  }

  @Test
  void itSeesItselfAndNobodyElse() {
    Json list = answer("List", "{}");
    assertThat(list.at("tenant").text()).isEqualTo("acme");
    assertThat(list.at("generation", "commit").text())
        .isEqualTo(site.tenant("acme").at("generation", "commit").text());
    assertThat(list.at("generation", "verdict").text()).isEqualTo("healthy");
    assertThat(list.at("guests").list().stream().map(guest -> guest.at("name").text()))
        .containsExactly("cache", "infra", "web");
    assertThat(guest("web").at("address").text())
        .isEqualTo(site.container("acme", "web").at("address").text());
    assertThat(list.toString()).doesNotContain("other", "/var");
    assertThat(answer("Describe", "{\"name\":\"web\"}").at("guest", "state").text())
        .isEqualTo("active");
    assertThat(site.within("acme", "infra", "varlinkctl introspect \"$1\"", SOCKET))
        .contains("interface io.bitbuilder.Tenant", "method Restart(");
    // Only root of the instance may ask.
    assertThat(
            site.inside(
                    "acme",
                    "infra",
                    "setpriv --reuid=65534 --clear-groups varlinkctl info \"$1\"",
                    SOCKET)
                .exit())
        .isNotZero();
    assertThat(site.within("acme", "infra", "varlinkctl info \"$1\"", SOCKET))
        .contains("BitBuilder");
  }

  @Test
  void itSteersItsOwnGuests() {
    SortedMap<String, String> before = site.invocations();
    answer("Stop", "{\"name\":\"web\"}");
    assertThat(guest("web").at("state").text()).isEqualTo("inactive");
    answer("Start", "{\"name\":\"web\"}");
    assertThat(guest("web").at("state").text()).isEqualTo("active");
    String started = site.invocation("acme", "web");
    answer("Restart", "{\"name\":\"web\"}");
    SortedMap<String, String> after = site.invocations();
    assertThat(after.get(Site.unit("acme", "web"))).isNotEqualTo(started);
    for (String unit :
        new String[] {
          Site.unit("acme", "cache"), Site.unit("acme", "infra"), Site.unit("other", "db")
        }) {
      assertThat(after.get(unit)).isEqualTo(before.get(unit));
    }
    // Even the place it is asked from.
    call("Restart", "{\"name\":\"infra\"}");
    host.eventually(
        Duration.ofSeconds(30),
        "[ \"$(systemctl show -P InvocationID \"$1\")\" != \"$2\" ] && systemctl is-active --quiet \"$1\"",
        Site.unit("acme", "infra"),
        String.valueOf(before.get(Site.unit("acme", "infra"))));
    assertThat(guest("infra").at("state").text()).isEqualTo("active");
  }

  @Test
  void whatIsNotItsOwnIsNotThere() {
    SortedMap<String, String> before = site.invocations();
    for (String name :
        new String[] {
          "db",
          "other/db",
          "../other",
          "infra.other",
          "tenant-container@other-db.service",
          "*",
          "",
          "pre-provision",
          "web.service",
          "--help",
          "web\\nx",
        }) {
      for (String method : new String[] {"Describe", "Start", "Stop", "Restart"}) {
        Host.Output output = call(method, "{\"name\":\"" + name + "\"}");
        assertThat(output.exit()).as(method + " " + name).isNotZero();
        assertThat(output.toString()).as(name).contains("NoSuchGuest");
      }
    }
    for (String parameters : new String[] {"{}", "{\"name\":1}", "{\"name\":\"web\",\"x\":1}"}) {
      assertThat(call("Stop", parameters).toString()).contains("{\"parameter\":\"name\"}");
    }
    assertThat(call("Reboot", "{}").toString())
        .contains("{\"method\":\"io.bitbuilder.Tenant.Reboot\"}");
    assertThat(
            site.inside(
                    "acme",
                    "infra",
                    "varlinkctl call \"$1\" io.systemd.Manager.Reload '{}'",
                    SOCKET)
                .toString())
        .contains("{\"interface\":\"io.systemd.Manager\"}");
    assertThat(site.invocations()).isEqualTo(before);
  }

  @Test
  void whoDoesNotSpeakTheProtocolIsCutOff() {
    SortedMap<String, String> before = site.invocations();
    String attacks =
        """
        send() { timeout 30 nc -NU "$1" >/dev/null 2>&1 || :; }
        head -c 10M /dev/zero | tr '\\0' x | send "$1"
        printf 'no json\\0' | send "$1"
        printf '{"method":1}\\0' | send "$1"
        printf '{"method":"io.bitbuilder.Tenant.List","parameters":[]}\\0' | send "$1"
        { for i in $(seq 20000); do printf '['; done; printf '\\0'; } | send "$1"
        { for i in $(seq 500); do printf '{"method":"io.bitbuilder.Tenant.List"}\\0'; done; } | send "$1"
        for i in $(seq 60); do (sleep 20 | timeout 20 nc -U "$1") >/dev/null 2>&1 & done
        sleep 5
        """;
    site.within("acme", "infra", attacks, SOCKET);
    site.within(
        "acme",
        "infra",
        "for i in $(seq 60); do varlinkctl info \"$1\" && exit; sleep 1; done; exit 1",
        SOCKET);
    assertThat(site.invocations()).isEqualTo(before);
    // Nobody calls, so nothing of ours runs.
    host.eventually(
        Duration.ofSeconds(60),
        "[ \"$(systemctl show -P ActiveState tenant-infra@acme.service)\" = inactive ]");
    assertThat(host.sh("systemctl show -P Result tenant-infra@acme.service")).isEqualTo("success");
    assertThat(answer("List", "{}").at("tenant").text()).isEqualTo("acme");
  }

  @Test
  void itSeesItsRepositoryAndAsksForASync() {
    String show =
        "git --git-dir=/infra/config.git log --format=%H; "
            + "git --git-dir=/infra/config.git fsck --full --strict 2>&1";
    String first = site.tenant("acme").at("generation", "commit").text();
    assertThat(site.within("acme", "infra", show)).isEqualTo(first);
    assertThat(site.within("acme", "infra", "git --git-dir=/infra/config.git show HEAD:" + HEALTH))
        .contains("/root/ill");
    String infra = site.invocation("acme", "infra");
    String next = site.push("acme", "one more", GOOD.idle("more"));
    answer("Sync", "{}");
    assertThat(call("Sync", "{}").toString()).contains("Busy");
    host.eventually(
        Duration.ofSeconds(60),
        "bitbuilder describe acme --json | grep -q \"$1\" && systemctl is-active --quiet \"$2\"",
        next,
        Site.unit("acme", "more"));
    assertThat(site.within("acme", "infra", show)).isEqualTo(next);
    assertThat(site.invocation("acme", "infra")).isEqualTo(infra);
    assertThat(site.inside("acme", "infra", "touch /infra/x || touch /infra/config.git/x").exit())
        .isNotZero();
    site.push("acme", "less", GOOD);
    site.sync(0);
    site.within("acme", "infra", "git --git-dir=/infra/config.git show HEAD --stat");
    // Nothing is left of the commits before.
    assertThat(host.sh("ls /var/lib/tenants/acme/infra/commits | wc -l")).isEqualTo("1");
  }

  @Test
  void aHealthCheckThatFailsOnceIsNoNewsAndThreeTimesIs() {
    String unit = Site.scriptUnit("acme", "health-check");
    host.succeeds("systemctl", "is-active", "tenant-health@acme.timer");
    assertThat(host.sh("systemctl show -P NextElapseUSecMonotonic tenant-health@acme.timer"))
        .isNotEqualTo("0");
    host.succeeds("systemctl", "start", unit);
    assertThat(answer("List", "{}").at("health").text()).isEqualTo("healthy");
    site.within("acme", "infra", "touch /root/ill");
    host.succeeds("systemctl", "start", unit);
    host.succeeds("systemctl", "start", unit);
    assertThat(site.tenant("acme").at("state").text()).isEqualTo("running");
    host.fails("systemctl", "start", unit);
    assertThat(site.tenant("acme").at("state").text()).isEqualTo("degraded");
    assertThat(host.exec("bitbuilder", "status").text())
        .contains("health-check.sh has failed three times in a row");
    assertThat(answer("List", "{}").at("health").text()).isEqualTo("unhealthy");
    assertThat(site.tenant("other").at("state").text()).isEqualTo("running");
    site.within("acme", "infra", "rm /root/ill");
    host.succeeds("systemctl", "start", unit);
    assertThat(site.tenant("acme").at("state").text()).isEqualTo("running");

    // A generation whose checks pass starts without the failures of the one before.
    site.within("acme", "infra", "touch /root/ill");
    host.sh("for i in 1 2 3; do systemctl start \"$1\" || :; done", unit);
    assertThat(site.tenant("acme").at("state").text()).isEqualTo("degraded");
    site.push("acme", "mended", GOOD.with(HEALTH, "#!/bin/sh\ntrue\n"));
    site.sync(0);
    assertThat(site.tenant("acme").at("state").text()).isEqualTo("running");
    site.within("acme", "infra", "rm /root/ill");
    site.push("acme", "as before", GOOD);
    site.sync(0);
  }

  @Test
  void aTenantThatStopsLeavesNothingToAsk() {
    host.succeeds("systemctl", "stop", "tenant@other.target");
    host.eventually(
        Duration.ofSeconds(10),
        "! systemctl is-active tenant-infra@other.socket tenant-health@other.timer | grep -qx active");
    host.fails("test", "-e", "/run/tenants/other/infra/io.bitbuilder.Tenant");
    host.succeeds("systemctl", "start", "tenant@other.target");
    String whole =
        "for unit in tenant-infra@other.socket tenant-health@other.timer \"$1\"; do systemctl is-active --quiet $unit || exit 1; done";
    host.eventually(Duration.ofSeconds(30), whole, Site.unit("other", "infra"));
    // Its links are gone before its files are, and made again all the same.
    host.succeeds("systemctl", "restart", "tenant@other.target");
    host.eventually(Duration.ofSeconds(30), whole, Site.unit("other", "infra"));
    host.sh("systemctl stop tenant@other.target; systemctl start tenant@other.target");
    host.eventually(Duration.ofSeconds(30), whole, Site.unit("other", "infra"));
  }
}
