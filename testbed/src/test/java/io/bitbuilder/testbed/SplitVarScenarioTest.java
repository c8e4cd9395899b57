package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where /var is mounted after the generators have run, one later reload brings tenants up. */
@Tag("scenario")
final class SplitVarScenarioTest {
  @RegisterExtension
  private static final Scene SCENE = new Scene("splitvar", Host.Option.SPLIT_VAR);

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  @Test
  void tenantsComeUpAfterABootThatDidNotSeeThem() {
    site.push("acme", "first", Tree.tenant("acme").idle("web"));
    site.register("acme")
        .systemFile(
            "units/beacon.service",
            "[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n")
        .systemFile(
            "units/asleep.service",
            "[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=sleep.target\n")
        .publish();
    site.sync(0);
    Json before = site.container("acme", "web");

    host.reboot();

    site.waitFor("acme", "web");
    assertThat(host.sh("systemctl show -P Result bitbuilder-late-var.service"))
        .isEqualTo("success");
    assertThat(host.journal())
        .contains("Tell systemd of tenants and units of the host once /var is mounted");
    host.succeeds("systemctl", "is-active", "beacon.service");
    assertThat(host.sh("systemctl show -P ActiveState asleep.service")).isEqualTo("inactive");
    assertThat(site.container("acme", "web").at("address").text())
        .isEqualTo(before.at("address").text());
  }
}
