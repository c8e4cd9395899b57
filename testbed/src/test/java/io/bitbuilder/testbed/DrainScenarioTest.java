package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * All tenants are stopped for the host's sake, in their order and within a deadline; who aborts
 * that has them all run again.
 */
@Tag("scenario")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class DrainScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("drain");

  private static final Duration SOON = Duration.ofSeconds(90);
  private static final String DRAIN = "bitbuilder-drain.service";

  /** Does not stop when it is asked to, but when it is killed. */
  private static final String DEAF =
      """
      image: host
      boot: false
      command: [/bin/sh, -c, "trap '' TERM; : >/run/deaf; while :; do sleep 1; done"]
      health: {checks: [{exec: [/usr/bin/test, -e, /run/deaf]}]}
      """;

  private static final String NEVER_WELL =
      """
      image: host
      boot: false
      command: [/bin/sh, -c, "trap 'exit 0' TERM; sleep infinity & wait"]
      health: {checks: [{tcp: 1}]}
      """;

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  @BeforeAll
  static void twoTenantsRunOneAfterTheOther() {
    Site site = SCENE.site();
    site.config(Site.defaultConfig().replace("20s", "45s"));
    site.register("acme", site.git().url("acme"), ", \"after\": [\"dns\"]");
    site.register("dns", "globex").publish();
    site.push("acme", "first", Tree.tenant("acme").idle("web"));
    site.push("dns", "first", Tree.tenant("dns").idle("web"));
    site.push("globex", "first", Tree.tenant("globex").idle("web"));
    site.sync(0);
  }

  @Test
  @Order(1)
  void theyStartInTheirOrderAtBoot() {
    host.reboot();
    host.eventually(SOON, "systemctl is-active --quiet '%s'".formatted(web("acme")));
    assertThat(microseconds("InactiveExitTimestampMonotonic", web("acme")))
        .isGreaterThanOrEqualTo(microseconds("ActiveEnterTimestampMonotonic", web("dns")));
  }

  @Test
  @Order(2)
  void drainedTheyAreStoppedInTheOtherOrderAndStayStopped() {
    host.succeeds("systemctl", "start", DRAIN);
    assertThat(site.invocations()).isEmpty();
    assertThat(
            host.sh(
                "journalctl --boot -o cat -t systemd | grep -E '^Stopp(ing|ed) tenant-container@(acme|dns)'"))
        .containsSubsequence(
            "Stopping " + web("acme"),
            "Stopped " + web("acme"),
            "Stopping " + web("dns"),
            "Stopped " + web("dns"));
    assertThat(host.sh("journalctl --boot -o cat -u " + DRAIN))
        .contains("tenants that were stopped: 3");
    assertThat(host.succeeds("bitbuilder", "status"))
        .contains("drained: no tenant runs until the next boot, or `systemctl stop " + DRAIN + "`");

    site.push("globex", "more", Tree.tenant("globex").idle("web", "more"));
    assertThat(site.sync(75)).contains("the host is drained, so nothing was activated");
    Host.Output back = host.exec("bitbuilder", "rollback", "acme");
    assertThat(back.exit()).as(back.text()).isEqualTo(75);
    host.succeeds("systemctl", "start", "bitbuilder-activate.service");
    assertThat(site.invocations()).isEmpty();
  }

  @Test
  @Order(3)
  void abortedTheyRunAgainWithWhatCameMeanwhile() {
    host.sh("systemctl start $1; systemctl stop $1", DRAIN);
    run(web("acme"), web("dns"), web("globex"), Site.unit("globex", "more"));
    site.sync(0);
    assertThat(site.invocations()).hasSize(4);
    assertThat(host.failedUnits()).isEmpty();
  }

  /** It would be waited for longer than the drain may take. */
  @Test
  @Order(4)
  void anActivationUnderWayIsCutShortAndTakenUp() {
    SortedMap<String, String> before = site.invocations();
    site.push("globex", "never well", Tree.tenant("globex").container("web", NEVER_WELL));
    host.succeeds("systemctl", "start", "bitbuilder-fetch.service", "bitbuilder-compile.service");
    host.succeeds("systemctl", "start", "--no-block", "bitbuilder-activate.service");
    host.eventually(
        SOON,
        "systemctl is-active --quiet '%s' && test -e /var/lib/bitbuilder/journal.json"
            .formatted(web("globex")));
    host.succeeds("timeout", "30s", "systemctl", "start", DRAIN);
    assertThat(site.invocations()).isEmpty();
    assertThat(host.failedUnits()).isEmpty();
    host.succeeds("systemctl", "stop", DRAIN);
    run(before.keySet().toArray(String[]::new));
    host.eventually(
        SOON, "systemctl show -P ActiveState bitbuilder-activate.service | grep -qx inactive");
    assertThat(site.tenant("globex").at("state").text()).isEqualTo("running");
  }

  /** Who does not stop in time holds up the host no longer than the deadline, and harms nobody. */
  @Test
  @Order(5)
  void afterItsDeadlineAllRunAgain() {
    site.push("globex", "deaf", Tree.tenant("globex").container("web", DEAF));
    site.sync(0);
    host.write("/run/systemd/system/" + DRAIN + ".d/soon.conf", "[Service]\nTimeoutStartSec=3s\n");
    host.succeeds("systemctl", "daemon-reload");
    assertThat(host.fails("systemctl", "start", DRAIN)).contains("timeout");
    host.allowFailed(DRAIN);
    run(web("acme"), web("dns"), web("globex"));
    host.sh(
        "rm -r /run/systemd/system/$1.d; systemctl daemon-reload; systemctl reset-failed $1",
        DRAIN);
    assertThat(host.failedUnits()).isEmpty();
  }

  @Test
  @Order(6)
  void aRebootEndsIt() {
    host.succeeds("systemctl", "start", DRAIN);
    host.reboot();
    run(web("acme"), web("dns"), web("globex"));
  }

  private void run(String... units) {
    for (String unit : units) {
      host.eventually(SOON, "systemctl is-active --quiet '%s'".formatted(unit));
    }
    assertThat(site.invocations()).containsOnlyKeys(List.of(units));
  }

  private static String web(String tenant) {
    return Site.unit(tenant, "web");
  }

  private long microseconds(String property, String unit) {
    return Long.parseLong(host.sh("systemctl show -P \"$1\" \"$2\"", property, unit));
  }
}
