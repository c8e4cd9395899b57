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

/**
 * A portable service comes with a commit, runs in its image, changes, goes back and goes with one.
 */
@Tag("scenario")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class HostServicesScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("hostsvc");

  /**
   * Makes an image: FILE UNIT WORD. Its service says the word, or does not come up when that is
   * broken.
   */
  private static final String IMAGE =
      """
      #!/bin/sh
      set -eu
      tree=$(mktemp -d)
      cd "$tree"
      mkdir -p usr/bin usr/lib/systemd/system etc dev proc sys run tmp var/tmp root
      ln -s usr/bin usr/lib .
      [ ! -d /usr/lib64 ] || { mkdir usr/lib64; ln -s usr/lib64 .; }
      touch etc/machine-id etc/resolv.conf
      for program in dash sleep; do
        cp "/usr/bin/$program" usr/bin/
        ldd "/usr/bin/$program" | grep -o '/[^ ]*' | while read -r file; do
          mkdir -p ".${file%/*}"
          cp -L "$file" ".$file"
        done
      done
      echo ID=app >usr/lib/os-release
      printf '#!/bin/dash\\necho "says %s"\\n[ "%s" != broken ] || exit 1\\nexec sleep infinity\\n' "$3" "$3" >usr/bin/app
      chmod 755 usr/bin/app .
      printf '[Service]\\nExecStart=/usr/bin/app\\nSyslogIdentifier=app-of-image\\n[Install]\\nWantedBy=multi-user.target\\n' \
        >"usr/lib/systemd/system/$2"
      printf '[Service]\\nExecStart=/usr/bin/app\\n[Install]\\nWantedBy=multi-user.target\\n' >usr/lib/systemd/system/ssh.service
      rm -f "$1"
      mkdir -p "${1%/*}"
      mksquashfs . "$1" -quiet -no-progress -all-root >/dev/null
      cd /
      rm -rf "$tree"
      """;

  private static final String SERVICES = SystemClone.TOP + "services/";

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();
  private final SystemClone clone = SystemClone.of(site);

  @BeforeAll
  static void aTenantRuns() {
    SystemClone.first(SCENE.site());
    SCENE.host().write("/srv/image", IMAGE);
    SCENE.host().sh("chmod 755 /srv/image");
  }

  private void image(String file, String unit, String word) {
    host.succeeds("/srv/image", SERVICES + file, unit, word);
  }

  private String show(String property) {
    return host.sh("systemctl show -P \"$1\" app.service", property);
  }

  private String said() {
    return host.sh(
        "journalctl -o cat _SYSTEMD_INVOCATION_ID=$(systemctl show -P InvocationID app.service) -t app-of-image");
  }

  @Test
  @Order(1)
  void aServiceRunsInItsImageConfined() {
    image("app_1.portable.raw", "app.service", "first");
    clone.push();
    assertThat(host.sh("cd /srv/w && bitbuilder plan --from=.")).contains("app_1.portable.raw");
    assertThat(clone.sync(0)).contains("units and extensions of the host, generation 1");
    assertThat(show("ActiveState")).isEqualTo("active");
    host.eventually(
        Duration.ofSeconds(10),
        "journalctl -o cat PORTABLE=app_1.portable.raw | grep -qx 'says first'");
    assertThat(show("DynamicUser")).isEqualTo("yes");
    assertThat(
            host.sh("cat /proc/$(systemctl show -P MainPID app.service)/root/usr/lib/os-release"))
        .isEqualTo("ID=app");
    // What is not called like the image is not taken from it.
    assertThat(host.sh("systemctl cat ssh.service")).doesNotContain("/usr/bin/app");
    assertThat(host.succeeds("bitbuilder", "status", "--json")).contains("\"app_1.portable.raw\"");
    assertThat(host.exec("bitbuilder", "doctor").text()).doesNotContain("BB709");
  }

  @Test
  @Order(2)
  void anotherImageRestartsItAndDropInsAreTheOperators() {
    host.sh("rm \"$1\"", SERVICES + "app_1.portable.raw");
    image("app_2.portable.raw", "app.service", "second");
    clone.write("units/app.service.d/10-profile.conf", "[Service]\nPrivateNetwork=yes\n");
    clone.push();
    clone.sync(0);
    assertThat(said()).isEqualTo("says second");
    assertThat(show("PrivateNetwork")).isEqualTo("yes");
    assertThat(show("DynamicUser")).isEqualTo("no");
    String invocation = show("InvocationID");
    clone.write("units/other.service", "[Service]\nExecStart=/bin/true\n");
    clone.push();
    clone.sync(0);
    assertThat(show("InvocationID")).isEqualTo(invocation);
  }

  @Test
  @Order(3)
  void whatIsNoPortableServiceIsRefusedAndNothingChanges() {
    String invocation = show("InvocationID");
    host.sh("head -c 5000 /dev/urandom >\"$1\"", SERVICES + "noise.portable.raw");
    clone.push();
    assertThat(clone.sync(5)).contains("refused", "noise.portable.raw: Couldn't identify");
    host.sh("rm \"$1\"", SERVICES + "noise.portable.raw");
    image("another.portable.raw", "app.service", "third");
    clone.push();
    assertThat(clone.sync(5))
        .contains("another.portable.raw: Couldn't find any matching unit files");
    host.sh("rm \"$1\"", SERVICES + "another.portable.raw");
    image("app_3.portable.raw", "app.service", "third");
    clone.push();
    assertThat(clone.sync(5)).contains("app_3.portable.raw: there are two of `app.service`");
    host.sh("rm \"$1\"", SERVICES + "app_3.portable.raw");
    assertThat(show("InvocationID")).isEqualTo(invocation);
    assertThat(host.failedUnits()).isEmpty();
    assertThat(host.succeeds("bitbuilder", "status")).contains("refused", "app_3");
  }

  @Test
  @Order(4)
  void whenItDoesNotComeUpItsOldImageIsBack() {
    image("app_2.portable.raw", "app.service", "broken");
    clone.push();
    assertThat(clone.sync(5)).contains("app.service");
    assertThat(show("ActiveState")).isEqualTo("active");
    assertThat(said()).isEqualTo("says second");
    assertThat(host.failedUnits()).isEmpty();
    image("app_2.portable.raw", "app.service", "fourth");
    clone.push();
    clone.sync(0);
    assertThat(said()).isEqualTo("says fourth");
  }

  /** Then nothing is known of the image, and the commit is not given up. */
  @Test
  @Order(5)
  void whenNobodyReadsImagesTheCommitWaits() {
    host.sh("systemctl mask --now --runtime systemd-portabled.service");
    image("app_2.portable.raw", "app.service", "fifth");
    clone.push();
    clone.sync(1);
    assertThat(said()).isEqualTo("says fourth");
    assertThat(host.sh("journalctl -o cat -u bitbuilder-activate.service"))
        .contains("systemd-portabled cannot be asked");
    host.sh("systemctl unmask --runtime systemd-portabled.service");
    host.sh("systemctl start --wait bitbuilder-compile.service; bitbuilder sync");
    host.eventually(
        Duration.ofSeconds(30), "journalctl -o cat -t app-of-image | grep -qx 'says fifth'");
  }

  @Test
  @Order(6)
  void itIsThereAfterARebootAsPartOfTheBoot() {
    host.reboot();
    host.eventually(Duration.ofSeconds(30), "systemctl is-active -q app.service");
    assertThat(said()).isEqualTo("says fifth");
    assertThat(host.sh("systemctl show -P ActiveState systemd-portabled.service"))
        .isEqualTo("inactive");
    site.waitFor("acme", "web");
  }

  @Test
  @Order(7)
  void whatIsRemovedIsGone() {
    host.sh("rm -r /srv/w/services /srv/w/units");
    clone.push();
    assertThat(clone.sync(0)).contains("no units or extensions of the host any more");
    assertThat(show("LoadState")).isEqualTo("not-found");
    assertThat(host.failedUnits()).isEmpty();
    host.eventually(Duration.ofSeconds(30), "! losetup -ln -O BACK-FILE | grep -q portable.raw");
  }
}
