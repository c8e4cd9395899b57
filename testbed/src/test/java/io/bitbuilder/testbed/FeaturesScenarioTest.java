package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every key of a container does what its reference says. */
@Tag("scenario")
final class FeaturesScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("features");

  private static final String LOOP =
      "command: [/bin/sh, -c, \"trap 'exit 0' TERM; sleep infinity & wait\"]\n";
  private static final Tree ACME =
      Tree.tenant("acme")
          .container(
              "os",
              """
              image: host
              boot: true
              environment: {COLOUR: "red and $BLUE 100%"}
              credentials: {token: token}
              health:
                checks:
                  - unit: multi-user.target
              """)
          .with("containers/os/rootfs-overlay/etc/motd", "from the overlay\n")
          .with("containers/os/rootfs-overlay/srv/tool", "#!/bin/sh\necho tool\n")
          .container(
              "writer",
              """
              image: host
              environment: {QUOTED: "a \\"b\\" 'c' \\\\ %n $HOME"}
              volumes: [{name: shared, path: /data}]
              limits: {memory: 64M, tasks: 32, cpu: 0.5}
              """
                  + LOOP)
          .container(
              "reader",
              "image: host\nvolumes: [{name: shared, path: /in, readOnly: true}]\nnetworks: []\n"
                  + LOOP)
          .container("fleeting", "image: host\nephemeral: true\n" + LOOP)
          .container("frozen", "image: host\nreadOnly: true\n" + LOOP)
          .container("admin", "image: host\ncapabilities: [CAP_NET_ADMIN]\n" + LOOP)
          .container("later", "image: host\nautostart: false\n" + LOOP)
          .container("stubborn", "image: host\nrestart: always\n" + LOOP)
          .container("once", "image: host\nrestart: no\n" + LOOP);

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  @BeforeAll
  static void everythingRuns() {
    Site site = SCENE.site();
    site.host().write("/etc/credstore/tenant.acme.token", "s3cret");
    site.push("acme", "all of it", ACME);
    site.register("acme").publish();
    site.sync(0);
    assertThat(site.tenant("acme").at("state").text()).isEqualTo("running");
  }

  @Test
  void bootRunsAnInitAndCommandDoesNot() {
    assertThat(site.within("acme", "os", "cat /proc/1/comm")).isEqualTo("systemd");
    assertThat(site.within("acme", "os", "systemctl is-active multi-user.target"))
        .isEqualTo("active");
    assertThat(site.within("acme", "os", "systemctl --failed --plain --no-legend")).isEmpty();
    assertThat(site.within("acme", "writer", "cat /proc/2/cmdline | tr '\\0' ' '"))
        .startsWith("/bin/sh -c trap");
  }

  /** The one of `stubborn` is too long for the kernel, so systemd-nspawn cuts and hashes it. */
  @Test
  void interfacesOnTheHostAreNamedAsPlanned() {
    Json chosen = Json.parse(host.succeeds("cat", "/var/lib/bitbuilder/allocations.json"));
    for (String container : List.of("writer", "stubborn")) {
      host.succeeds("ip", "link", "show", "dev", chosen.at("link/acme/" + container).text());
    }
  }

  @Test
  void overlayIsThereOwnedByRootAndCanBeChangedInside() {
    assertThat(site.within("acme", "os", "stat -c '%u %a' /etc/motd; cat /etc/motd"))
        .isEqualTo("0 644\nfrom the overlay");
    site.within("acme", "os", "echo changed >/etc/motd");
    String layers = host.sh("grep -rl 'from the overlay' /var/lib/bitbuilder/generations/layers");
    assertThat(layers).endsWith("etc/motd");
  }

  @Test
  void environmentReachesTheProgramLetterByLetter() {
    assertThat(site.within("acme", "writer", "tr '\\0' '\\n' </proc/2/environ"))
        .contains("QUOTED=a \"b\" 'c' \\ %n $HOME");
    assertThat(site.within("acme", "os", "systemctl show-environment"))
        .contains("red and")
        .contains("BLUE 100%");
  }

  @Test
  void volumesAreSharedAndReadOnlyWhereDeclared() {
    site.within("acme", "writer", "echo hello >/data/file");
    assertThat(site.within("acme", "reader", "cat /in/file; stat -c %u /in/file"))
        .isEqualTo("hello\n0");
    assertThat(site.inside("acme", "reader", "touch /in/file").exit()).isNotZero();
  }

  @Test
  void whatIsWrittenStaysUnlessEphemeralAndNothingIsWrittenWhenReadOnly() {
    for (String name : new String[] {"writer", "fleeting"}) {
      site.within("acme", name, "echo x >/root/mark");
      host.succeeds("systemctl", "restart", Site.unit("acme", name));
    }
    site.within("acme", "writer", "test -e /root/mark");
    assertThat(site.inside("acme", "fleeting", "test -e /root/mark").exit()).isNotZero();
    assertThat(site.inside("acme", "frozen", "touch /root/mark").exit()).isNotZero();
    site.within("acme", "frozen", "touch /tmp/mark");
  }

  @Test
  void capabilitiesAreThoseDeclaredAndNoOthers() {
    site.within("acme", "admin", "ip link add dummy0 type bridge && ip link del dummy0");
    site.push(
        "acme",
        "too much",
        ACME.container("admin", "image: host\ncapabilities: [CAP_SYS_ADMIN]\n" + LOOP));
    assertThat(site.sync(3)).contains("BB407");
    site.push("acme", "as before", ACME);
    site.sync(0);
  }

  @Test
  void limitsAreOnTheUnitAndChangeInPlace() {
    String unit = Site.unit("acme", "writer");
    assertThat(
            host.sh("systemctl show -p MemoryMax -p TasksMax -p CPUQuotaPerSecUSec \"$1\"", unit))
        .contains("MemoryMax=" + (64 << 20), "TasksMax=32", "CPUQuotaPerSecUSec=500ms");
    String before = site.invocation("acme", "writer");
    String yaml = ACME.file("containers/writer/config.yaml").replace("64M", "96M");
    site.push("acme", "more memory", ACME.container("writer", yaml));
    site.sync(0);
    assertThat(host.sh("systemctl show -P MemoryMax \"$1\"", unit)).isEqualTo("" + (96 << 20));
    assertThat(site.invocations()).containsEntry(unit, before);
    site.push("acme", "as before", ACME);
    site.sync(0);
  }

  @Test
  void credentialsAreInsideAndNowhereElse() {
    assertThat(site.within("acme", "os", "cat /run/credentials/@system/token")).isEqualTo("s3cret");
    assertThat(
            host.sh(
                "grep -rl s3cret /var/lib/bitbuilder /run/systemd/generator /run/systemd/nspawn || :"))
        .isEmpty();
  }

  @Test
  void autostartIsObeyed() {
    assertThat(site.container("acme", "later").at("state").text()).isEqualTo("inactive");
    host.succeeds("systemctl", "start", Site.unit("acme", "later"));
    assertThat(site.container("acme", "later").at("state").text()).isEqualTo("active");
    host.succeeds("systemctl", "stop", Site.unit("acme", "later"));
  }

  @Test
  void restartPolicyIsObeyed() {
    String kill = "kill -KILL \"$(machinectl show -P Leader \"$1\")\"";
    for (String name : new String[] {"stubborn", "writer"}) {
      String before = site.invocation("acme", name);
      host.sh(kill, name + ".acme");
      host.eventually(
          Duration.ofSeconds(20),
          "now=$(systemctl show -P InvocationID \"$1\"); test \"$now\" != \"$2\" -a \"$(systemctl is-active \"$1\")\" = active",
          Site.unit("acme", name),
          before);
    }
    host.sh(kill, "once.acme");
    host.eventually(
        Duration.ofSeconds(20),
        "systemctl is-failed --quiet \"$1\" || test \"$(systemctl is-active \"$1\")\" = inactive",
        Site.unit("acme", "once"));
    assertThat(site.tenant("acme").at("state").text()).isEqualTo("degraded");
    assertThat(host.succeeds("bitbuilder", "status")).contains("once");
    host.sh("systemctl reset-failed \"$1\"; systemctl start \"$1\"", Site.unit("acme", "once"));
  }

  @Test
  void whatLaterVersionsBringIsRefusedByName() {
    site.push(
        "acme",
        "a limit of its own",
        ACME.container("admin", "image: host\nlimits: {storage: 1G}\n" + LOOP));
    assertThat(site.sync(3)).contains("BB212", "storage");
    site.push("acme", "as before", ACME);
    site.sync(0);
  }

  @Test
  void shellAndLogsLeadInside() {
    assertThat(host.succeeds("bitbuilder", "shell", "acme/writer", "hostname").strip())
        .endsWith("writer");
    assertThat(host.succeeds("bitbuilder", "logs", "acme/os", "--lines=50")).isNotEmpty();
  }
}
