package io.bitbuilder.hypervisor.host;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Whether this host can do what is asked of it, and how to mend what it lacks. */
public final class Doctor {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final long GIB = 1L << 30;
  private static final List<String> CONTROLLERS = List.of("cpu", "io", "memory", "pids");

  private final Path root;
  private final Commands commands;
  private final Systemd systemd;

  /**
   * Examines the host behind a root directory.
   *
   * @param root the directory the host's files are under
   */
  public Doctor(Path root, Commands commands, Systemd systemd) {
    this.root = root;
    this.commands = commands;
    this.systemd = systemd;
  }

  /**
   * One thing that was looked at.
   *
   * @param what its name
   * @param seen what was found, for people
   * @param finding what is wrong with it; empty when nothing is
   */
  public record Examined(String what, String seen, Optional<Diagnostic> finding) {
    /** Nothing is wrong with it. */
    public static Examined good(String what, String seen) {
      return new Examined(what, seen, Optional.empty());
    }

    /** Something is, and this is how to mend it. */
    public static Examined bad(
        String what, Code code, String message, String expected, String help) {
      Location host = Location.ofFile("host", "", "");
      return new Examined(
          what,
          message,
          Optional.of(new Diagnostic(code, message, host, expected, help, List.of())));
    }
  }

  private static Examined good(String what, String seen) {
    return Examined.good(what, seen);
  }

  private static Examined bad(
      String what, Code code, String message, String expected, String help) {
    return Examined.bad(what, code, message, expected, help);
  }

  /** Looks at everything, in a fixed order. Wants to be root for some of it. */
  public List<Examined> examine() {
    return List.of(
        guarded("systemd", this::version),
        guarded("host.yaml", this::configuration),
        guarded("user namespaces", this::userNamespaces),
        guarded("overlay", this::overlay),
        guarded("idmapped mounts", this::idmappedMounts),
        guarded("cgroups", this::controllers),
        guarded("networkd", this::networkd),
        guarded("nftables", this::nftables),
        guarded("machined", () -> socket("machined", "systemd-machined.socket")),
        guarded("importd", () -> socket("importd", "systemd-importd.socket")),
        guarded("machines", this::machines),
        guarded("tunnels", this::tunnels),
        guarded("disk", this::disk),
        guarded("clock", this::clock));
  }

  private interface Look {
    Examined look() throws IOException;
  }

  private static Examined guarded(String what, Look look) {
    try {
      return look.look();
    } catch (IOException e) {
      return bad(
          what,
          Code.BB702,
          what + " cannot be examined: " + Quote.escape(String.valueOf(e.getMessage()), 300),
          "",
          "run it as root on the host itself");
    }
  }

  private Examined version() throws IOException {
    String output = commands.run(List.of("systemctl", "--version"), LIMIT).out();
    Optional<SystemdVersion> version = SystemdVersion.parse(output);
    if (version.filter(SystemdVersion::isSafe).isPresent()) {
      return good("systemd", version.get().toString());
    }
    return bad(
        "systemd",
        Code.BB701,
        "systemd "
            + version.map(SystemdVersion::toString).orElse("of an unknown version")
            + " lets containers escape (CVE-2026-40226) or is too old",
        SystemdVersion.EXPECTED,
        "apt-get install systemd systemd-container, from a release that has a safe version");
  }

  private Examined configuration() {
    for (String file :
        List.of("etc/bitbuilder/host.yaml", "run/credentials/@system/bitbuilder.host")) {
      if (Files.exists(root.resolve(file))) {
        return good("host.yaml", "/" + file);
      }
    }
    return bad(
        "host.yaml",
        Code.BB705,
        "/etc/bitbuilder/host.yaml does not exist",
        "the address of the system repository, in this file or in the credential bitbuilder.host",
        "write systemRepository: {url: …} to /etc/bitbuilder/host.yaml, see host.yaml(5)");
  }

