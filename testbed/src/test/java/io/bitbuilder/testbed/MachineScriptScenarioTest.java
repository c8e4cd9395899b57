package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

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
 * A tenant of type vm with scripts: they run inside its virtual machine, in their order. The
 * machine boots once, emulated where the test bed has no KVM, and all steps are with it.
 */
@Tag("scenario")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class MachineScriptScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("vmscript");

  private static final String PRE = "scripts/pre-provision.sh";
  private static final String POST = "scripts/post-provision.sh";
  private static final String HEALTH = "scripts/health-check.sh";

  /** The files it leaves in the guest say that it ran, where, and as whom. */
  private static final Tree GOOD =
      Tree.tenant("acme", "{\"cpu\": 2, \"memory\": \"1G\", \"storage\": \"8G\"}")
          .with("infrastructure/config.yaml", "kind: vm\ncpu: 2\nmemory: 512M\ndisk: 2G\n")
          .idle("web")
          .with(
              PRE,
              """
              #!/bin/sh
              echo before $BITBUILDER_TENANT $BITBUILDER_SCRIPT as $(id -u) on $(hostname) $(systemd-detect-virt --vm)
              echo end 0
              sleep 98765 &
              echo x >>/root/pre
              """)
          .with(
              POST,
              "#!/bin/sh\ntest -s /root/pre && ! pgrep -f 'sleep 9876[5]' && echo after >>/root/post && echo after\n")
          .with(HEALTH, "#!/bin/sh\ntest -s /root/post && echo well $(cat /root/pre)\n");

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  @BeforeAll
  static void scriptsRun() {
    GuestImage image = GuestImage.build().copyTo(SCENE.host());
    Site site = SCENE.site();
    site.push("acme", "scripts", GOOD);
    site.config(
            Site.defaultConfig().replace("deadline: 20s", "deadline: 5m")
                + "images:\n"
                + image.catalogue())
        .register("acme")
        .publish();
    site.sync(0);
  }

  private String commit() {
    return site.tenant("acme").at("generation", "commit").text();
  }

  private long began(String unit, String property) {
    return Long.parseLong(host.sh("systemctl show -P \"$2\" \"$1\"", unit, property));
  }

  @Test
  @Order(1)
  void theyRunInOrderInsideTheMachine() {
    String pre = Site.scriptUnit("acme", "pre-provision");
    assertThat(
            List.of(
                began(Site.machineUnit("acme", "infra"), "ActiveEnterTimestampMonotonic"),
                began(pre, "ExecMainStartTimestampMonotonic"),
                began(pre, "ActiveEnterTimestampMonotonic"),
                began(Site.unit("acme", "web"), "InactiveExitTimestampMonotonic"),
                began(Site.unit("acme", "web"), "ActiveEnterTimestampMonotonic"),
                began(
                    Site.scriptUnit("acme", "post-provision"), "ExecMainStartTimestampMonotonic")))
        .isSorted();
    assertThat(host.succeeds("bitbuilder", "logs", "acme/pre-provision"))
        .containsPattern("before acme pre-provision.sh as 0 on infra (qemu|kvm)")
        .contains("end 0");
    assertThat(host.succeeds("bitbuilder", "logs", "acme/post-provision")).contains("after");
    // The generation was held until the last script said that all is well.
    assertThat(site.tenant("acme").at("state").text()).isEqualTo("running");
    assertThat(host.succeeds("bitbuilder", "health", "acme")).contains("script health-check.sh");
    String health = Site.scriptUnit("acme", "health-check");
    host.succeeds("systemctl", "start", health);
    assertThat(host.sh("journalctl -o cat -u \"$1\"", health)).contains("well x");
    host.succeeds("systemctl", "is-active", "tenant-health@acme.timer");
  }

  @Test
  @Order(2)
  void aFailingFirstScriptKeepsNewGuestsDownAndTheOldGenerationUp() {
    String good = commit();
    SortedMap<String, String> before = site.invocations();
    site.push("acme", "no", GOOD.idle("more").with(PRE, "#!/bin/sh\necho no room >&2; exit 3\n"));
    assertThat(site.sync(5)).contains("pre\\x2dprovision", "failed");
    assertThat(commit()).isEqualTo(good);
    // Neither was the machine started anew, for the script is not a part of it.
    assertThat(site.invocations()).isEqualTo(before);
    assertThat(host.sh("journalctl -o cat -u \"$1\"", Site.unit("acme", "more")))
        .doesNotContain("Started");
    assertThat(host.succeeds("bitbuilder", "logs", "acme/pre-provision"))
        .contains("no room", "failed with exit status 3");
    assertThat(site.tenant("acme").at("state").text()).isEqualTo("running");
    assertThat(host.failedUnits()).isEmpty();
  }

  @Test
  @Order(3)
  void aScriptNobodyWaitsForAnyMoreEndsInsideAsWell() {
    String unit = Site.scriptUnit("acme", "health-check");
    site.push("acme", "slow", GOOD.with(POST, "#!/bin/sh\necho begun\nexec sleep 98764\n"));
    String post = Site.scriptUnit("acme", "post-provision");
    host.allowFailed(post);
    host.allowFailed("sync.service");
    host.sh("systemd-run --quiet --unit=sync bitbuilder sync");
    host.eventually(
        java.time.Duration.ofMinutes(1), "journalctl -o cat -u \"$1\" | grep -q begun", post);
    host.sh("systemctl kill --signal=KILL \"$1\"", post);
    host.eventually(java.time.Duration.ofMinutes(2), "! systemctl is-active --quiet sync.service");
    site.push(
        "acme",
        "look",
        GOOD.with(HEALTH, "#!/bin/sh\n! pgrep -f 'sleep 9876[4]' && echo nobody sleeps\n"));
    site.sync(0);
    host.succeeds("systemctl", "start", unit);
    assertThat(host.sh("journalctl -o cat -u \"$1\"", unit)).contains("nobody sleeps");
    host.sh("systemctl reset-failed sync.service || :");
    assertThat(host.failedUnits()).isEmpty();
  }
}
