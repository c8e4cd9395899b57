package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import io.bitbuilder.hypervisor.model.Tenant;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Resolved tenants as planning makes them. */
final class Inputs {
  static final SystemConfig.Health HEALTH = new SystemConfig.Health(Duration.ofMinutes(5), true);
  static final CatalogueImage TAR = image("debian-14", CatalogueImage.Type.TAR, "a1");
  static final CatalogueImage RAW = image("alpine", CatalogueImage.Type.RAW, "b2");

  private Inputs() {}

  static CatalogueImage image(String name, CatalogueImage.Type type, String pair) {
    return new CatalogueImage(name, "https://images.example.org/" + name, pair.repeat(32), type);
  }

  /** The tenants whose compiled files are kept as golden files, by the name of the file. */
  static SortedMap<String, TenantInput> flagships() {
    SortedMap<String, TenantInput> all = new TreeMap<>();
    all.put("boot", tenant("tenant-001", 0, container("web")));
    all.put(
        "command",
        tenant("acme", 1, container("app").command("/bin/sh", "-c", "echo \"$HOME\" 100%\nsleep 9"))
            .container(container("job").command("/usr/bin/true").restart(Container.Restart.NO)));
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
        "limits",
        tenant("acme", 1, container("big").limits(all()).capability("CAP_IPC_LOCK").lazy())
            .limits(memory("3G")));
    all.put(
        "environment",
        tenant(
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
                    .credential("token", "token")));
    all.put("no-network", tenant("acme", 1, container("alone").offline()).offline());
    return all;
  }

  static Tenant.Limits memory(String size) {
    return new Tenant.Limits(
        Optional.empty(),
        Optional.empty(),
        ByteSize.parse(size),
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
        Optional.of(50));
  }

  /** A tenant with one network; the index keeps its addresses and ranges from others'. */
  static TenantInput tenant(String id, int index, ContainerInput first) {
    return new TenantInput(id, index).container(first);
  }

  static ContainerInput container(String name) {
    return new ContainerInput(name);
  }
}
