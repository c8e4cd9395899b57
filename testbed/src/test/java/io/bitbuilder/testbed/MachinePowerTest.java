package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole host loses its power while a machine is provisioned, at different moments. The guest
 * need not come up here, where it would be emulated by what is emulated itself: QEMU runs or not.
 */
@Tag("machine")
final class MachinePowerTest {
  @RegisterExtension private static final Scene SCENE = new Scene("power", Host.Option.MACHINE);

  private static final String DATA = "/var/lib/tenants/acme/machines/db";

  private static final String DB =
      """
      image: guest
      memory: 128M
      disk: 1G
      firmware: none
      volumes: [{name: data, size: 10M}]
      """;

  private static final Tree WITHOUT =
      Tree.tenant("acme", "{\"cpu\": 1, \"memory\": \"512M\", \"storage\": \"3G\"}").idle("web");

  /** Makes moments of a script long enough to be met; gone with the power. */
  private static final String SLOW_MOVES =
      """
      mkdir -p /run/slow /run/systemd/system/tenant-disk@.service.d
      printf '#!/bin/sh\\nsleep 3\\n/usr/bin/mv "$@"\\nsleep 3\\n' >/run/slow/mv
      chmod 755 /run/slow/mv
      printf '[Service]\\nEnvironment=PATH=/run/slow:/usr/sbin:/usr/bin\\n' \
        >/run/systemd/system/tenant-disk@.service.d/slow.conf
      systemctl daemon-reload\
      """;

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  @BeforeAll
  static void aContainerRuns() {
    GuestImage image = GuestImage.build().copyTo(SCENE.host());
    // Nobody is up to answer the power button.
    SCENE
        .host()
        .write(
            "/etc/systemd/system/tenant-machine@.service.d/quick.conf",
            "[Service]\nTimeoutStopSec=5s\n");
    SCENE.site().push("acme", "a container", WITHOUT);
    SCENE
        .site()
        .config(Site.defaultConfig().replace("20s", "240s") + "images:\n" + image.catalogue())
        .register("acme")
        .publish();
    SCENE.site().sync(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Its kernel is there, only just written, and its disk is being copied and unpacked.
        "ls /var/lib/bitbuilder/images/*.file",
        // The new generation is switched to.
        "ls -d /var/lib/bitbuilder/generations/current/units/tenant-machine@*",
        // The disk is copied beside; is complete; is in its place, and its papers are not.
        "[ $(stat -c %b " + DATA + "/disk.new) -gt 100000 ]",
        "[ -e " + DATA + "/config.new/complete ] && [ -e " + DATA + "/disk.new ]",
        "[ -e " + DATA + "/config.new/complete ] && [ -e " + DATA + "/disk.raw ]",
        "systemctl is-active --quiet tenant-machine@acme-db.service"
      })
  void thePowerIsCut(String moment) {
    host.sh(SLOW_MOVES);
    String good = commit();
    String next = site.push("acme", "a machine", WITHOUT.machine("db", DB));
    // The repositories are somebody else's, who does not lose his power.
    host.sh("sync; systemctl start --no-block bitbuilder-fetch.service");
    // A loop of the host's own: the moment may be short.
    host.sh(
        "for i in $(seq 6000); do if "
            + moment
            + " >/dev/null 2>&1; then exit 0; fi; sleep 0.05; done; exit 1");
    host.powerCut();

    // One or the other, before anybody mends anything, and the neighbour in any case.
    assertThat(commit()).isIn(good, next);
    host.eventually(
        Duration.ofMinutes(3), "systemctl is-active --quiet \"$1\"", Site.unit("acme", "web"));
    site.sync(0);
    assertThat(commit()).isEqualTo(next);
    assertThat(site.machine("acme", "db").at("state").text()).isEqualTo("active");
    assertThat(
            host.sh("cd \"$1\"; ls; stat -c %s disk.raw volumes/data.raw", DATA).lines().toList())
        .containsExactly("config", "disk.raw", "state", "volumes", "1073741824", "10485760");
    theImageIsWhole();

    site.push("acme", "no machine", WITHOUT);
    site.sync(0);
    host.sh(
        "rm -rf \"$1\" /var/lib/bitbuilder/images/[0-9a-f]*; systemctl reset-failed \"$2\" || :",
        DATA,
        Site.machineUnit("acme", "db"));
  }

  private String commit() {
    return site.tenant("acme").at("generation", "commit").text();
  }

  /** What is named by its digest has it, and the machine has what is there. */
  private void theImageIsWhole() {
    host.sh(
        """
        cd /var/lib/bitbuilder/images
        for file in *.file; do [ "$(sha256sum <"$file" | cut -d' ' -f1)" = "${file%.file}" ]; done
        # The guest may have written since, but not what it was started with.
        for name in kernel initrd; do
          sum=$(sha256sum <"$1/config/$name" | cut -d' ' -f1)
          [ -e "$sum.file" ]
        done
        [ -e "$(cat "$1/config/image").raw" ]
        # Its first partition, a file system the guest does not mount, is as it was made.
        zstd -dqc /srv/images/guest/disk.raw.zst | cmp -n 33554432 -i 2097152 - "$1/disk.raw"\
        """,
        DATA);
  }
}
