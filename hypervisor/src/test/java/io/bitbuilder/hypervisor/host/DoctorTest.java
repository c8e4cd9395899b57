package io.bitbuilder.hypervisor.host;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
  @TempDir Path root;
  private final FakeCommands commands = new FakeCommands();

  @BeforeEach
  void aGoodHost() throws IOException {
    write("etc/bitbuilder/host.yaml", "");
    write("proc/sys/user/max_user_namespaces", "95000\n");
    write("proc/filesystems", "nodev\ttmpfs\nnodev\toverlay\n");
    write("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory hugetlb pids\n");
    Files.createDirectories(root.resolve("var/lib/bitbuilder/images"));
    commands
        .answer("systemctl --version", 0, "systemd 262 (262-1)\n+PAM\n", "")
        .answer("timedatectl", 0, "CanNTP=yes\nNTP=yes\nNTPSynchronized=yes\n", "")
        .answer(
            "systemctl show",
            0,
            active("systemd-networkd.service")
                + active("systemd-machined.socket")
                + active("systemd-importd.socket"),
            "");
  }

  private static String active(String unit) {
    return "Id=" + unit + "\nLoadState=loaded\nActiveState=active\n\n";
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private SortedMap<String, Code> findings() {
    SortedMap<String, Code> findings = new TreeMap<>();
    for (Doctor.Examined examined :
        new Doctor(root, commands, new LocalSystemd(root, commands)).examine()) {
      examined
          .finding()
          .ifPresent(finding -> {
            assertThat(finding.help()).as(examined.what()).isNotEmpty();
            assertThat(finding.message()).isEqualTo(examined.seen());
            findings.put(examined.what(), finding.code());
          });
    }
    // The disk is this machine's own.
    findings.remove("disk");
    return findings;
  }

  @Test
  void aGoodHostHasNoFinding() {
    assertThat(findings()).isEmpty();
  }

  /** The kernel's own file answers the first read and no other. */
  @Test
  void aSettingOfTheKernelIsReadWhole() throws Exception {
    Files.delete(root.resolve("proc/sys/user/max_user_namespaces"));
    Files.createSymbolicLink(
        root.resolve("proc/sys/user/max_user_namespaces"), Path.of("/proc/sys/kernel/pid_max"));
    Process cat = new ProcessBuilder("cat", "/proc/sys/kernel/pid_max").start();
    String limit = new String(cat.getInputStream().readAllBytes(), US_ASCII).strip();
    assertThat(new Doctor(root, commands, new LocalSystemd(root, commands)).examine())
        .filteredOn(examined -> examined.what().equals("user namespaces"))
        .extracting(Doctor.Examined::seen)
        .containsExactly("up to " + limit);
  }

  @Test
  void everythingThatIsMissingIsSaidAtOnce() throws IOException {
    Files.delete(root.resolve("etc/bitbuilder/host.yaml"));
    Files.delete(root.resolve("sys/fs/cgroup/cgroup.controllers"));
    write("proc/sys/user/max_user_namespaces", "0\n");
    write("proc/filesystems", "nodev\ttmpfs\n");
    commands
        .answer("systemctl --version", 0, "systemd 258 (258.6-1)\n", "")
        .answer("modprobe", 1, "", "")
        .answer("unshare", 32, "", "mount failed")
        .answer("nft", 1, "", "Operation not permitted")
        .answer("systemctl is-enabled", 1, "disabled\n", "")
        .answer("systemctl show", 0, "Id=x\nLoadState=not-found\nActiveState=inactive\n", "")
        .answer("timedatectl", 0, "CanNTP=no\nNTP=no\nNTPSynchronized=no\n", "");
    SortedMap<String, Code> expected = new TreeMap<>();
    List.of(
            "cgroups",
            "idmapped mounts",
            "importd",
            "machined",
            "networkd",
            "nftables",
            "overlay",
            "user namespaces")
        .forEach(what -> expected.put(what, Code.BB702));
    expected.put("systemd", Code.BB701);
    expected.put("clock", Code.BB704);
    expected.put("host.yaml", Code.BB705);
    assertThat(findings()).isEqualTo(expected);
  }

  /** What is there already need not be installed, and cannot be on a host that is read-only. */
  @Test
  void theNextStepToAClockIsOneThatIsMissing() {
    assertThat(helpForTheClock("CanNTP=no\nNTP=no\n")).startsWith("apt-get install");
    assertThat(helpForTheClock("CanNTP=yes\nNTP=no\n")).isEqualTo("timedatectl set-ntp true");
    assertThat(helpForTheClock("CanNTP=yes\nNTP=yes\n")).startsWith("timedatectl timesync-status");
  }

  private String helpForTheClock(String shown) {
    commands.answer("timedatectl", 0, shown + "NTPSynchronized=no\n", "");
    return new Doctor(root, commands, new LocalSystemd(root, commands))
        .examine().stream()
            .flatMap(examined -> examined.finding().stream())
            .filter(finding -> finding.code() == Code.BB704)
            .findAny()
            .orElseThrow()
            .help();
  }

  @Test
  void machinesWithoutKvmAreEmulatedAndThatIsSaid() throws IOException {
    write("usr/bin/qemu-system-x86_64", "");
    assertThat(findings()).isEqualTo(new TreeMap<>(Map.of("machines", Code.BB706)));
    write("dev/kvm", "");
    assertThat(findings()).isEmpty();
  }

  private String seen(String what) {
    return new Doctor(root, commands, new LocalSystemd(root, commands))
        .examine().stream()
            .filter(examined -> examined.what().equals(what))
            .map(Doctor.Examined::seen)
            .findFirst()
            .orElseThrow();
  }

  @Test
  void whetherTunnelsArePossibleIsSaid() throws IOException {
    assertThat(seen("tunnels")).isEqualTo("not possible without wireguard-tools");
    write("usr/bin/wg", "");
    assertThat(seen("tunnels")).isEqualTo("possible with WireGuard");
    commands.answer("modprobe", 1, "", "");
    assertThat(seen("tunnels")).isEqualTo("not possible with a kernel without WireGuard");
    write("sys/module/wireguard/version", "1.0.0\n");
    assertThat(seen("tunnels")).isEqualTo("possible with WireGuard");
    write("var/lib/bitbuilder/wireguard/@hosts/hosts.pub", "abc=\n");
    assertThat(seen("tunnels"))
        .isEqualTo("possible with WireGuard; to other hosts this one is abc=");
  }

  @Test
  void overlayAsAModuleIsEnough() throws IOException {
    write("proc/filesystems", "nodev\ttmpfs\n");
    assertThat(findings()).isEmpty();
  }

  @Test
  void missingControllersAreNamed() throws IOException {
    write("sys/fs/cgroup/cgroup.controllers", "hugetlb cpu\n");
    assertThat(new Doctor(root, commands, new LocalSystemd(root, commands)).examine())
        .flatExtracting(examined -> examined.finding().stream().toList())
        .filteredOn(finding -> finding.code() == Code.BB702)
        .extracting(Diagnostic::message)
        .containsExactly(
            "limits of tenants are not enforced, for want of cgroup controllers: io, memory, pids");
  }

  @Test
  void theCredentialReplacesTheFile() throws IOException {
    Files.delete(root.resolve("etc/bitbuilder/host.yaml"));
    write("run/credentials/@system/bitbuilder.host", "");
    assertThat(findings()).isEmpty();
  }
}
