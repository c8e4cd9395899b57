package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The package on a stock host, and one file, are the whole installation. */
@Tag("scenario")
final class PackageScenarioTest {
  @Test
  void installConfigureRunRemoveAndInstallAgain() {
    try (Host host = Host.boot("package")) {
      host.push(Host.packageFile(), "/root/bitbuilder.deb");
      assertThat(host.succeeds("dpkg", "--install", "/root/bitbuilder.deb"))
          .contains("/etc/bitbuilder/host.yaml");
      host.succeeds("bitbuilder", "version");
      assertThat(host.shell("bitbuilder doctor").text())
          .contains("BB705", "/etc/bitbuilder/host.yaml");

      // Nothing but host.yaml and the timer the package enabled.
      GitServer git = GitServer.files(host);
      git.push("acme", "first", Tree.tenant("acme").idle("web").files());
      Site site = Site.install(host, git, "");
      site.register("acme").publish();
      host.sh("systemctl unmask --runtime --quiet bitbuilder-sync.timer");
      assertThat(host.sh("systemctl is-enabled bitbuilder-sync.timer tenants.target"))
          .isEqualTo("enabled\nenabled");
      host.succeeds("systemctl", "start", "bitbuilder-sync.timer");
      host.eventually(
          Duration.ofSeconds(60), "systemctl is-active --quiet \"$1\"", Site.unit("acme", "web"));

      doctorOnAGoodAndABrokenHost(host);
      nothingOfOursRunsWhenIdle(host);

      site.within("acme", "web", "echo precious >/root/file");
      assertThat(host.succeeds("dpkg", "--remove", "bitbuilder")).contains("/var/lib/tenants");
      assertThat(site.invocations()).isEmpty();
      assertThat(host.sh("find /var/lib/tenants -name file -path '*acme*' -exec cat {} +"))
          .isEqualTo("precious");
      assertThat(host.sh("ls /run/systemd/network /run/systemd/nspawn")).doesNotContain("acme");
      assertThat(host.shell("nft list table inet bitbuilder").exit()).isNotZero();

      host.succeeds("dpkg", "--install", "/root/bitbuilder.deb");
      host.eventually(
          Duration.ofSeconds(60), "systemctl is-active --quiet \"$1\"", Site.unit("acme", "web"));
      assertThat(site.within("acme", "web", "cat /root/file")).isEqualTo("precious");

      assertThat(host.succeeds("dpkg", "--purge", "bitbuilder")).contains("/var/lib/tenants");
      assertThat(host.sh("find /var/lib/tenants -name file -path '*acme*' -exec cat {} +"))
          .isEqualTo("precious");
    }
  }

  private static void doctorOnAGoodAndABrokenHost(Host host) {
    Host.Output good = host.exec("bitbuilder", "doctor", "--json");
    // A container has no say over controllers, clock, KVM and file systems of the machine around
    // it;
    // all else is well.
    assertThat(Json.parse(good.text()).at("examined").list())
        .filteredOn(one -> !one.at("state").text().equals("ok"))
        .extracting(one -> one.at("what").text())
        .isSubsetOf("cgroups", "clock", "machines", "storage");

    host.sh(
        "systemctl mask --runtime --now systemd-networkd.service systemd-networkd.socket 2>/dev/null");
    Host.Output broken = host.exec("bitbuilder", "doctor");
    host.sh(
        "systemctl unmask --runtime systemd-networkd.service systemd-networkd.socket 2>/dev/null;"
            + " systemctl start systemd-networkd.service");
    assertThat(broken.exit()).isNotZero();
    assertThat(broken.text()).contains("BB702", "networkd", "systemctl");
  }

  /**
   * The timer's own runs end, and nothing stays; a oneshot at work is `activating`, not `active`,
   * so ask for processes.
   */
  private static void nothingOfOursRunsWhenIdle(Host host) {
    host.eventually(Duration.ofSeconds(60), "! pgrep -f '[/]usr/lib/bitbuilder'");
  }
}
