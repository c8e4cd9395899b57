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

/** Images over /usr and /etc of the host come with a commit, change, go back and go with one. */
@Tag("scenario")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class HostExtensionsScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("hostext");

  private static final String HELLO =
      "[Service]\nExecStart=/usr/bin/hello\n[Install]\nWantedBy=multi-user.target\n";

  /** Makes an image: FILE KIND NAME-INSIDE ID WORD. The word is what /usr/bin/hello says. */
  private static final String IMAGE =
      """
      #!/bin/sh
      set -eu
      tree=$(mktemp -d)
      case $2 in
      sysext)
        mkdir -p "$tree/usr/bin" "$tree/usr/lib/extension-release.d"
        printf '#!/bin/sh\\necho "$0 says %s"\\nexec sleep infinity\\n' "$5" >"$tree/usr/bin/hello"
        chmod 755 "$tree/usr/bin/hello"
        echo "ID=$4" >"$tree/usr/lib/extension-release.d/extension-release.$3"
        # As large as what is read in pieces, and much the same each time: Git sends a difference.
        cp /srv/ballast "$tree/usr/lib/hello.ballast" ;;
      confext)
        mkdir -p "$tree/etc/extension-release.d"
        echo "$5" >"$tree/etc/hello.conf"
        echo "ID=$4" >"$tree/etc/extension-release.d/extension-release.$3" ;;
      esac
      chmod 755 "$tree"
      rm -f "$1"
      mkdir -p "${1%/*}"
      mksquashfs "$tree" "$1" -quiet -no-progress -all-root -noI -noD -noF >/dev/null
      rm -rf "$tree"
      """;

  private static final String EXTENSIONS = SystemClone.TOP + "extensions/";
  private static final String UNIT = SystemClone.TOP + "units/hello.service";

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();
  private final SystemClone clone = SystemClone.of(site);

  @BeforeAll
  static void aTenantRuns() {
    SystemClone.first(SCENE.site());
    Host host = SCENE.host();
    host.sh("head -c 12M /dev/urandom >/srv/ballast");
    host.write("/srv/image", IMAGE);
    host.sh("chmod 755 /srv/image");
  }

  private void image(String file, String inside, String id, String word) {
    String kind = file.contains(".confext.") ? "confext" : "sysext";
    host.succeeds("/srv/image", EXTENSIONS + file, kind, inside, id, word);
  }

  private void push() {
    clone.push();
  }

  private String sync(int status) {
    return clone.sync(status);
  }

  private String show(String property, String unit) {
    return host.sh("systemctl show -P \"$1\" \"$2\"", property, unit);
  }

  private String merged() {
    return host.sh(
        "for c in sysext confext; do systemd-$c status --json=short; done | grep -o '\"extensions\":\\[[^]]*\\]' | cut -d: -f2");
  }

  private String hello() {
    return host.sh("grep -o 'says [a-z]*' /usr/bin/hello");
  }

  @Test
  @Order(1)
  void aUnitRunsAProgramOfTheSameCommit() {
    // Somebody's own: it is neither merged nor touched by us, until something asks systemd to.
    host.sh("mkdir -p /var/lib/confexts");
    host.succeeds("/srv/image", "/var/lib/confexts/mine.raw", "confext", "mine", "debian", "mine");
    image("tools.sysext.raw", "tools", "debian", "first");
    host.write(UNIT, HELLO);
    host.write(EXTENSIONS + "README.md", "What is here\n");
    push();
    assertThat(sync(0)).contains("units and extensions of the host, generation 1");
    assertThat(show("ActiveState", "hello.service")).isEqualTo("active");
    assertThat(hello()).isEqualTo("says first");
    assertThat(merged()).contains("\"tools\"").doesNotContain("mine");
    assertThat(host.succeeds("bitbuilder", "status", "--json")).contains("\"tools.sysext.raw\"");
    assertThat(host.succeeds("bitbuilder", "log", "system")).contains("extensions of the host");
    assertThat(host.exec("bitbuilder", "doctor").text())
        .contains("1 files and 1 extensions, as the system repository has them");
  }

  @Test
  @Order(2)
  void anotherImageTakesItsPlaceAndUnitsAloneMergeNothing() {
    image("tools.sysext.raw", "tools", "debian", "second");
    push();
    assertThat(host.sh("cd /srv/w && bitbuilder plan --from=."))
        .contains("tools.sysext.raw", "another image");
    sync(0);
    assertThat(hello()).isEqualTo("says second");
    String since = host.sh("systemd-sysext status --json=short");
    String again = show("InvocationID", "bitbuilder-extensions.service");
    host.write(UNIT, HELLO + "# another\n");
    push();
    sync(0);
    assertThat(host.sh("systemd-sysext status --json=short")).isEqualTo(since);
    assertThat(show("InvocationID", "bitbuilder-extensions.service")).isEqualTo(again);
    assertThat(show("ActiveState", "hello.service")).isEqualTo("active");
  }

  @Test
  @Order(3)
  void whatSystemdDoesNotTakeIsRefusedWithWhatItSaysAndAllGoesBack() {
    String hello = show("InvocationID", "hello.service");
    host.sh("head -c 5000 /dev/urandom >\"$1\"", EXTENSIONS + "noise.sysext.raw");
    image("tools.sysext.raw", "tools", "debian", "third");
    host.write("/srv/w/units/other.service", HELLO);
    push();
    assertThat(sync(5)).contains("refused", "Failed to read metadata for image noise");
    assertThat(hello()).isEqualTo("says second");
    assertThat(show("InvocationID", "hello.service")).isEqualTo(hello);
    assertThat(show("LoadState", "other.service")).isEqualTo("not-found");
    assertThat(host.failedUnits()).isEmpty();
    assertThat(host.succeeds("bitbuilder", "status")).contains("refused", "noise");
    assertThat(host.succeeds("bitbuilder", "log", "system")).contains("refused", "returned");
    String since = host.sh("systemd-sysext status --json=short");
    sync(0);
    assertThat(host.sh("systemd-sysext status --json=short")).isEqualTo(since);
    // One that is made for another system, of which systemd itself says nothing.
    image("noise.sysext.raw", "noise", "fedora", "noise");
    push();
    assertThat(sync(5)).contains("noise.sysext.raw", "extension-release.noise");
    assertThat(hello()).isEqualTo("says second");
    // Mended with one on top of it.
    host.sh("rm \"$1\"", EXTENSIONS + "noise.sysext.raw");
    push();
    sync(0);
    assertThat(hello()).isEqualTo("says third");
    assertThat(show("ActiveState", "other.service")).isEqualTo("active");
  }

  @Test
  @Order(4)
  void whenAUnitFailsItsExtensionGoesBackToo() {
    image("tools.sysext.raw", "tools", "debian", "fourth");
    host.write(UNIT, HELLO.replace("/usr/bin/hello", "/bin/false"));
    push();
    assertThat(sync(5)).contains("hello.service");
    assertThat(hello()).isEqualTo("says third");
    assertThat(show("ActiveState", "hello.service")).isEqualTo("active");
    assertThat(host.failedUnits()).isEmpty();
    host.write(UNIT, HELLO);
    push();
    sync(0);
    assertThat(hello()).isEqualTo("says fourth");
  }

  @Test
  @Order(5)
  void aConfigurationIsMergedAndSomebodysOwnStays() {
    image("security.confext.raw", "security", "debian", "strict");
    push();
    sync(0);
    assertThat(merged()).contains("\"security\"", "\"mine\"", "\"tools\"");
    assertThat(host.exec("touch", "/etc/new").exit()).isNotZero();
    // There is one of this name, which is not ours to replace.
    image("mine.confext.raw", "mine", "debian", "ours");
    push();
    assertThat(sync(5)).contains("mine.confext.raw", "/var/lib/confexts/mine.raw");
    assertThat(host.sh("readlink /run/confexts/* /run/extensions/*").lines()).hasSize(2);
    host.sh("rm \"$1\"", EXTENSIONS + "mine.confext.raw");
    push();
    sync(0);
  }

  @Test
  @Order(6)
  void whatIsAmissIsToldWithItsPlace() {
    host.write(EXTENSIONS + "pointer.sysext.raw", "version https://git-lfs.github.com/spec/v1\n");
    host.write(EXTENSIONS + "notes.txt", "no image\n");
    host.write(EXTENSIONS + "bitbuilder.sysext.raw", "no image\n");
    push();
    assertThat(sync(3))
        .contains("extensions/pointer.sysext.raw", "BB103", "Git LFS")
        .contains("extensions/notes.txt", "BB207", "extensions/bitbuilder.sysext.raw");
    host.sh("cd \"$1\" && rm pointer* notes.txt bitbuilder*", EXTENSIONS);
    push();
    sync(0);
    // Who takes them away, or puts one in front.
    host.sh("rm /run/confexts/security.raw; mkdir -p /etc/nothing 2>/dev/null || :");
    assertThat(host.exec("bitbuilder", "doctor").text())
        .contains("BB709", "/run/confexts/security.raw is not there");
    host.sh("systemctl restart bitbuilder-extensions.service");
    assertThat(host.exec("bitbuilder", "doctor").text()).doesNotContain("BB709");
  }

  /** As if the process was killed between the switch and the merge: the next run takes it up. */
  @Test
  @Order(7)
  void whatWasCutShortIsTakenUp() {
    image("tools.sysext.raw", "tools", "debian", "fifth");
    push();
    host.sh(
        "mkdir -p /run/systemd/system/bitbuilder-extensions.service.d; printf '[Service]\\nExecStartPre=/bin/sleep 30\\n'"
            + " >/run/systemd/system/bitbuilder-extensions.service.d/slow.conf; systemctl daemon-reload");
    host.sh(
        """
        systemctl start --wait bitbuilder-fetch.service
        until [ "$(systemctl show -P SubState bitbuilder-extensions.service)" = start-pre ]; do sleep 0.1; done
        systemctl kill --signal=KILL --kill-whom=all bitbuilder-activate.service
        rm -r /run/systemd/system/bitbuilder-extensions.service.d
        systemctl daemon-reload
        systemctl kill --signal=KILL bitbuilder-extensions.service\
        """);
    host.eventually(Duration.ofSeconds(30), "grep -q 'says fifth' /usr/bin/hello");
    host.eventually(
        Duration.ofSeconds(30),
        "! grep -q flight /var/lib/bitbuilder/generations/system/standing.json");
    assertThat(host.failedUnits()).isEmpty();
  }

  @Test
  @Order(8)
  void theyAreThereAfterAReboot() {
    host.reboot();
    host.eventually(Duration.ofSeconds(30), "systemctl is-active -q hello.service");
    assertThat(merged()).contains("\"security\"", "\"mine\"", "\"tools\"");
    assertThat(hello()).isEqualTo("says fifth");
    assertThat(host.read("/etc/hello.conf")).isIn("strict\n", "mine\n");
    // Before sysinit.target, so before whatever may need them.
    assertThat(
            host.sh(
                "[ $(systemctl show -P ActiveEnterTimestampMonotonic bitbuilder-extensions.service) -lt"
                    + " $(systemctl show -P ActiveEnterTimestampMonotonic sysinit.target) ] && echo before"))
        .isEqualTo("before");
    site.waitFor("acme", "web");
  }

  @Test
  @Order(9)
  void whatIsRemovedIsGone() {
    host.sh("rm -r /srv/w/extensions /srv/w/units");
    push();
    assertThat(sync(0)).contains("no units or extensions of the host any more");
    assertThat(merged()).contains("\"mine\"").doesNotContain("tools", "security");
    assertThat(host.sh("ls -A /run/extensions /run/confexts")).doesNotContain("tools", "security");
    assertThat(host.sh("ls /var/lib/confexts")).isEqualTo("mine.raw");
    assertThat(host.exec("test", "-e", "/usr/bin/hello").exit()).isNotZero();
    assertThat(host.failedUnits()).isEmpty();
    host.sh("rm /var/lib/confexts/mine.raw; systemctl reload systemd-confext.service");
    host.sh("touch /etc/new");
  }

  @Test
  @Order(10)
  void whatAnImageShipsIsMergedAtBoot() {
    host.succeeds(
        "/srv/image",
        "/usr/lib/extensions/vendor.sysext.raw",
        "sysext",
        "vendor",
        "debian",
        "vendor");
    host.reboot();
    assertThat(merged()).contains("\"vendor\"");
    assertThat(hello()).isEqualTo("says vendor");
    host.sh("/usr/lib/bitbuilder/extensions stop");
    assertThat(merged()).doesNotContain("vendor");
  }
}
