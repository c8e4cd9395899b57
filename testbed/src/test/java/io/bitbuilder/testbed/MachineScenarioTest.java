package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Virtual machines, emulated where the test bed has no KVM. They take half a minute to come up, so
 * the steps build on each other: one machine lives through all that can happen to it.
 */
@Tag("scenario")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class MachineScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("vm");

  private static final String DB =
      """
      image: guest
      cpu: 2
      memory: 384M
      disk: 1G
      firmware: none
      volumes: [{name: data, size: 100M}]
      credentials: {ssh.authorized_keys.root: admin}
      health: {checks: [{tcp: 22}]}
      """;

  /** With firmware, a TPM and no check: it counts as up when it runs. */
  private static final String VAULT =
      """
      image: guest
      cpu: 2
      memory: 384M
      tpm: true
      credentials: {ssh.authorized_keys.root: admin, token: own}
      """;

  private static final String LEAVE = "\\035\\035\\035";
  private static final String DISK = "/var/lib/tenants/acme/machines/db/disk.raw";
  private static final String UNIT = Site.machineUnit("acme", "db");

  private static Tree tree =
      Tree.tenant("acme", "{\"cpu\": 2, \"memory\": \"1G\", \"storage\": \"8G\"}").idle("web");

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  @BeforeAll
  static void catalogue() {
    GuestImage image = GuestImage.build().copyTo(SCENE.host());
    SCENE
        .host()
        .sh(
            """
            ssh-keygen -q -t ed25519 -N '' -f /root/key
            mkdir -p /etc/credstore
            cp /root/key.pub /etc/credstore/tenant.acme.admin
            # Another file with the same content: an empty frame at the end (RFC 8878, 3.1.2).
            cp /srv/images/guest/disk.raw.zst /srv/images/other.raw.zst
            printf 'P*M\\030\\0\\0\\0\\0' >>/srv/images/other.raw.zst\
            """);
    String digest = SCENE.host().sh("sha256sum </srv/images/other.raw.zst | cut -d' ' -f1");
    String other = image.catalogue().replaceFirst("guest:", "other:");
    other =
        other
            .replaceFirst("guest/disk.raw.zst", "other.raw.zst")
            .replaceFirst("sha256:[0-9a-f]{64}", "sha256:" + digest);
    SCENE
        .site()
        .config(
            Site.defaultConfig().replace("deadline: 20s", "deadline: 4m")
                + "images:\n"
                + image.catalogue()
                + other)
        .register("acme")
        .publish();
    SCENE.site().push("acme", "a container", tree);
    SCENE.site().sync(0);
  }

  private String push(String subject, Tree next) {
    tree = next;
    site.push("acme", subject, tree);
    return site.sync(0);
  }

  private String inside(String machine, String line) {
    return site.ssh("acme", "root", machine, Duration.ofMinutes(3), line);
  }

  @Test
  @Order(1)
  void aPushedMachineRunsConfinedAndIsReached() {
    SortedMap<String, String> before = site.invocations();
    push("a machine", tree.machine("db", DB));

    assertThat(site.machine("acme", "db").at("state").text()).isEqualTo("active");
    assertThat(host.succeeds("machinectl", "list", "--no-legend")).contains("db.acme", "vm");
    assertThat(host.succeeds("bitbuilder", "status")).contains("1 of 1 machines");
    assertThat(inside("db", "hostname")).isEqualTo("db");
    assertThat(inside("db", "cat /dev/disk/by-id/virtio-data | head -c 4 | wc -c")).isEqualTo("4");
    // Grown from the image's size to the disk's.
    assertThat(Long.parseLong(inside("db", "stat -f -c %b /"))).isGreaterThan(150_000);
    inside("db", "echo kept >/var/lib/mark; sync");
    assertThat(site.invocations()).containsAllEntriesOf(before).hasSize(before.size() + 1);

    String pid = host.sh("systemctl show -P MainPID \"$1\"", UNIT);
    // vmspawn and QEMU, each as that user and with no capability at all.
    assertThat(
            host.sh(
                "for p in $1 $(pgrep -P $1); do stat -c %U /proc/$p; grep ^CapPrm /proc/$p/status; done",
                pid))
        .matches("(bm-[0-9]+\nCapPrm:\t0+\n?){2}");
    assertThat(host.sh("nsenter -t \"$1\" -m ls /var/lib/tenants/acme; :", pid))
        .isEqualTo("machines");
  }

  @Test
  @Order(2)
  void anOperatorLogsInAtTheConsoleAlone() {
    SortedMap<String, String> before = site.invocations();
    // Nobody is there to read it, and the guest does not wait.
    inside(
        "db",
        "timeout 60 sh -c 'yes nobody reads this | head -c 100000 >/dev/ttyS0'; echo root:secret | chpasswd");

    Seat seat = Seat.at(host, "bitbuilder console acme/db");
    seat.shows("Enter shows a prompt").type("\\r").shows("db login:");
    seat.type("root\\r").shows("Password:").type("secret\\r").shows("root@db");
    seat.type("echo $((6*7)) at $(tty)\\r").shows("42 at /dev/ttyS0");

    Host.Output second =
        host.shell("script -qec 'bitbuilder console acme/db' /dev/null </dev/null");
    assertThat(second.exit()).isEqualTo(75);
    assertThat(second.text()).contains("somebody is at the console of machine `acme/db`");

    seat.type(LEAVE).shows("ended 0").shows("terminal as before");
    assertThat(host.sh("cat /run/seat/after")).isEqualTo(host.sh("cat /run/seat/before"));

    // It is free again, and whoever was logged in still is; a terminal outlives the worst end.
    seat = Seat.at(host, "bitbuilder console acme/db");
    seat.shows("Enter shows a prompt").type("exit\\r").shows("db login:");
    host.sh("kill -9 \"$(cat /run/bitbuilder/machines/acme/db.lock)\"");
    seat.shows("ended 137").shows("terminal as before");
    assertThat(site.invocations()).isEqualTo(before);
    assertThat(host.sh("journalctl -u \"$1\" -o cat", UNIT)).doesNotContain("db ttyS0");
  }

  @Test
  @Order(3)
  void anotherMachineHasFirmwareAndTpmAndDisturbsNobody() {
    SortedMap<String, String> before = site.invocations();
    String secret =
        host.sh(
            "bitbuilder secret key >/dev/null; printf %s inside-only | bitbuilder secret encrypt --tenant=acme own");
    push("a vault", tree.machine("vault", VAULT).with("credentials/own.cred", secret + "\n"));
    assertThat(inside("vault", "cat /run/credentials/@system/token")).isEqualTo("inside-only");
    assertThat(
            host.sh(
                "cat /proc/[0-9]*/cmdline 2>/dev/null | grep -ae inside-onl[y] -e aW5zaWRlLW9ubH[k] || :; grep -rl inside-onl[y] /var/lib/bitbuilder /var/lib/tenants || :"))
        .isEmpty();
    assertThat(
            inside(
                "vault", "test -d /sys/firmware/efi && cat /sys/class/tpm/tpm0/tpm_version_major"))
        .isEqualTo("2");
    assertThat(host.sh("cd /var/lib/tenants/acme/machines/vault/state; ls")).contains("efi", "tpm");
    inside("vault", "systemctl is-active serial-getty@ttyS0");
    assertThat(site.invocations()).containsAllEntriesOf(before).hasSize(before.size() + 1);
    push("no vault", tree.without("machines/vault/config.yaml").without("credentials/own.cred"));
    assertThat(site.invocations()).isEqualTo(before);
    assertThat(host.sh("networkctl --no-legend list | grep -c bm-")).isEqualTo("1");
  }

  @Test
  @Order(4)
  void anotherImageWaitsForReplace() {
    SortedMap<String, String> before = site.invocations();
    push("another image", tree.machine("db", DB.replace("image: guest", "image: other")));
    assertThat(site.invocations()).isEqualTo(before);
    assertThat(inside("db", "cat /var/lib/mark")).isEqualTo("kept");
  }

  @Test
  @Order(5)
  void memoryAndDiskGrowWithARestartOfThisMachineAlone() {
    String web = site.invocation("acme", "web");
    String id = inside("db", "cat /etc/machine-id");
    push(
        "larger",
        tree.machine("db", DB.replace("memory: 384M", "memory: 512M").replace("1G", "2G")));
    assertThat(site.invocation("acme", "web")).isEqualTo(web);
    assertThat(inside("db", "cat /var/lib/mark")).isEqualTo("kept");
    assertThat(inside("db", "cat /etc/machine-id")).isEqualTo(id);
    assertThat(Long.parseLong(inside("db", "awk '/MemTotal/ { print $2 }' /proc/meminfo")))
        .isGreaterThan(420_000);
    assertThat(Long.parseLong(inside("db", "stat -f -c %b /"))).isGreaterThan(400_000);
    // It was asked to go, and went: no power cut, no timeout.
    assertThat(host.sh("journalctl -u \"$1\" -o cat", UNIT))
        .contains("Deactivated successfully")
        .doesNotContain("Failed with result");
  }

  @Test
  @Order(6)
  void aRemovedMachineLeavesItsDiskAndGetsItBack() {
    Tree with = tree;
    push("no machine", tree.without("machines/db/config.yaml"));
    assertThat(host.succeeds("machinectl", "list", "--no-legend")).doesNotContain("db.acme");
    host.succeeds("test", "-f", DISK);
    push("back again", with);
    assertThat(inside("db", "cat /var/lib/mark")).isEqualTo("kept");
  }

  @Test
  @Order(7)
  void replaceMakesTheDiskAnewAndKeepsTheOneBefore() {
    push(
        "replace it",
        tree.machine("db", DB.replace("image: guest", "image: other") + "replace: once more\n"));
    assertThat(inside("db", "test -e /var/lib/mark || echo gone")).isEqualTo("gone");
    host.succeeds("test", "-f", DISK.replace("disk", "previous"));
    assertThat(host.failedUnits()).isEmpty();
  }
}
