package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What only a kernel of its own can show: limits that hold, and a disk that loses its power. */
@Tag("machine")
final class MachineTest {
  @RegisterExtension private static final Scene SCENE = new Scene("machine", Host.Option.MACHINE);

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  @BeforeAll
  static void twoTenantsRun() {
    Site site = SCENE.site();
    site.push("acme", "first", Tree.tenant("acme").idle("web"));
    site.push("other", "first", Tree.tenant("other").idle("db"));
    // Emulated, everything takes its time.
    site.config(Site.defaultConfig().replace("20s", "120s")).register("acme", "other").publish();
    site.sync(0);
  }

  @Test
  void doctorFindsNothing() {
    assertThat(host.exec("bitbuilder", "doctor")).extracting(Host.Output::exit).isEqualTo(0);
  }

  @Test
  void aTenantCannotHaveMoreThanItClaims() {
    String slice = host.sh("systemctl show -P Slice \"$1\"", Site.unit("acme", "web"));
    assertThat(Long.parseLong(host.sh("systemctl show -P MemoryCurrent \"$1\"", slice)))
        .isBetween(1L, 256L << 20);

    // tail keeps a file without line ends in memory: 64M fit, 512M do not.
    site.within("acme", "web", "head -c 64M /dev/zero | tail >/dev/null");
    assertThat(site.inside("acme", "web", "head -c 512M /dev/zero | tail >/dev/null").exit())
        .isNotZero();
    assertThat(host.sh("grep oom_kill' ' /sys/fs/cgroup/tenants.slice/\"$1\"/memory.events", slice))
        .isNotEqualTo("oom_kill 0");
    // The neighbour and the host did not notice.
    assertThat(site.container("other", "db").at("state").text()).isEqualTo("active");
    host.eventually(
        Duration.ofSeconds(60), "systemctl is-active --quiet \"$1\"", Site.unit("acme", "web"));
  }

  @Test
  void aPowerCutDuringActivationEndsInOneWholeGeneration() {
    String commit = site.push("acme", "power cut", Tree.tenant("acme").idle("web", "more"));
    host.sh("readlink /var/lib/bitbuilder/generations/current >/root/selection");
    host.sh("systemctl start --no-block bitbuilder-fetch.service");
    host.eventually(
        Duration.ofMinutes(2),
        "[ \"$(readlink /var/lib/bitbuilder/generations/current)\" != \"$(cat /root/selection)\" ]");
    host.powerCut();
    host.sh("systemctl stop bitbuilder-sync.timer");
    site.sync(0);
    assertThat(site.tenant("acme").at("generation", "commit").text()).isEqualTo(commit);
    assertThat(site.tenant("acme").at("state").text()).isEqualTo("running");
    assertThat(site.tenant("other").at("state").text()).isEqualTo("running");
  }
}
