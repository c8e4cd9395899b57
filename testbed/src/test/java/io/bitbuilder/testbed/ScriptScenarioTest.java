package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Scripts run inside the infrastructure instance, in their order, and their failure is a verdict.
 */
@Tag("scenario")
final class ScriptScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("script");

  private static final String PRE = "scripts/pre-provision.sh";
  private static final String POST = "scripts/post-provision.sh";
  private static final String HEALTH = "scripts/health-check.sh";

  /** The files it leaves say that it ran, where, and as whom. */
  private static final Tree GOOD =
      Tree.tenant("acme")
          .idle("web")
          .with(
              PRE,
              "#!/bin/sh\necho before $BITBUILDER_TENANT; id -u >/root/pre; hostname >>/root/pre; [ ! -e /root/fail ]\n")
          .with(POST, "#!/bin/sh\ntest -s /root/pre && echo after >>/root/post\n")
          .with(HEALTH, "#!/bin/sh\ntest -s /root/post && echo x >>/root/health\n");

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  @BeforeAll
  static void scriptsRun() {
    Site site = SCENE.site();
    site.push("acme", "scripts", GOOD);
    site.push("other", "first", Tree.tenant("other").idle("db"));
    site.register("acme", "other").publish();
    site.sync(0);
    String pre = Site.scriptUnit("acme", "pre-provision");
    times =
        List.of(
            began(Site.unit("acme", "infra"), "ActiveEnterTimestampMonotonic"),
            began(pre, "ExecMainStartTimestampMonotonic"),
            began(pre, "ActiveEnterTimestampMonotonic"),
            began(Site.unit("acme", "web"), "InactiveExitTimestampMonotonic"),
            began(Site.unit("acme", "web"), "ActiveEnterTimestampMonotonic"),
            began(Site.scriptUnit("acme", "post-provision"), "ExecMainStartTimestampMonotonic"));
  }

  private static List<Long> times = List.of();

  private String commit() {
    return site.tenant("acme").at("generation", "commit").text();
  }

  /** Back to where the tests start from. */
  private void settle() {
    site.push("acme", "settle", GOOD);
    site.sync(0);
    assertThat(site.tenant("acme").at("state").text()).isEqualTo("running");
    host.succeeds("sh", "-c", "systemctl reset-failed 'tenant-script@*' || :");
  }

  private static long began(String unit, String property) {
    return Long.parseLong(SCENE.host().sh("systemctl show -P \"$2\" \"$1\"", unit, property));
  }

  @Test
  void theyRunInOrderAndAsNobodyOfTheHosts() {
    assertThat(site.within("acme", "infra", "cat /root/pre")).isEqualTo("0\ninfra");
    assertThat(site.within("acme", "infra", "sort -u /root/post; test -s /root/health"))
        .isEqualTo("after");
    assertThat(times).isSorted();
    assertThat(host.succeeds("bitbuilder", "logs", "acme/pre-provision")).contains("before acme");
    assertThat(host.sh("journalctl TENANT=acme -o cat")).contains("before acme");
    assertThat(host.succeeds("bitbuilder", "describe", "acme"))
        .containsPattern("pre-provision +script +active");
  }

  @Test
  void aFailingFirstScriptKeepsNewGuestsDownAndTheOldGenerationUp() {
    String good = commit();
    SortedMap<String, String> before = site.invocations();
    String bad =
        site.push(
            "acme", "no", GOOD.idle("more").with(PRE, "#!/bin/sh\necho no room >&2; exit 3\n"));
    assertThat(site.sync(5)).contains("pre\\x2dprovision", "failed");
    assertThat(commit()).isEqualTo(good);
    SortedMap<String, String> after = site.invocations();
    assertThat(after.get(Site.unit("acme", "web"))).isEqualTo(before.get(Site.unit("acme", "web")));
    assertThat(after).doesNotContainKey(Site.unit("acme", "more"));
    assertThat(host.sh("journalctl -o cat -u \"$1\"", Site.unit("acme", "more")))
        .doesNotContain("Started");
    assertThat(host.succeeds("bitbuilder", "logs", "acme/pre-provision"))
        .contains("no room", "failed with exit status 3");
    assertThat(site.json("describe", "acme").at("refused").toString()).contains(bad);
    settle();
  }

  @Test
  void aFailingHealthScriptRollsEverythingBack() {
    String good = commit();
    site.push("acme", "ill", GOOD.idle("more").with(HEALTH, "#!/bin/sh\necho ill; exit 1\n"));
    assertThat(site.sync(5)).contains("health-check.sh");
    assertThat(commit()).isEqualTo(good);
    assertThat(site.tenant("acme").at("state").text()).isEqualTo("running");
    assertThat(site.invocations()).doesNotContainKey(Site.unit("acme", "more"));
    settle();
  }

  @Test
  void theLastScriptRunsAgainWhenAGuestHasChanged() {
    String runs = site.within("acme", "infra", "wc -l </root/post");
    String pre =
        host.sh("systemctl show -P InvocationID \"$1\"", Site.scriptUnit("acme", "pre-provision"));
    site.push("acme", "one more", GOOD.idle("more"));
    site.sync(0);
    assertThat(Integer.parseInt(site.within("acme", "infra", "wc -l </root/post")))
        .isEqualTo(Integer.parseInt(runs) + 1);
    assertThat(
            host.sh(
                "systemctl show -P InvocationID \"$1\"", Site.scriptUnit("acme", "pre-provision")))
        .isEqualTo(pre);
    settle();
  }

  @Test
  void aHostileScriptStaysInside() {
    String attempts =
        """
        #!/bin/sh
        # Each line of output is an attempt that came through.
        exec 2>/dev/null
        [ "$(cat /positive)" != control ] || echo positive control
        ls /var/lib/tenants/* && echo tenants
        cat /var/lib/bitbuilder/*.json && echo state
        ls /var/lib/bitbuilder/objects/* && echo repositories
        [ -S /run/systemd/io.systemd.Import ] && [ -e /etc/bitbuilder ] && echo host sockets
        mknod /root/sda b 8 0 && head -c 1 /root/sda && echo disk
        echo 1 >/proc/sys/kernel/sysrq && echo sysctl
        echo b >/proc/sysrq-trigger && echo sysrq
        mount -t ext4 /dev/vda /mnt && echo mount
        cat /proc/1/environ | grep -q testbed && echo init
        for pid in $(seq 1 400); do grep -qs bitbuilder /proc/$pid/cmdline && [ $pid != $$ ] && echo process $pid; done
        reboot -f && echo reboot
        unshare -U true && mount --bind / /mnt && ls /mnt/srv/git && echo bind
        echo done
        """;
    site.push("acme", "hostile", GOOD.with(POST, attempts));
    site.within("acme", "infra", "echo control >/positive");
    site.sync(0);
    String said =
        host.sh(
            "journalctl -o cat _SYSTEMD_UNIT=\"$1\" | grep -v '^before\\|^after'",
            Site.scriptUnit("acme", "post-provision"));
    assertThat(said.lines().toList()).containsExactly("positive control", "done");
    assertThat(site.tenant("other").at("state").text()).isEqualTo("running");
    settle();
  }

  @Test
  void aScriptThatNeverEndsOrWritesWithoutEndIsEnded() {
    String good = commit();
    SortedMap<String, String> before = site.invocations();
    site.push(
        "acme",
        "endless",
        GOOD.with(POST, "#!/bin/sh\nsleep 98765 & while :; do echo yes yes yes; done\n"));
    assertThat(site.sync(5)).contains("post");
    assertThat(commit()).isEqualTo(good);
    host.eventually(Duration.ofSeconds(20), "! pgrep -f 'sleep 9876[5]'");
    // The journal took some thousand lines of it and no more.
    assertThat(
            Integer.parseInt(
                host.sh(
                    "journalctl -o cat _SYSTEMD_UNIT=\"$1\" | grep -c 'yes yes' || :",
                    Site.scriptUnit("acme", "post-provision"))))
        .isBetween(100, 30_000);
    assertThat(site.invocations().get(Site.unit("other", "db")))
        .isEqualTo(before.get(Site.unit("other", "db")));
    settle();
  }

  @Test
  void whatItSaysIsThereAtOnceAndOfAllItSaysAMebibyte() {
    String unit = Site.scriptUnit("acme", "post-provision");
    String loud =
        "#!/bin/sh\necho early; head -c 3000000 /dev/zero | tr '\\0' x; sleep 98764 || :\n";
    site.push("acme", "loud", GOOD.with(POST, loud));
    host.sh("systemd-run --quiet --unit=loud bitbuilder sync");
    host.eventually(
        Duration.ofMinutes(1),
        "journalctl -o cat _SYSTEMD_UNIT=\"$1\" | grep -q early && pgrep -f 'sleep 9876[4]'",
        unit);
    host.succeeds("pkill", "-f", "sleep 9876[4]");
    host.eventually(
        Duration.ofMinutes(1),
        "journalctl -o cat _SYSTEMD_UNIT=\"$1\" | grep -q 'said more than 1 MiB'",
        unit);
    assertThat(
            Integer.parseInt(
                host.sh("journalctl -o cat _SYSTEMD_UNIT=\"$1\" | tr -dc x | wc -c", unit)))
        .isBetween(1_000_000, 1_100_000);
    host.eventually(Duration.ofMinutes(1), "! systemctl is-active -q loud.service");
    settle();
  }

  @Test
  void aFirstScriptThatFailsAtALaterBootKeepsNobodyDown() {
    String unit = Site.scriptUnit("acme", "pre-provision");
    host.allowFailed(unit);
    site.within("acme", "infra", "touch /root/fail");
    host.reboot();
    site.waitFor("acme", "web");
    host.eventually(Duration.ofSeconds(20), "systemctl is-failed \"$1\"", unit);
    assertThat(host.exec("bitbuilder", "status").text()).contains("pre-provision is failed");
    site.within("acme", "infra", "rm /root/fail");
    host.succeeds("systemctl", "restart", unit);
    assertThat(site.tenant("acme").at("state").text()).isEqualTo("running");
  }
}
