package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The immutable host, from nothing: told by credentials where its system repository is, whose
 * signature counts there and what opens it, and by nothing else.
 */
@Tag("machine")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class HostImageTest {
  private static final Duration SOON = Duration.ofMinutes(15);

  private static final String BOOTS =
      """
      image: host
      boot: true
      health:
        checks:
          - unit: systemd-networkd.service
      """;

  private static final String HEALTHY =
      "bitbuilder status --json | grep -c '\"verdict\": *\"healthy\"' | grep -qx 2";
  private static final String RUNS =
      "bitbuilder status --json | grep -c '\"state\": *\"running\"' | grep -qx 2";

  @RegisterExtension static final Origin ORIGIN = new Origin("acme", "globex");

  private Host host;
  private Site site;

  @BeforeAll
  void bootFromNothing() {
    Tree globex = Tree.tenant("globex").container("os", BOOTS);
    ORIGIN.publisher().push("globex", "boots", globex);
    host = Host.bootImage("immutable", ORIGIN.credentials());
    site = Site.of(host, ORIGIN.git(), "git");
  }

  @AfterAll
  void close() {
    if (host != null) {
      host.close();
    }
  }

  @Test
  @Order(1)
  void itBringsUpItsTenantsByItself() {
    host.eventually(SOON, RUNS);
    host.eventually(SOON, HEALTHY);
    assertThat(site.tenant("acme").at("state").text()).isEqualTo("running");
    assertThat(site.invocations()).hasSize(2);
    // Theirs, not the host's: it was told to have its address on its card.
    assertThat(host.sh("networkctl --no-legend --no-pager list 'vb-*'").lines())
        .hasSize(2)
        .allMatch(port -> port.contains("unmanaged"));
    // It has this host's /usr, and none of what that does on a host.
    assertThat(
            host.sh(
                """
                leader=$(machinectl show -P Leader os.globex)
                nsenter --target "$leader" --all systemctl is-system-running --wait ||
                  nsenter --target "$leader" --all systemctl --failed --no-legend --plain\
                """))
        .isEqualTo("running");
    assertThat(host.failedUnits()).isEmpty();
    assertThat(host.exec("bitbuilder", "doctor").text()).doesNotContain("error");
  }

  /** Line by line, the boot sequence of the founding document. */
  @Test
  @Order(2)
  void eachStepOfTheBootSequenceWasTaken() {
    // UEFI Boot: Secure boot validation.
    assertThat(host.sh("bootctl status --no-pager"))
        .contains("Secure Boot: enabled (user)", "Measured UKI: yes", "systemd-boot");
    // Image Import: DDI image verification.
    assertThat(host.sh("veritysetup status usr")).contains("status:      verified");
    assertThat(host.sh("cat /proc/cmdline"))
        .contains("usrhash=" + host.sh("veritysetup status usr | sed -n 's/ *root hash: *//p'"));
    // Host Boot: base system ready.
    assertThat(host.sh("systemctl is-system-running")).isEqualTo("running");
    assertThat(host.sh("findmnt -no OPTIONS /usr; findmnt -no OPTIONS /etc"))
        .matches("ro,.*\nro,.*");
    assertThat(host.sh("findmnt -no SOURCE /var")).isEqualTo("/dev/mapper/var");
    assertThat(host.sh("cryptsetup status var")).contains("LUKS2");
    assertThat(host.sh("cat /sys/kernel/security/lockdown")).contains("[integrity]");
    // Git Sync, Tenant Discovery, Tenant Provisioning: in this order.
    String journal =
        host.sh(
            """
            journalctl --boot --no-pager -o cat | grep -E '^(Finished|Reached target) ' |
              grep -oE 'local-fs.target|bitbuilder-(fetch|compile|activate).service|setup-tenant@acme.service|tenant@acme.target' |
              awk '!seen[$0]++'\
            """);
    assertThat(journal.lines())
        .containsSubsequence(
            "local-fs.target",
            "bitbuilder-fetch.service",
            "bitbuilder-compile.service",
            "setup-tenant@acme.service",
            "tenant@acme.target",
            "bitbuilder-activate.service");
  }

  @Test
  @Order(3)
  void nothingOfTheSystemIsWritten() {
    for (String path : new String[] {"/usr/x", "/usr/bin/x", "/etc/x", "/etc/systemd/system/x"}) {
      assertThat(host.fails("touch", path)).contains("Read-only file system");
    }
    assertThat(host.fails("mount", "-o", "remount,rw", "/usr")).isNotEmpty();
    assertThat(host.shell("dd if=/dev/zero of=/dev/mapper/usr bs=512 count=1").exit()).isNotZero();
  }

  @Test
  @Order(4)
  void aChangeThroughGitAppears() {
    site.push("acme", "another", Tree.tenant("acme").idle("web").idle("more"));
    site.sync(0);
    assertThat(site.invocations()).hasSize(3);
  }

  @Test
  @Order(5)
  void afterAPowerCutAllIsBack() {
    String id = host.sh("cat /etc/machine-id");
    String key = host.sh("cat /var/lib/ssh/ssh_host_ed25519_key.pub");
    host.powerCut();
    host.eventually(SOON, RUNS);
    assertThat(site.invocations()).hasSize(3);
    assertThat(host.sh("cat /etc/machine-id")).isEqualTo(id);
    assertThat(host.sh("cat /var/lib/ssh/ssh_host_ed25519_key.pub")).isEqualTo(key);
  }
}
