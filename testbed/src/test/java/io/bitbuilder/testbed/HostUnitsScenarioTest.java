package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the system repository puts on the host itself comes up, changes, goes back and goes. */
@Tag("scenario")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class HostUnitsScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("hostunits");

  private static final String BEACON =
      "[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n";

  /** Hands over a unit named after the commit of its own file. */
  private static final String GENERATOR =
      """
      #!/bin/sh
      printf '[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=/bin/true\\n' >"$1/made-by-generator.service"
      touch /etc/written-by-generator 2>/dev/null
      """;

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();
  private final GitServer git = SCENE.site().git();

  @BeforeAll
  static void aTenantRuns() {
    SystemClone.first(SCENE.site());
  }

  private String invocation(String unit) {
    return host.sh("systemctl show -P InvocationID \"$1\"", unit);
  }

  private String state(String unit) {
    return host.sh("systemctl show -P ActiveState \"$1\"", unit);
  }

  private String sync(int status) {
    return SystemClone.of(site).sync(status);
  }

  @Test
  @Order(1)
  void pushedUnitsRun() {
    site.systemFile("units/beacon.service", BEACON)
        .systemFile("units/beacon.service.d/10-nice.conf", "[Service]\nNice=5\n")
        .systemFile(
            "units/tidy.timer", "[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n")
        .systemFile("units/tidy.service", "[Service]\nType=oneshot\nExecStart=/bin/true\n")
        .systemFile("units/systemd-networkd.service.d/20-x.conf", "[Service]\nEnvironment=X=1\n")
        .systemFile("generators/mine", GENERATOR);
    site.publish();
    String networkd = invocation("systemd-networkd.service");
    sync(0);
    assertThat(state("beacon.service")).isEqualTo("active");
    assertThat(host.sh("systemctl show -P Nice beacon.service")).isEqualTo("5");
    assertThat(state("tidy.timer")).isEqualTo("active");
    assertThat(invocation("tidy.service")).isEmpty();
    // A drop-in alone restarts nothing of the distribution's.
    assertThat(invocation("systemd-networkd.service")).isEqualTo(networkd);
    assertThat(host.sh("systemctl show -P Environment systemd-networkd.service")).contains("X=1");
    assertThat(host.sh("systemctl show -P LoadState made-by-generator.service"))
        .isEqualTo("loaded");
    assertThat(host.exec("test", "-e", "/etc/written-by-generator").exit()).isNotZero();
    assertThat(host.sh("find /etc/systemd -name 'beacon*'")).isEmpty();
    assertThat(host.succeeds("bitbuilder", "log", "system"))
        .contains("units and extensions of the host");
  }

  @Test
  @Order(2)
  void whatChangedRestartsAndNothingElse() {
    String timer = invocation("tidy.timer");
    String beacon = invocation("beacon.service");
    site.systemFile("units/beacon.service.d/10-nice.conf", "[Service]\nNice=7\n").publish();
    sync(0);
    assertThat(host.sh("systemctl show -P Nice beacon.service")).isEqualTo("7");
    assertThat(invocation("beacon.service")).isNotEqualTo(beacon);
    assertThat(invocation("tidy.timer")).isEqualTo(timer);
    beacon = invocation("beacon.service");
    site.config(Site.defaultConfig() + "retention: {generations: 5}\n").publish();
    sync(0);
    assertThat(invocation("beacon.service")).isEqualTo(beacon);
  }

  @Test
  @Order(3)
  void whatDoesNotStayUpIsTakenBackAndNotTriedAgain() {
    site.systemFile("units/beacon.service", BEACON.replace("/bin/sleep infinity", "/bin/false"))
        .systemFile("units/another.service", BEACON)
        .systemFile("units/broken.service", BEACON.replace("/bin/sleep infinity", "/bin/false"))
        .publish();
    assertThat(sync(5)).contains("beacon.service", "failed");
    assertThat(state("beacon.service")).isEqualTo("active");
    assertThat(host.sh("systemctl show -P LoadState another.service")).isEqualTo("not-found");
    assertThat(host.failedUnits()).isEmpty();
    assertThat(host.succeeds("bitbuilder", "log", "system")).contains("refused", "returned");
    assertThat(host.succeeds("bitbuilder", "status"))
        .contains("units and extensions of the host", "beacon.service");
    String beacon = invocation("beacon.service");
    sync(0);
    assertThat(invocation("beacon.service")).isEqualTo(beacon);
    site.systemFile("units/beacon.service", BEACON)
        .systemFile("units/another.service", "")
        .systemFile("units/broken.service", "")
        .publish();
    sync(0);
    assertThat(invocation("beacon.service")).isEqualTo(beacon);
    assertThat(host.succeeds("bitbuilder", "status"))
        .doesNotContain("units and extensions of the host");
  }

  @Test
  @Order(4)
  void aMistakeIsToldWithItsPlaceAndChangesNothing() {
    String beacon = invocation("beacon.service");
    site.systemFile("units/beacon.service", "[Service]\nExecStart=/bin/sleep 1\nwhat\n")
        .systemFile("units/tenant@.service", BEACON)
        .publish();
    assertThat(sync(3)).contains("units/beacon.service:3:1", "BB106", "tenant@.service");
    assertThat(invocation("beacon.service")).isEqualTo(beacon);
    site.systemFile("units/beacon.service", BEACON)
        .systemFile("units/tenant@.service", "")
        .publish();
    sync(0);
  }

  /** Whatever it hands to root: these units come from a commit the operator signed. */
  @Test
  @Order(5)
  void aCompileThatWasTakenOverPutsNothingOnTheHost() {
    site.systemFile("units/backdoor.service", BEACON);
    git.signAs("mallory");
    site.publish();
    host.sh(
        "systemctl start --wait bitbuilder-fetch.service; systemctl stop bitbuilder-compile.service");
    host.sh(
        """
        cd /var/lib/bitbuilder
        cp -a accepted.json /root/accepted.json
        tip=$(git -C /srv/git/system.git rev-parse main)
        sed "s/\\"commit\\": *\\"[0-9a-f]*\\"/\\"commit\\": \\"$tip\\"/" staging/system.json >/root/forged
        cat /root/forged >staging/system.json
        """);
    Host.Output activated =
        host.shell(
            "systemctl start bitbuilder-activate.service; journalctl -o cat -u bitbuilder-activate -n 20");
    assertThat(activated.text()).contains("units and extensions of the host", "unchanged");
    assertThat(host.sh("systemctl show -P LoadState backdoor.service")).isEqualTo("not-found");
    site.systemFile("units/backdoor.service", "");
    git.signAs("operator");
    host.sh(
        "git -C /srv/git/system.git update-ref refs/heads/main refs/heads/main~1; cp -a /root/accepted.json /var/lib/bitbuilder/");
  }

  @Test
  @Order(6)
  void theyAreThereAfterAReboot() {
    host.reboot();
    host.eventually(Duration.ofSeconds(30), "systemctl is-active -q beacon.service tidy.timer");
    assertThat(host.sh("systemctl show -P LoadState made-by-generator.service"))
        .isEqualTo("loaded");
    site.waitFor("acme", "web");
  }

  @Test
  @Order(7)
  void whatIsRemovedIsStopped() {
    for (String path :
        new String[] {
          "units/beacon.service",
          "units/beacon.service.d/10-nice.conf",
          "units/tidy.timer",
          "units/tidy.service",
          "units/systemd-networkd.service.d/20-x.conf",
          "generators/mine"
        }) {
      site.systemFile(path, "");
    }
    site.publish();
    sync(0);
    assertThat(host.sh("systemctl list-units --all --plain --no-legend 'beacon*' 'tidy*'"))
        .isEmpty();
    assertThat(host.sh("systemctl show -P Environment systemd-networkd.service"))
        .doesNotContain("X=1");
    assertThat(host.failedUnits()).isEmpty();
  }
}
