package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
import org.junit.jupiter.api.io.TempDir;

/**
 * The immutable host updates itself: at every moment the next boot works, a version that is not
 * well gives way to the one before it, and tenants are back each time.
 */
@Tag("machine")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class HostUpdateTest {
  private static final Duration SOON = Duration.ofMinutes(15);

  /** Some hundred megabytes to a machine that is emulated. */
  private static final Duration DOWNLOAD = Duration.ofMinutes(30);

  /**
   * Three boots that fail, each of which may wait for a disk that does not come, and a good one.
   */
  private static final Duration THREE_TRIES = Duration.ofMinutes(40);

  private static final String NEXT = "9.1";
  private static final String UNWELL = "9.2";
  private static final String UPDATE = "systemctl start systemd-sysupdate-update.service";
  private static final String ENDED =
      "case $(systemctl show -P ActiveState systemd-sysupdate-update.service) in"
          + " inactive | failed) ;; *) exit 1 ;; esac";
  private static final String REBOOT = "systemctl start systemd-sysupdate-reboot.service";
  private static final String REBOOT_SOON = REBOOT.replace("start", "start --no-block");
  private static final String VERSION =
      "sed -n 's/^IMAGE_VERSION=\"\\(.*\\)\"/\\1/p' /etc/os-release";
  private static final String SERVE =
      """
      cp -r /srv/web/next /srv/web/foreign
      cp /srv/web/unwell/SHA256SUMS /srv/web/foreign/
      mv /srv/web/foreign.gpg /srv/web/foreign/SHA256SUMS.gpg
      cp -r /srv/web/next /srv/web/changed
      printf changed | dd of=$(ls /srv/web/changed/*-verity.raw.*) bs=1 seek=1000000 conv=notrunc status=none
      chmod -R a+rX /srv/web
      echo 'events {} http { server { listen 8080; root /srv/web; } }' >/srv/nginx.conf
      systemd-run --quiet --unit=web nginx -c /srv/nginx.conf -g 'daemon off;'
      until curl -so /dev/null http://127.0.0.1:8080/next/SHA256SUMS; do sleep 0.1; done\
      """;

  /** Not by themselves: neither at a quarter of an hour after boot nor at ten past four. */
  private static final String NEVER = "[Timer]\nOnBootSec=\nOnCalendar=2100-01-01\n";

  @RegisterExtension static final Origin ORIGIN = new Origin("acme");

  private Host host;
  private Site site;
  private String first;

  @BeforeAll
  void publish(@TempDir Path scratch) throws IOException {
    Path image = Path.of(Lane.print("image/build"));
    Path next = Path.of(Lane.print("image/release", Lane.print("image/build", NEXT)));
    Path unwell =
        Path.of(
            Lane.print(
                "image/release", Lane.print("image/build", UNWELL, broken(scratch).toString())));
    Host origin = ORIGIN.host();
    origin.push(next.resolve("web"), "/srv/web/next");
    origin.push(unwell.resolve("trials"), "/srv/web");
    origin.push(unwell.resolve("web"), "/srv/web/unwell");
    origin.sh(SERVE);
    host = Host.bootImage("updated", image, credentials());
    site = Site.of(host, ORIGIN.git(), "git");
    first = host.sh(VERSION);
    host.sh("echo kept >/var/lib/kept");
    tenantsAreBack();
  }

  /** A tree for image/build: name resolution does not start. */
  private static Path broken(Path scratch) throws IOException {
    Path tree = scratch.resolve("tree");
    Path dropIn = tree.resolve("usr/lib/systemd/system/systemd-resolved.service.d/99-broken.conf");
    Files.createDirectories(dropIn.getParent());
    Files.writeString(dropIn, "[Service]\nExecStart=\nExecStart=false\n");
    return tree;
  }

  private static Map<String, String> credentials() {
    Map<String, String> credentials = ORIGIN.credentials();
    credentials.put("bitbuilder.update", "http://%s:8080/now".formatted(ORIGIN.host().address()));
    credentials.put("systemd.unit-dropin.systemd-sysupdate-update.timer", NEVER);
    credentials.put("systemd.unit-dropin.systemd-sysupdate-reboot.timer", NEVER);
    credentials.put("firstboot.machine-tags", "canary:zone-a");
    return credentials;
  }

  @AfterAll
  void close() {
    if (host != null) {
      host.close();
    }
  }

  /** Neither a list signed by somebody else nor a file other than the list says is taken. */
  @Test
  @Order(1)
  void whatIsNotSignedIsRefused() {
    offer("foreign");
    assertThat(host.shell("/usr/lib/systemd/systemd-sysupdate update").text())
        .contains("DOWNLOAD INVALID: Signature")
        .doesNotContain("Successfully installed");
    assertThat(slots()).containsExactly("_empty", "bitbuilder-host_" + first);
    offer("changed");
    assertThat(host.shell("/usr/lib/systemd/systemd-sysupdate update").text())
        // Its compression is broken before its checksum is known.
        .contains("Failed to retrieve image file", "failed with exit status")
        .doesNotContain("Successfully installed");
    assertThat(entries()).containsExactly(entry(first));
  }

  /** Whatever the server offers: which version, and who takes it first, is said in Git. */
  @Test
  @Order(2)
  void theSystemRepositoryNamesTheVersionAndWhoIsFirst() {
    offer("next");
    said("[Service]\nEnvironment=HOST_VERSION=%s\n".formatted(first));
    lookForUpdates();
    assertThat(slots()).containsExactly("_empty", "bitbuilder-host_" + first);
    said("[Unit]\nConditionMachineTag=|late\nConditionFraction=|%s 0%%\n".formatted(NEXT));
    host.sh(UPDATE);
    assertThat(host.sh("systemctl show -P ConditionResult systemd-sysupdate-update.service"))
        .isEqualTo("no");
    said("[Unit]\nConditionMachineTag=canary\n[Service]\nEnvironment=HOST_VERSION=" + NEXT + "\n");
  }

  /** Publishes a drop-in for the unit that updates the host. */
  private void said(String dropIn) {
    ORIGIN.publisher().systemFile("units/systemd-sysupdate-update.service.d/60-said.conf", dropIn);
    ORIGIN.publish();
    site.sync(0);
  }

  @Test
  @Order(3)
  void anUpdateIsInstalledBootedAndKept() {
    offer("next");
    update(NEXT);
    assertThat(entries()).contains(entry(first), "bitbuilder-host_" + NEXT + "+3-0.efi");
    host.sh(REBOOT_SOON);
    runs(NEXT, SOON, "/usr/lib/systemd/systemd-bless-boot status | grep -qx good");
    assertThat(entries()).containsExactly(entry(first), entry(NEXT));
    tenantsAreBack();
    assertThat(host.sh("journalctl --boot=-1 -o cat -u bitbuilder-drain.service"))
        .contains("tenants that were stopped: 1", "Finished bitbuilder-drain.service");
    assertThat(host.sh("systemctl is-system-running --wait")).isEqualTo("running");
    assertThat(host.sh("veritysetup status usr")).contains("status:      verified");
    assertThat(host.sh("findmnt -no SOURCE /var")).isEqualTo("/dev/mapper/var");
    assertThat(host.exec("/usr/lib/systemd/systemd-sysupdate", "check-new").exit()).isNotZero();
    said("");
  }

  /**
   * While /usr is written, and while the kernel is: nothing of it counts before all of it is there.
   */
  @Test
  @Order(4)
  void afterAPowerCutInTheMiddleTheNextBootWorks() {
    offer("unwell");
    for (String part : new String[] {"usr-x86-64.raw.zst", "efi"}) {
      host.sh(UPDATE);
      host.eventuallyAfterBoots(
          DOWNLOAD,
          "journalctl --boot -o cat -u systemd-sysupdate-update.service |"
              + " grep -q 'Got [1-9][0-9]% of .*[.]"
              + part
              + "'");
      host.powerCut();
      assertThat(host.sh(VERSION)).isEqualTo(NEXT);
      assertThat(entries()).contains(entry(NEXT)).noneMatch(name -> name.contains("_" + UNWELL));
      tenantsAreBack();
    }
  }

  @Test
  @Order(5)
  void aVersionThatIsNotWellGivesWay() {
    givesWay("unwell", UNWELL);
    assertThat(host.sh("journalctl -o cat -u bitbuilder-host-health.service").lines())
        .filteredOn(line -> line.contains("the host is not well: systemd-resolved.service is"))
        .hasSize(3);
  }

  @Test
  @Order(6)
  void aVersionWhoseUsrIsAnotherOneGivesWay() {
    givesWay("lost", UNWELL + ".1");
  }

  @Test
  @Order(7)
  void aVersionWhoseKernelPanicsGivesWay() {
    givesWay("panic", UNWELL + ".2");
    assertThat(host.console()).containsPattern("(?s)Kernel panic.*Kernel panic.*Kernel panic");
  }

  /** The bad version is tried three times, and then the good one runs and stays up. */
  private void givesWay(String offer, String version) {
    String hash = host.sh("grep -o 'usrhash=[0-9a-f]*' /proc/cmdline");
    offer(offer);
    update(version);
    host.sh(REBOOT_SOON);
    String spent = "bitbuilder-host_" + version + "+0-3.efi";
    runs(NEXT, THREE_TRIES, "test -e /boot/EFI/Linux/" + spent);
    assertThat(entries()).containsExactlyInAnyOrder(spent, entry(NEXT));
    assertThat(host.sh("grep -o 'usrhash=[0-9a-f]*' /proc/cmdline")).isEqualTo(hash);
    assertThat(host.sh("/usr/lib/systemd/systemd-bless-boot status")).isEqualTo("clean");
    tenantsAreBack();
    // A newer version is there, and is not tried again: neither by itself nor by a look for
    // updates.
    String boot = host.sh("cat /proc/sys/kernel/random/boot_id");
    host.sh(REBOOT);
    lookForUpdates();
    assertThat(host.sh("systemctl list-jobs --no-legend")).doesNotContain("reboot.target");
    assertThat(host.sh("cat /proc/sys/kernel/random/boot_id")).isEqualTo(boot);
    assertThat(entries()).contains(spent);
    assertThat(host.failedUnits()).isEmpty();
  }

  /** What the server gives out from now on. */
  private static void offer(String directory) {
    ORIGIN.host().sh("ln -sfn \"$1\" /srv/web/now", directory);
  }

  /** Installs an update beside what runs, which is not touched. */
  private void update(String version) {
    String running = host.sh(VERSION);
    lookForUpdates();
    assertThat(slots()).containsExactly("bitbuilder-host_" + running, "bitbuilder-host_" + version);
    assertThat(host.sh("veritysetup status usr")).contains("status:      verified");
  }

  private void lookForUpdates() {
    host.sh(UPDATE);
    host.eventuallyAfterBoots(DOWNLOAD, ENDED);
    assertThat(host.sh("systemctl show -P Result systemd-sysupdate-update.service"))
        .isEqualTo("success");
  }

  /** Waits, through as many boots as it takes, until this version runs and the line succeeds. */
  private void runs(String version, Duration limit, String line) {
    host.eventuallyAfterBoots(limit, "test \"$(%s)\" = %s && %s".formatted(VERSION, version, line));
  }

  private void tenantsAreBack() {
    host.eventuallyAfterBoots(
        SOON, "systemctl is-active --quiet '%s'".formatted(Site.unit("acme", "web")));
    assertThat(site.invocations()).hasSize(1);
    assertThat(host.sh("cat /var/lib/kept")).isEqualTo("kept");
  }

  /** What the boot loader looks at, which are not files whose names begin with a dot. */
  private List<String> entries() {
    return host.sh("ls /boot/EFI/Linux").lines().sorted().toList();
  }

  private static String entry(String version) {
    return "bitbuilder-host_" + version + ".efi";
  }

  /** What the partitions of the two slots are called. */
  private List<String> slots() {
    return host.sh(
            "udevadm settle; lsblk -nro PARTLABEL /dev/vda | grep -xE '_empty|bitbuilder-host_.*' | sort -u")
        .lines()
        .toList();
  }
}
