package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.compiler.FileTree;
import io.bitbuilder.hypervisor.compiler.TenantUnits;
import io.bitbuilder.hypervisor.model.Check;
import io.bitbuilder.hypervisor.model.Firewall;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Tenant.Network.Mode;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.network.Topology;
import io.bitbuilder.hypervisor.unitfile.UnitName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Hand-made candidates of the shape the compiler makes. */
final class Fixtures {
  static final TenantId ALPHA = new TenantId("alpha");
  static final TenantId BETA = new TenantId("beta-2");
  static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");

  static final long UID_BASE = 0x7000_0000L;

  private Fixtures() {}

  static long uidBase(TenantId tenant) {
    return UID_BASE + 65_536L * tenant.value().length();
  }

  static Manifest manifest(TenantId tenant, String inputs) {
    Check check =
        new Check.Http(80, "/", Optional.of(204), Duration.ofSeconds(1), Duration.ofSeconds(2));
    Compiled.Resource resource =
        new Compiled.Resource(
            Compiled.Resource.Kind.CONTAINER,
            new ResourceName("web"),
            "web",
            TenantUnits.container(tenant, new ResourceName("web")),
            "web." + tenant,
            new Compiled.Resource.Port(
                "lan", "bb-" + tenant, "vb-web", "10.128.0.2", "fd00:b17b::2", "02:00:00:00:00:01"),
            uidBase(tenant),
            "host",
            List.of(),
            true,
            true,
            "r",
            "l",
            List.of(check));
    return new Manifest(
        tenant,
        "c".repeat(40),
        inputs,
        THEN,
        "Ann <ann@example.org>",
        "Add web",
        "",
        List.of(resource),
        topology(tenant));
  }

  private static Topology topology(TenantId tenant) {
    return new Topology(
        List.of(
            new Topology.Net(
                new ResourceName("lan"),
                Mode.ISOLATED_BRIDGE,
                "bb-" + tenant,
                "10.128.0.1/24",
                "fd00:b17b::1/64",
                1400,
                10_000_000,
                new Firewall.Policy(true, false, true))),
        List.of(
            new Topology.Rule(
                "network/firewall/10-web.yaml",
                3,
                2,
                "the shop",
                "accept",
                "outside",
                "web",
                "tcp",
                List.of("80", "8000-8010"),
                true)));
  }

  static FileTree tree(TenantId tenant) {
    String id = UnitName.escape(tenant.value());
    TreeMap<String, FileTree.Node> nodes = new TreeMap<>();
    String unit = "tenant-container@" + id + "-web.service";
    nodes.put(
        "units/" + unit + ".d/50-compiled.conf",
        new FileTree.Text("[Service]\nEnvironment=MACHINE=web." + tenant + "\n"));
    nodes.put(
        "units/tenant@" + id + ".target.wants/" + unit,
        new FileTree.Link("/usr/lib/systemd/system/tenant-container@.service"));
    nodes.put(
        "units/tenants.target.wants/tenant@" + id + ".target",
        new FileTree.Link("/usr/lib/systemd/system/tenant@.target"));
    nodes.put("units/tenants-" + id + ".slice", new FileTree.Text("[Slice]\nCPUQuota=400%\n"));
    nodes.put(
        "mounts/run-tenants-" + id + "-containers-web-base.mount",
        new FileTree.Text(
            """
            [Mount]
            What=/var/lib/bitbuilder/images/host
            Where=/run/tenants/%s/containers/web/base
            Type=none
            Options=bind,ro,nodev,X-mount.idmap=0:%d:65536
            """
                .formatted(tenant, uidBase(tenant))));
    nodes.put("nspawn/web." + tenant + ".nspawn", new FileTree.Text("[Exec]\nHostname=web\n"));
    nodes.put("tenant.conf", new FileTree.Text("BRIDGES=bb-" + tenant + "\n"));
    return new FileTree(nodes);
  }

  /** Stages one candidate per tenant and gives back the staging directory. */
  static Staging stage(Path root, String inputs, TenantId... tenants) throws IOException {
    Staging staging = new Staging(root);
    staging.clear();
    for (TenantId tenant : tenants) {
      staging.writeTenant(manifest(tenant, inputs), tree(tenant));
    }
    return staging;
  }

  static Path candidate(Staging staging, TenantId tenant) {
    return Objects.requireNonNull(staging.tenants().get(tenant));
  }
}
