package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Activation may end at any step; afterwards the host runs one whole generation. */
@Tag("scenario")
final class CrashScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("crash");

  /** Runs activation by hand and kills it after so many of its log lines or state changes. */
  private static final String KILL_WHEN =
      """
      systemctl start --no-block bitbuilder-activate.service
      deadline=$(($(date +%s) + 30))
      until sh -c "$1"; do
        [ "$(date +%s)" -lt "$deadline" ] || { echo 'never seen'; exit 1; }
      done
      systemctl kill --signal=KILL bitbuilder-activate.service 2>/dev/null || :
      until [ "$(systemctl show -P ActiveState bitbuilder-activate.service)" != activating ]; do sleep 0.05; done
      systemctl show -P Result bitbuilder-activate.service\
      """;

  private static int round;

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  @BeforeAll
  static void tenantsRun() {
    Site site = SCENE.site();
    site.push("acme", "first", acme());
    site.push("other", "first", Tree.tenant("other").idle("db"));
    site.register("acme", "other").publish();
    site.sync(0);
    SCENE.host().allowFailed("bitbuilder-activate.service");
  }

  /** A generation that differs from every one before: a container is restarted, one is new. */
  private static Tree acme() {
    round++;
    String slow =
        Tree.IDLE
            + """
            environment: {ROUND: "%d"}
            health:
              checks:
                - {exec: [/usr/bin/test, -e, /run/well], interval: 100ms, timeout: 1s}
            """
                .formatted(round);
    return Tree.tenant("acme")
        .container("web", slow.replace("sleep infinity", "touch /run/well; sleep infinity"))
        .idle("c" + round);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // as soon as the process exists
        "[ \"$(systemctl show -P MainPID bitbuilder-activate.service)\" != 0 ]",
        // the journal of activation is written
        "[ -s /var/lib/bitbuilder/journal.json ]",
        // the switch has happened
        "[ \"$(readlink /var/lib/bitbuilder/generations/current)\" != \"$(cat /tmp/selection)\" ]",
        // the new container is on its way
        "[ \"$(systemctl show -P ActiveState \"$(cat /tmp/unit)\")\" != inactive ]"
      })
  void killedActivationIsFinishedByTheNext(String when) {
    String commit = site.push("acme", "round", acme());
    String unit = Site.unit("acme", "c" + round);
    SortedMap<String, String> before = site.invocations();
    host.write("/tmp/unit", unit);
    host.sh("readlink /var/lib/bitbuilder/generations/current >/tmp/selection");
    host.sh("systemctl start bitbuilder-fetch.service");
    // compile starts activate by itself; here it must not, so that the kill hits what it should
    // (nor may its timer, which fires soon after boot and would fail on the mask).
    host.sh("systemctl stop bitbuilder-activate.timer");
    host.sh("systemctl mask --runtime --now --quiet bitbuilder-activate.service");
    host.sh("systemctl start bitbuilder-compile.service");
    host.sh("systemctl unmask --runtime --quiet bitbuilder-activate.service");

    host.sh(KILL_WHEN, when);
    host.sh("systemctl reset-failed bitbuilder-activate.service || :");
    site.sync(0);

    assertThat(site.tenant("acme").at("generation", "commit").text()).isEqualTo(commit);
    assertThat(site.tenant("acme").at("generation", "verdict").text()).isEqualTo("healthy");
    assertThat(site.container("acme", "c" + round).at("state").text()).isEqualTo("active");
    assertThat(
            host.sh(
                """
                leader=$(machinectl show -P Leader web.acme)
                for pid in $leader $(cat "/proc/$leader/task/$leader/children"); do
                  tr '\\0' '\\n' <"/proc/$pid/environ"
                done\
                """))
        .contains("ROUND=" + round);
    assertThat(site.invocations())
        .containsEntry(Site.unit("other", "db"), before.get(Site.unit("other", "db")))
        .hasSize(3);
  }

  @Test
  void powerCutDuringActivationEndsInOneWholeGeneration() {
    String commit = site.push("acme", "power cut", acme());
    host.sh("readlink /var/lib/bitbuilder/generations/current >/tmp/selection");
    host.sh("systemctl start --no-block bitbuilder-fetch.service");
    host.eventually(
        Duration.ofSeconds(40),
        "[ \"$(readlink /var/lib/bitbuilder/generations/current)\" != \"$(cat /tmp/selection)\" ]");
    host.powerCut();
    host.sh("systemctl stop bitbuilder-sync.timer");
    site.sync(0);
    assertThat(site.tenant("acme").at("generation", "commit").text()).isEqualTo(commit);
    assertThat(site.tenant("acme").at("state").text()).isEqualTo("running");
    assertThat(site.tenant("other").at("state").text()).isEqualTo("running");
    assertThat(site.invocations()).hasSize(3);
  }

  @Test
  void aFullDiskFreezesEverythingAndNothingStops() {
    SortedMap<String, String> before = site.invocations();
    String good = site.tenant("acme").at("generation", "commit").text();
    // The file system of generations and staging alone gets too small; the machine's disk does not.
    host.sh(
        """
        cd /var/lib/bitbuilder
        mount -t tmpfs -o size=16k,mode=750 full staging
        chown bitbuilder-compile:bitbuilder-compile staging
        head -c 100M /dev/zero >staging/.filler 2>/dev/null || :\
        """);
    host.allowFailed("bitbuilder-compile.service");
    String commit = site.push("acme", "does not fit", acme());
    assertThat(site.sync().exit()).isNotZero();
    assertThat(site.invocations()).isEqualTo(before);
    assertThat(site.tenant("acme").at("generation", "commit").text()).isEqualTo(good);

    host.sh("umount /var/lib/bitbuilder/staging");
    site.sync(0);
    assertThat(site.tenant("acme").at("generation", "commit").text()).isEqualTo(commit);
  }
}
