package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What only a kernel of its own can show: limits that hold, and a disk that loses its power. */
@Tag("machine")
final class MachineTest {
  @RegisterExtension private static final Scene SCENE = new Scene("machine", Host.Option.MACHINE);

  /** Takes a file of its own out of the project it is counted in (FS_IOC_FSSETXATTR): EINVAL. */
  private static final String ESCAPE =
      """
      perl -e 'open F, "<", "/root/fill" or die; my $b = "\\0" x 28; ioctl(F, 0x801c581f, $b) or die $!;
        die "no project" unless unpack("L", substr($b, 12, 4));
        substr($b, 12, 4) = pack("L", 0); print ioctl(F, 0x401c5820, $b) ? 0 : $! + 0'\
      """;

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  @BeforeAll
  static void twoTenantsRun() {
    Site site = SCENE.site();
    site.push("acme", "first", acme("64M"));
    site.push("other", "first", Tree.tenant("other").idle("db"));
    site.push(
        "busy",
        "first",
        Tree.tenant("busy", "{\"cpu\": 0.2, \"memory\": \"256M\", \"storage\": \"64M\"}")
            .with("infrastructure/resource-limits.yaml", "tasks: 64\n")
            .idle("loop"));
    // Emulated, everything takes its time.
    site.config(Site.defaultConfig().replace("20s", "120s"))
        .register("acme", "other")
        .register("busy")
        .publish();
    site.sync(0);
  }

  private static Tree acme(String storage) {
    return Tree.tenant(
            "acme", "{\"cpu\": 1, \"memory\": \"256M\", \"storage\": \"%s\"}".formatted(storage))
        .idle("web");
  }

  /** The neighbour does not notice: it runs, writes, and starts programs. */
  private void theNeighbourGoesOn() {
    assertThat(site.container("other", "db").at("state").text()).isEqualTo("active");
    site.within("other", "db", "head -c 4M /dev/zero >/root/x; sh -c :; rm /root/x");
    host.sh("head -c 4M /dev/zero >/var/tmp/x; rm /var/tmp/x");
  }

  private static String cgroup(String tenant) {
    return "/sys/fs/cgroup/tenants.slice/tenants-" + tenant + ".slice";
  }

  @Test
  void doctorFindsThatLimitsAreHeld() {
    assertThat(host.exec("bitbuilder", "doctor")).extracting(Host.Output::exit).isEqualTo(0);
    Json examined = site.json("doctor").at("examined");
    assertThat(examined.where("what", "limits").at("state").text()).isEqualTo("ok");
    assertThat(examined.where("what", "storage").at("state").text()).isEqualTo("ok");
    for (String kind : List.of("memory", "tasks", "cpuMillis", "storage")) {
      Json limit = site.json("describe", "busy").at("limits", kind);
      assertThat(limit.at("state").text()).as(kind).isEqualTo("held");
    }
  }

  @Test
  void processesEndAtTheLimitOfTasks() {
    // The shell gives up when it cannot fork any more; what it started stays for a while.
    String bomb = "for i in $(seq 500); do sleep 60 >/dev/null 2>&1 & done";
    assertThat(site.inside("busy", "loop", bomb).exit()).isNotZero();
    assertThat(host.sh("cat \"$1\"/pids.peak", cgroup("busy"))).isEqualTo("64");
    assertThat(host.sh("grep max \"$1\"/pids.events", cgroup("busy"))).isNotEqualTo("max 0");
    theNeighbourGoesOn();
    assertThat(site.container("busy", "loop").at("state").text()).isEqualTo("active");
    host.eventually(
        Duration.ofMinutes(4), "[ \"$(cat \"$1\"/pids.current)\" -lt 20 ]", cgroup("busy"));
  }

  @Test
  void aBusyLoopGetsItsShareOfAProcessor() {
    String used = "sed -n 's/^usage_usec //p' " + cgroup("busy") + "/cpu.stat";
    String[] seen =
        host.sh(
                """
                leader=$(machinectl show -P Leader loop.busy)
                nsenter --target "$leader" --all --join-cgroup --root timeout 30 sh -c 'while :; do :; done' &
                sleep 5
                before=$(%s); begin=$(date +%%s%%6N)
                sleep 20
                after=$(%s); end=$(date +%%s%%6N)
                echo $((after - before)) $((end - begin))\
                """
                    .formatted(used, used))
            .split(" ", -1);
    double share = Double.parseDouble(seen[0]) / Double.parseDouble(seen[1]);
    assertThat(share).isBetween(0.1, 0.25);
  }

  @Test
  void aFullTenantCannotWriteAndItsNeighbourCan() {
    String started = site.invocation("acme", "web");
    assertThat(site.within("acme", "web", "df -k / | tail -n 1")).matches(".* 65536 .*");
    Host.Output filled = site.inside("acme", "web", "head -c 200M /dev/zero >/root/fill");
    assertThat(filled.exit()).isNotZero();
    assertThat(filled.text()).contains("Disk quota exceeded");
    Json storage = site.json("describe", "acme").at("limits", "storage");
    assertThat(storage.at("kernel").text()).isEqualTo("67108864");
    assertThat(storage.at("used").text()).isEqualTo("67108864");
    assertThat(host.succeeds("bitbuilder", "describe", "acme"))
        .contains("storage     64M of 64M, full: nothing more can be written");
    theNeighbourGoesOn();
    assertThat(site.within("acme", "web", ESCAPE)).isEqualTo("22");

    site.push("acme", "more", acme("96M"));
    site.sync(0);
    assertThat(site.invocation("acme", "web")).isEqualTo(started);
    site.within("acme", "web", "head -c 16M /dev/zero >/root/more");

    acme("64M").files().forEach((path, text) -> host.write("/root/less/" + path, text));
    assertThat(host.succeeds("bitbuilder", "plan", "--from=/root/less")).contains("warning[BB410]");
    // Less than there is: nothing is lost, and nothing more can be written until there is room.
    site.push("acme", "less", acme("64M"));
    site.sync(0);
    assertThat(site.invocation("acme", "web")).isEqualTo(started);
    assertThat(site.within("acme", "web", "stat -c %s /root/more")).isEqualTo("16777216");
    assertThat(site.inside("acme", "web", "head -c 1M /dev/zero >/root/again").exit()).isNotZero();
    host.sh("systemctl restart \"$1\"", Site.unit("acme", "web"));
    site.within("acme", "web", "rm /root/fill; head -c 1M /dev/zero >/root/again; rm /root/*");
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
    String commit = site.push("acme", "power cut", acme("64M").idle("more"));
    host.sh("readlink /var/lib/bitbuilder/generations/current >/root/selection");
    // The repositories are somebody else's, who does not lose his power.
    host.sh("sync; systemctl start --no-block bitbuilder-fetch.service");
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
