package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Span;
import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.Firewall;
import io.bitbuilder.hypervisor.model.Machine;
import io.bitbuilder.hypervisor.model.Origin;
import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Restart;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Tenants and hosts made by hand. */
final class Inputs {
  static final ByteSize GIB = new ByteSize(1L << 30);
  static final Quota QUOTA = quota(1000, 1, 20, 10);
  static final Quota NOTHING = new Quota(0, ByteSize.ZERO, ByteSize.ZERO, 0, 0);
  static final Capacity HUGE = new Capacity(1 << 30, gib(1 << 20), gib(1 << 20));

  private Inputs() {}

  static ByteSize gib(long count) {
    return new ByteSize(count << 30);
  }

  static Quota quota(int cpuMillis, int memory, int storage, int containers) {
    return new Quota(cpuMillis, gib(memory), gib(storage), 0, containers);
  }

  static Origin origin(String repository, String path) {
    return pointer -> new Location(repository, "", path, Span.START, pointer, "");
  }

  static SystemConfig config(String pool) {
    return config(pool, NOTHING, 1, 1);
  }

  static SystemConfig config(String pool, Quota reserve, double cpu, double memory) {
    SortedMap<String, SystemConfig.CatalogueImage> images = new TreeMap<>();
    add("debian-14", "0", SystemConfig.CatalogueImage.Type.TAR, images);
    add("disk", "1", SystemConfig.CatalogueImage.Type.RAW, images);
    add("direct", "2", SystemConfig.CatalogueImage.Type.RAW, images);
    add("direct/kernel", "3", SystemConfig.CatalogueImage.Type.FILE, images);
    add("direct/initrd", "4", SystemConfig.CatalogueImage.Type.FILE, images);
    return new SystemConfig(
        new SystemConfig.Sync(Duration.ofMinutes(1), Duration.ofSeconds(30), 32),
        new SystemConfig.Discovery("tenants/registry.json", List.of(), QUOTA),
        new SystemConfig.Verify(io.bitbuilder.hypervisor.model.VerifyMode.OFF, Duration.ZERO),
        new SystemConfig.Host(reserve, cpu, memory),
        new SystemConfig.Network(
            pool, "fd00:b17b::/32", "auto", List.of("10.0.0.0/8", "fc00::/7"), 1000),
        new SystemConfig.Fleet("", true, Collections.emptySortedMap()),
        images,
        new SystemConfig.Health(Duration.ofMinutes(5), true),
        new SystemConfig.Retention(3, Duration.ofDays(7)),
        origin("system", ".gitops/config.yaml"));
  }

  private static void add(
      String name,
      String digit,
      SystemConfig.CatalogueImage.Type type,
      SortedMap<String, SystemConfig.CatalogueImage> into) {
    into.put(
        name,
        new SystemConfig.CatalogueImage(
            name, "file:///images/" + name, digit.repeat(64), type, "quiet"));
  }

  static TenantEntry entry(String id, Quota quota) {
    return new TenantEntry(
        new TenantId(id),
        "file:///" + id,
        "main",
        "",
        true,
        quota,
        List.of(),
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        origin("system", "tenants/registry.json"));
  }

  /** A tenant under construction. */
  static final class Draft {
    private final String id;
    private Quota quota = QUOTA;
    private Quota claim = NOTHING;
    private Tenant.Limits limits = Tenant.Limits.NONE;
    private final List<Tenant.Network> networks = new ArrayList<>();
    private final List<Container> containers = new ArrayList<>();
    private final List<Machine> machines = new ArrayList<>();

    Draft(String id) {
      this.id = id;
    }

    Draft quota(Quota quota) {
      this.quota = quota;
      return this;
    }

    Draft claim(Quota claim) {
      this.claim = claim;
      return this;
    }

    Draft limits(Tenant.Limits limits) {
      this.limits = limits;
      return this;
    }

    Draft network(String name) {
      return network(name, "", "");
    }

    Draft network(String name, String bridge, String ipv4) {
      return network(name, Tenant.Network.Mode.ISOLATED_BRIDGE, bridge, ipv4);
    }

    Draft network(String name, Tenant.Network.Mode mode, String bridge, String ipv4) {
      Origin origin = origin(id, "network/" + name);
      networks.add(
          new Tenant.Network(
              new ResourceName(name), mode, bridge, ipv4, "", true, List.of(), 0, 0, 0, origin));
      return this;
    }

    Draft container(String name, String... joined) {
      return special(name, name, "host", joined);
    }

    Draft special(String name, String uid, String image, String... joined) {
      containers.add(
          new Container(
              new ResourceName(name),
              uid,
              image,
              List.of(),
              Collections.emptySortedMap(),
              false,
              false,
              true,
              List.of(),
              List.of(joined).stream().map(ResourceName::new).toList(),
              List.of(),
              List.of(),
              List.of(),
              Collections.emptySortedMap(),
              Tenant.Limits.NONE,
              Restart.ON_FAILURE,
              List.of(),
              List.of(),
              origin(id, "containers/" + name + "/config.yaml")));
      return this;
    }

    /** A machine of the image `disk`, the memory in MiB. */
    Draft machine(String name, long memory, String... joined) {
      return machine(name, "disk", Machine.Firmware.UEFI, memory, joined);
    }

    Draft machine(
        String name, String image, Machine.Firmware firmware, long memory, String... joined) {
      machines.add(
          new Machine(
              new ResourceName(name),
              name,
              image,
              1,
              new ByteSize(memory << 20),
              Optional.empty(),
              firmware,
              false,
              false,
              true,
              "",
              "",
              List.of(joined).stream().map(ResourceName::new).toList(),
              List.of(),
              List.of(),
              List.of(),
              Collections.emptySortedMap(),
              List.of(),
              Restart.ON_FAILURE,
              List.of(),
              origin(id, "machines/" + name + "/config.yaml")));
      return this;
    }

    TenantEntry entry() {
      return Inputs.entry(id, quota);
    }

    Request request() {
      Tenant tenant =
          new Tenant(
              new TenantId(id),
              "Tenant " + id,
              Tenant.Type.CONTAINER,
              true,
              claim,
              limits,
              origin(id, "infrastructure/resource-limits.yaml"),
              networks,
              containers,
              machines,
              List.of(),
              Firewall.NONE,
              List.of(),
              new java.util.TreeMap<>(),
              origin(id, "metadata.json"));
      return new Request(entry(), tenant, Optional.empty());
    }
  }
}
