package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
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
 * The image, booted from one disk, puts itself onto another one: only onto the one that was meant,
 * and with all it was told.
 */
@Tag("machine")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class InstallTest {
  private static final Duration SOON = Duration.ofMinutes(15);
  private static final String OTHER = "/dev/disk/by-id/virtio-disk-1";
  private static final String SMALL = "/dev/disk/by-id/virtio-disk-2";

  /** A partition like the one the running version has for /usr. */
  private static final String SAME_VERSION =
      """
      mkdir -p /run/same
      usr=$(lsblk -nrso PARTUUID,PARTTYPE /dev/mapper/usr | sed -n 's/ 8484680c-.*//p' | sort -u)
      printf '[Partition]\\nType=usr\\nUUID=%s\\n' "$usr" >/run/same/usr.conf
      systemd-repart --dry-run=no --empty=force --definitions=/run/same "$1"\
      """;

  @RegisterExtension static final Origin ORIGIN = new Origin("acme");

  private Host host;

  @BeforeAll
  void startStick() {
    host = Host.startStick("installed", installing("auto"), "12G");
  }

  @AfterAll
  void close() {
    if (host != null) {
      host.close();
    }
  }

  @Test
  @Order(1)
  void itInstallsItselfOnTheOtherDiskAndTurnsTheMachineOff() {
    host.waitUntilOff(SOON);
    assertThat(host.console())
        .containsPattern("bitbuilder-host_.* is on /dev/vd.; poweroff follows");
  }

  /** The stick is still there, the firmware was told which disk is first. */
  @Test
  @Order(2)
  void withTheStickLeftInTheDiskIsBooted() {
    host.powerOn();
    String installed = host.sh("readlink -f " + OTHER);
    assertThat(disk(host, "/usr")).isEqualTo(installed);
    assertThat(disk(host, "/var")).isEqualTo(installed);
    assertThat(host.sh("systemctl is-active bitbuilder-install.service || :"))
        .isEqualTo("inactive");
    // How it boots with the stick in is not how it goes on.
    assertThat(SealedVar.boundTo(host)).isEqualTo("15");
    assertThat(host.sh("journalctl --boot -o cat -u " + SealedVar.UNIT))
        .contains("stick", "is still there");
    host.powerOff();
  }

  @Test
  @Order(3)
  void fromThatDiskAloneAndToldNothingTheHostRuns() {
    host.unplug();
    host.powerOn();
    assertThat(host.sh("bootctl status --no-pager"))
        .contains("Secure Boot: enabled (user)", "Measured UKI: yes");
    assertThat(host.sh("veritysetup status usr")).contains("status:      verified");
    assertThat(host.sh("findmnt -no SOURCE /var")).isEqualTo("/dev/mapper/var");
    assertThat(host.sh("ls /run/credentials/@encrypted"))
        .contains("bitbuilder.host", "bitbuilder.git", "ssh.authorized_keys.root")
        .doesNotContain("bitbuilder.install\n");
    assertThat(host.exec("ls", "/run/credentials/@system").exit()).isNotZero();
    host.eventually(SOON, "systemctl is-active --quiet '%s'".formatted(Site.unit("acme", "web")));
    assertThat(host.failedUnits()).isEmpty();
    assertThat(SealedVar.boundTo(host)).isEqualTo("1+7+12+13+15");
    // The other slot is one that updates are written to.
    assertThat(host.sh("lsblk -nro PARTLABEL | grep -cx _empty")).isEqualTo("3");
    host.powerOff();
  }

  @Test
  @Order(4)
  void whatWasNotMeantIsLeftAlone() {
    try (Host live = Host.bootStick("live", installing("auto"), "12G", "2G")) {
      live.allowFailed("bitbuilder-install.service");
      assertThat(live.journal())
          .containsPattern("refused: auto: there are several other disks, /dev/.* /dev/.*; name");
      assertThat(live.console()).contains("refused: auto: there are several other disks");
      // Nothing of the host has started, and its disk is as it was.
      assertThat(live.sh("findmnt -no FSTYPE /var")).isEqualTo("tmpfs");
      assertThat(
              live.sh(
                  "systemctl list-units --plain --no-legend 'bitbuilder-*.timer' '*sysupdate*.timer'"))
          .isEmpty();
      assertThat(live.sh("lsblk -nro PARTLABEL")).doesNotContain("bitbuilder-var");

      refuses(live, SMALL, "cannot be divided; is it too small?");
      refuses(live, SMALL + " erase", "cannot be divided; is it too small?");
      refuses(live, OTHER + " wipe", "`wipe` is none of erase, poweroff, reboot");
      refuses(live, "sda", "`sda` is neither auto nor the path of a disk");
      String stick = disk(live, "/usr");
      refuses(live, stick + " erase", "is the disk this was booted from");
      refuses(live, stick + "5 erase", "is not a whole disk");
      live.sh("mkfs.ext4 -q \"$1\"", OTHER);
      refuses(live, OTHER, "is not empty but has ext4; the word erase");
      live.sh("mkdir -p /run/used; mount \"$1\" /run/used", OTHER);
      refuses(live, OTHER + " erase", "is in use");
      live.sh("umount /run/used");
      assertThat(live.sh("blkid -o value -s TYPE \"$1\"", OTHER)).isEqualTo("ext4");
      // One left in does not install again and again.
      live.sh(SAME_VERSION, OTHER);
      live.sh("systemctl mask --runtime poweroff.target");
      assertThat(ask(live, OTHER + " erase").text())
          .contains("already, and nothing was done; poweroff follows");
    }
  }

  private static Map<String, String> installing(String where) {
    Map<String, String> credentials = ORIGIN.credentials();
    credentials.put("bitbuilder.install", where);
    return credentials;
  }

  private static void refuses(Host live, String where, String why) {
    Host.Output output = ask(live, where);
    assertThat(output.exit()).as(output.text()).isNotZero();
    assertThat(output.text()).contains("bitbuilder: install: refused: ", why);
  }

  private static Host.Output ask(Host live, String where) {
    return live.exec(
        "systemd-run",
        "--quiet",
        "--collect",
        "--pipe",
        "--wait",
        "--property=SetCredential=bitbuilder.install:" + where,
        "/usr/lib/bitbuilder/install");
  }

  private static String disk(Host host, String mounted) {
    return host.sh(
        "lsblk -nrspo NAME,TYPE \"$(findmnt -nvo SOURCE \"$1\")\" | sed -n 's/ disk$//p' | sort -u",
        mounted);
  }
}