  /** Of sysctl(8), which answers one read only: the first byte must not be asked for by itself. */
  private static String setting(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(64), StandardCharsets.US_ASCII).strip();
    }
  }

  private Examined userNamespaces() throws IOException {
    Path file = root.resolve("proc/sys/user/max_user_namespaces");
    String limit = Files.exists(file) ? setting(file) : "0";
    return limit.equals("0")
        ? bad(
            "user namespaces",
            Code.BB702,
            "the kernel allows no user namespaces",
            "user.max_user_namespaces above 0",
            "remove the setting from /etc/sysctl.d, then sysctl user.max_user_namespaces=65536")
        : good("user namespaces", "up to " + Quote.escape(limit));
  }

  private Examined overlay() throws IOException {
    boolean known =
        Files.readString(root.resolve("proc/filesystems"))
            .lines()
            .anyMatch(line -> line.strip().endsWith("overlay"));
    return known || commands.run(List.of("modprobe", "--dry-run", "overlay"), LIMIT).ok()
        ? good("overlay", "known to the kernel")
        : bad(
            "overlay",
            Code.BB702,
            "the kernel has no overlay file system",
            "overlayfs built in or as a module",
            "install a kernel with CONFIG_OVERLAY_FS");
  }

  /** Tried for real, in a mount namespace that ends with the command. */
  private Examined idmappedMounts() throws IOException {
    Path images = root.resolve("var/lib/bitbuilder/images");
    String directory = (Files.isDirectory(images) ? images : root.resolve("var/lib")).toString();
    Commands.Result result =
        commands.run(
            List.of(
                "unshare",
                "--mount",
                "--",
                "mount",
                "--bind",
                "-o",
                "ro,X-mount.idmap=0:524288:65536",
                directory,
                directory),
            LIMIT);
    return result.ok()
        ? good("idmapped mounts", "possible on " + directory)
        : bad(
            "idmapped mounts",
            Code.BB702,
            "files under "
                + directory
                + " cannot be shown with other owners: "
                + Quote.escape(result.err().strip(), 300),
            "Linux 5.19 and util-linux 2.39, with /var on ext4, xfs or btrfs",
            "move /var/lib/bitbuilder to a file system that can, and run this as root");
  }

  private Examined controllers() throws IOException {
    Path file = root.resolve("sys/fs/cgroup/cgroup.controllers");
    List<String> present =
        Files.exists(file)
            ? Arrays.asList(Files.readString(file).strip().split("\\s+", -1))
            : List.of();
    List<String> missing = new ArrayList<>(CONTROLLERS);
    missing.removeAll(present);
    return missing.isEmpty()
        ? good("cgroups", "version 2 with " + String.join(", ", CONTROLLERS))
        : bad(
            "cgroups",
            Code.BB702,
            "limits of tenants are not enforced, for want of cgroup controllers: "
                + String.join(", ", missing),
            "cgroup version 2 with " + String.join(", ", CONTROLLERS),
            "remove systemd.unified_cgroup_hierarchy=0 and cgroup_disable= from the kernel's"
                + " command line");
  }

  private Examined networkd() throws IOException {
    String unit = "systemd-networkd.service";
    UnitState state = systemd.states(List.of(unit)).get(unit);
    boolean active = state != null && state.isActive();
    boolean enabled = commands.run(List.of("systemctl", "is-enabled", "--quiet", unit), LIMIT).ok();
    return active && enabled
        ? good("networkd", "enabled and running")
        : bad(
            "networkd",
            Code.BB702,
            "systemd-networkd is " + (active ? "not enabled" : "not running"),
            "enabled and running: it makes the tenants' bridges",
            "systemctl enable --now systemd-networkd.service");
  }

  private Examined nftables() throws IOException {
    Commands.Result result;
    try {
      result = commands.run(List.of("nft", "list", "tables"), LIMIT);
    } catch (IOException _) {
      return bad("nftables", Code.BB702, "nft is not installed", "nft", "apt-get install nftables");
    }
    return result.ok()
        ? good("nftables", "usable")
        : bad(
            "nftables",
            Code.BB702,
            "nft cannot be used: " + Quote.escape(result.err().strip(), 300),
            "a kernel with nf_tables, and root",
            "run this as root; install a kernel with CONFIG_NF_TABLES");
  }

  private Examined socket(String what, String unit) throws IOException {
    UnitState state = systemd.states(List.of(unit)).get(unit);
    if (state != null && state.isActive()) {
      return good(what, "answers");
    }
    boolean installed = state != null && state.exists();
    return bad(
        what,
        Code.BB702,
        "systemd-" + what + " does not answer",
        unit + " active",
        installed ? "systemctl start " + unit : "apt-get install systemd-container");
  }

  /** Nobody has to run virtual machines; who does wants to know how fast they are. */
  private Examined machines() {
    if (!Files.exists(root.resolve("usr/bin/qemu-system-x86_64"))) {
      return good("machines", "not possible without qemu-system-x86");
    }
    return Files.exists(root.resolve("dev/kvm"))
        ? good("machines", "run by the processor itself (KVM)")
        : bad(
            "machines",
            Code.BB706,
            "virtual machines are emulated, ten times slower and more: there is no /dev/kvm",
            "a processor and a kernel with KVM",
            "enable virtualisation in the firmware, then modprobe kvm_intel or kvm_amd");
  }

  /** Nobody has to have tunnels either. */
  private Examined tunnels() throws IOException {
    if (!Files.exists(root.resolve("usr/bin/wg"))) {
      return good("tunnels", "not possible without wireguard-tools");
    }
    boolean known =
        Files.exists(root.resolve("sys/module/wireguard"))
            || commands.run(List.of("modprobe", "--dry-run", "wireguard"), LIMIT).ok();
    if (!known) {
      return good("tunnels", "not possible with a kernel without WireGuard");
    }
    Path key = root.resolve("var/lib/bitbuilder/wireguard/@hosts/hosts.pub");
    return good(
        "tunnels",
        "possible with WireGuard"
            + (Files.exists(key)
                ? "; to other hosts this one is " + Quote.escape(Files.readString(key).strip(), 60)
                : ""));
  }

  private Examined disk() throws IOException {
    FileStore store = Files.getFileStore(root.resolve("var/lib"));
    long free = store.getUsableSpace();
    String seen = free / (GIB / 1024) / 1024 + " GiB of " + store.getTotalSpace() / GIB + " GiB";
    return free >= GIB && free >= store.getTotalSpace() / 20
        ? good("disk", seen + " free under /var/lib")
        : bad(
            "disk",
            Code.BB703,
            "only " + seen + " are free under /var/lib",
            "1 GiB and a twentieth of the disk",
            "lower retention in .gitops/config.yaml, or give /var a larger disk");
  }

  private Examined clock() throws IOException {
    List<String> shown = commands.run(List.of("timedatectl", "show"), LIMIT).out().lines().toList();
    if (shown.contains("NTPSynchronized=yes")) {
      return good("clock", "synchronised");
    }
    String help;
    if (shown.contains("NTP=yes")) {
      help =
          "timedatectl timesync-status says which server is asked;"
              + " NTP= of timesyncd.conf(5) names another, and so may DHCP";
    } else if (shown.contains("CanNTP=yes")) {
      help = "timedatectl set-ntp true";
    } else {
      help = "apt-get install systemd-timesyncd, then timedatectl set-ntp true";
    }
    return bad(
        "clock",
        Code.BB704,
        "the clock is not synchronised with any other",
        "a clock that certificates and signatures can be checked against",
        help);
  }
}
