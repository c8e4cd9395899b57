package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.Check;
import io.bitbuilder.hypervisor.model.Machine;
import io.bitbuilder.hypervisor.model.Origin;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Restart;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.Tunnel;
import io.bitbuilder.hypervisor.networkd.Networkd;
import io.bitbuilder.hypervisor.networkd.Templates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Resolved tenants as planning makes them. */
final class Inputs {
  static final SystemConfig.Health HEALTH = new SystemConfig.Health(Duration.ofMinutes(5), true);
  static final Templates TEMPLATES = vendor();
  static final CatalogueImage TAR = image("debian-14", CatalogueImage.Type.TAR, "a1");
  static final CatalogueImage RAW = image("alpine", CatalogueImage.Type.RAW, "b2");

  private Inputs() {}

  /** Those the package brings. */
  private static Templates vendor() {
    try {
      return new Templates(new Networkd(Path.of("../host")).vendor(new Report()).orElseThrow());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static CatalogueImage image(String name, CatalogueImage.Type type, String pair) {
    return new CatalogueImage(
        name, "https://images.example.org/" + name, pair.repeat(32), type, "");
  }

  private static final String KEY = "mBHV3Nt64DyqJpYBBpTzH9s3Im4H3oTlRGSjDbYlWEE=";
  private static final String OTHER_KEY = "9m2yJ6S7lqfRrC0J1bQWzK4hX0m1o0mKqk0m9mWJcQU=";
  private static final Origin NOWHERE = pointer -> Location.ofFile("t", "", "tunnel" + pointer);

  /**
   * A machine in network {@code lan}.
   *
   * @param full whether it has all a machine can have, or nothing that may be left out
   */
  static Machine machine(String name, Machine.Firmware firmware, boolean full) {
    return new Machine(
        new ResourceName(name),
        full ? "old-" + name : name,
        "guest",
        full ? 2 : 1,
        new ByteSize(512L << 20),
        full ? Optional.of(new ByteSize(2L << 30)) : Optional.empty(),
        firmware,
        false,
        full,
        !full,
        full ? "once $(more)" : "",
        full ? "again" : "",
        List.of(new ResourceName("lan")),
        List.of(),
        List.of(),
        full
            ? List.of(
                new Machine.Volume(new ResourceName("data"), new ByteSize(1L << 30), false),
                new Machine.Volume(new ResourceName("ref"), new ByteSize(1L << 20), true))
            : List.of(),
        full
            ? new TreeMap<>(Map.of("ssh.authorized_keys.root", "admin"))
            : Collections.emptySortedMap(),
        full
            ? List.of(
                new SourceTree.Entry(
                    "user-data",
                    "machines/" + name + "/cloud-init/user-data",
                    SourceTree.Kind.FILE,
                    "ab".repeat(20),
                    12))
            : List.of(),
        full ? Restart.ALWAYS : Restart.ON_FAILURE,
        full ? List.of(new Check.Tcp(22, Duration.ofSeconds(1), Duration.ofSeconds(2))) : List.of(),
        pointer -> Location.ofFile("t", "", "machines/" + name + pointer));
  }

  /** The tenants whose compiled files are kept as golden files, by the name of the file. */
  static SortedMap<String, TenantInput> flagships() {
    SortedMap<String, TenantInput> all = new TreeMap<>();
    all.put("boot", tenant("tenant-001", 0, container("web")));
    all.put(
        "command",
        tenant("acme", 1, container("app").command("/bin/sh", "-c", "echo \"$HOME\" 100%\nsleep 9"))
            .container(container("job").command("/usr/bin/true").restart(Restart.NO)));
    all.put(
        "volumes",
        tenant("acme", 1, container("db").volume("data", "/srv/my data", false))
            .container(
                container("reader").volume("data", "/data", true).volume("log", "/l:o", false)));
    all.put(
        "ephemeral",
        tenant("acme", 1, container("ci").ephemeral())
            .container(container("small").ephemeral().limits(memory("256M"))));
    all.put(
        "read-only",
        tenant("acme", 1, container("fixed").readOnly())
            .container(container("patched").readOnly().overlay("etc/motd"))
            .container(
                container("view")
                    .readOnly()
                    .volume("data", "/srv/data", true)
                    .volume("log", "/srv//log/", false)));
    all.put(
        "images",
        tenant("acme", 1, container("deb").image(TAR).overlay("etc/motd", "etc/nginx/nginx.conf"))
            .container(container("alp").image(RAW).readOnly())
            .container(container("two").image(RAW).command("/bin/httpd", "-f")));
    all.put(
        "machines",
        tenant("tenant-001", 0, container("web"))
            .machine(machine("infra", Machine.Firmware.UEFI, false))
            .machine(machine("db", Machine.Firmware.NONE, true)));
    all.put(
        "limits",
        tenant("acme", 1, container("big").limits(all()).capability("CAP_IPC_LOCK").lazy())
            .limits(memory("3G")));
    all.put("environment", environment());
    all.put(
        "scripts",
        tenant("acme", 1, container("infra"))
            .container(container("web"))
            .machine(machine("db", Machine.Firmware.UEFI, false))
            .scripts("health-check.sh", "post-provision.sh", "pre-provision.sh"));
    all.put(
        "vm-scripts",
        tenant("acme", 1, container("web"))
            .machine(machine("infra", Machine.Firmware.UEFI, false))
            .scripts("health-check.sh", "post-provision.sh", "pre-provision.sh"));
    all.put("tunnels", tunnels());
    all.put("no-network", tenant("acme", 1, container("alone").offline()).offline());
    return all;
  }

  private static TenantInput tunnels() {
    return tenant("acme", 1, container("web"))
        .network("dmz")
        .tunnel(
            new Tunnel(
                new ResourceName("office"),
                "",
                51820,
                0,
                List.of(new ResourceName("lan"), new ResourceName("dmz")),
                List.of(
                    new Tunnel.Peer(
                        "site-two",
                        KEY,
                        "two.example.org:51820",
                        List.of("10.9.1.0/24", "10.9.0.0/24", "fd09::/64"),
                        25,
                        "office-shared"),
                    new Tunnel.Peer("", OTHER_KEY, "", List.of("10.99.0.2/32"), 0, "")),
                NOWHERE))
        .tunnel(
            new Tunnel(
                new ResourceName("out"),
                "vpn",
                0,
                1380,
                List.of(new ResourceName("lan")),
                List.of(),
                NOWHERE));
  }

  private static TenantInput environment() {
    return tenant(
            "acme",
            1,
            container("env")
                .set("GREETING", "a \"quoted\" 100% $HOME \\ ü")
                .set("LINES", "one\ntwo\n")
                .credential("db.password", "postgres"))
        .container(
            container("cmd")
                .command(
                    "/bin/sh",
                    "-c",
                    "env; printf '<%s>' \"$@\"; exec sleep 1000",
                    "",
                    "--help",
                    "it's",
                    "")
                .set("A", "-- x")
                .credential("token", "token"));
  }

  static Tenant.Limits memory(String size) {
    return new Tenant.Limits(
        Optional.empty(),
        Optional.empty(),
        ByteSize.parse(size),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Tenant.Limits all() {
    return new Tenant.Limits(
        Optional.of(1505),
        Optional.of(200),
        ByteSize.parse("2G"),
        ByteSize.parse("1536M"),
        ByteSize.parse("0"),
        Optional.of(512),
        Optional.of(50),
        ByteSize.parse("7G"));
  }

  /** A tenant with one network; the index keeps its addresses and ranges from others'. */
  static TenantInput tenant(String id, int index, ContainerInput first) {
    return new TenantInput(id, index).container(first);
  }

  static ContainerInput container(String name) {
    return new ContainerInput(name);
  }
}
