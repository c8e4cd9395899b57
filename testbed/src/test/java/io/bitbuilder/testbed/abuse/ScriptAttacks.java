package io.bitbuilder.testbed.abuse;

import static io.bitbuilder.testbed.abuse.HostileRepository.EXECUTABLE;

import java.util.List;

/**
 * Scripts that look around and say more than they should. What needs limits that hold, such as a
 * fork bomb, is not for hosts that share the kernel and the process numbers of this machine.
 */
final class ScriptAttacks {
  private static final String LOOK =
      """
      #!/bin/sh
      ! cat /etc/canary /etc/canary-open /root/canary || exit 1
      ! ls /var/lib/tenants /var/lib/bitbuilder || exit 1
      ! grep -q innocent /proc/mounts /proc/net/dev || exit 1
      """;
  private static final String LOUD = "#!/bin/sh\nhead -c 50000000 /dev/zero | tr '\\0' x\n";
  private static final String FORGED = "#!/bin/sh\necho '<0>forged-priority'\n";

  private ScriptAttacks() {}

  static List<Attack> scripts() {
    return List.of(
        script(
            "look",
            "idea 35, CVE-2025-54290",
            "a script that looks for the host",
            "test \"$(bitbuilder status --json | grep -c script-look)\" -gt 0",
            LOOK),
        script(
            "loud",
            "idea 35",
            "a script that says 50 MB without a line end",
            "test \"$(journalctl -b -u 'tenant-script@script*loud*' -o cat | wc -c)\" -lt 10000000",
            LOUD),
        script(
            "forged",
            "idea 49",
            "a script that says something of the highest priority",
            "! journalctl -b -p emerg -o cat | grep forged-priority",
            FORGED));
  }

  private static Attack script(String id, String source, String what, String check, String text) {
    return Attack.inert(
        "script-" + id,
        source,
        what,
        check,
        r -> {
          r.root().without("containers");
          r.object("scripts/pre-provision.sh", EXECUTABLE, r.blob(text));
        });
  }
}
