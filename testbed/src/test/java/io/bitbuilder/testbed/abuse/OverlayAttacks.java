package io.bitbuilder.testbed.abuse;

import static io.bitbuilder.testbed.abuse.HostileRepository.EXECUTABLE;
import static io.bitbuilder.testbed.abuse.HostileRepository.FILE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/** What overlays may hold. */
final class OverlayAttacks {
  private static final String OVERLAY = "containers/app/rootfs-overlay";

  private OverlayAttacks() {}

  static List<Attack> links() {
    return List.of(
        overlay(
            "absolute",
            "idea 3",
            "a link to /etc/canary",
            "! cat etc/l",
            r -> r.link(OVERLAY + "/etc/l", "/etc/canary-open")),
        overlay(
            "up",
            "idea 3",
            "a link up twelve directories",
            "! cat etc/l",
            r -> r.link(OVERLAY + "/etc/l", "../".repeat(12) + "etc/canary-open")),
        overlay(
            "chain",
            "idea 3",
            "41 links to each other, the last to /etc/canary",
            "! cat etc/l0",
            OverlayAttacks::chain),
        overlay(
            "loop",
            "idea 3",
            "a link to itself",
            "test -L etc/l",
            r -> r.link(OVERLAY + "/etc/l", "l")),
        overlay(
            "top",
            "CVE-2025-9566",
            "the overlay's /etc is a link to the host's",
            "! cat etc/canary-open",
            r -> r.link(OVERLAY + "/etc", "/run/host/etc")),
        overlay(
            "var",
            "CVE-2025-9566",
            "the overlay's /srv is a link to /var/lib/tenants",
            "! ls srv/innocent",
            r -> r.link(OVERLAY + "/srv", "/var/lib/tenants")),
        overlay(
            "escape",
            "idea 49",
            "the target of a link clears the screen",
            "test -L etc/l",
            r -> r.link(OVERLAY + "/etc/l", "\u001b[2J\u202e")),
        overlay(
            "preload",
            "CVE-2022-4122",
            "etc/ld.so.preload names a library",
            "test -f etc/ld.so.preload",
            r -> r.file(OVERLAY + "/etc/ld.so.preload", "/etc/evil.so\n")),
        overlay(
            "units",
            "idea 19",
            "a unit file in the overlay",
            "test -f etc/systemd/system/evil.service",
            r ->
                r.file(
                    OVERLAY + "/etc/systemd/system/evil.service",
                    "[Service]\nExecStart=/bin/touch /etc/evil\n")));
  }

  static List<Attack> names() {
    return List.of(
        overlay(
            "whiteout",
            "CVE-2026-48749",
            "names that mean something to overlayfs",
            "test -f etc/.wh.passwd",
            r -> r.file(OVERLAY + "/etc/.wh.passwd", "").file(OVERLAY + "/etc/.wh..wh..opq", "")),
        mode("setuid", "CVE-2025-64507", "a file of mode 104755", "104755", false),
        mode("world", "CVE-2025-64507", "a file of mode 100666", "100666", false),
        mode("device", "idea 3", "an entry with the mode of a device", "060644", true),
        mode("fifo", "idea 3", "an entry with the mode of a FIFO", "10644", true),
        name("newline", "CVE-2026-23953", "a line end in a name", "a\n[Service]\nExecStart=x"),
        name("escape", "idea 49", "an escape sequence in a name", "a\u001b[2J"),
        name("rtl", "idea 49", "a right-to-left mark in a name", "a\u202eb"),
        name("separator", "idea 13", "U+2028 in a name", "a\u2028b"),
        name("long", "idea 3", "a name of 4 KiB", "n".repeat(4096)),
        Attack.refused(
            "overlay-name-bytes",
            "t7450",
            "a name that is not UTF-8",
            "BB501",
            "UTF-8",
            r -> r.at(OVERLAY).raw("caf\u00e9".getBytes(ISO_8859_1), FILE, r.blob("x"))),
        Attack.refused(
            "overlay-deep",
            "idea 9",
            "40 directories in each other",
            "BB504",
            "nested too deep",
            r -> r.file(OVERLAY + "/d".repeat(40) + "/f", "x")));
  }

  /** Looked at from inside, where the host's files must not be. */
  private static Attack overlay(
      String id, String source, String what, String check, Attack.Maker maker) {
    return Attack.inert(
        "overlay-" + id,
        source,
        what,
        check,
        r -> {
          r.file("containers/app/config.yaml", Attack.RUNNING);
          maker.make(r);
        });
  }

  /** Only whether it can be run is taken from a mode. */
  private static Attack mode(String id, String source, String what, String mode, boolean refused) {
    if (!refused) {
      return overlay(
          id,
          source,
          what,
          "test \"$(stat -c %a etc/f)\" = " + (mode.endsWith("755") ? "755" : "644"),
          r -> r.at(OVERLAY + "/etc").entry("f", mode, r.blob("#!/bin/sh\n")));
    }
    return Attack.refused(
        "overlay-" + id,
        source,
        what,
        "BB501",
        "the repository is damaged",
        r -> r.at(OVERLAY).entry("f", mode, r.blob("#!/bin/sh\n")));
  }

  private static Attack name(String id, String source, String what, String name) {
    return Attack.refused(
        "overlay-name-" + id,
        source,
        what,
        "BB210",
        // A name that nobody could have is not shown.
        name.length() > 255 ? "rootfs-overlay" : "rootfs-overlay/" + name.charAt(0),
        r -> r.at(OVERLAY).entry(name, EXECUTABLE, r.object("blob", "x".getBytes(UTF_8))));
  }

  private static void chain(HostileRepository r) {
    for (int i = 0; i < 41; i++) {
      r.link(OVERLAY + "/etc/l" + i, i == 40 ? "/etc/canary-open" : "l" + (i + 1));
    }
  }
}
