package io.bitbuilder.hypervisor.activation;

import io.bitbuilder.hypervisor.compiler.Compiled.Resource;
import io.bitbuilder.hypervisor.generation.Manifest;
import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.TenantId;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** Manifests made by hand. */
final class Generations {
  static final TenantId ACME = new TenantId("acme");

  private Generations() {}

  static Manifest manifest(ResourceBuilder... resources) {
    return manifest(Arrays.stream(resources).map(ResourceBuilder::build).toList());
  }

  static Manifest manifest(List<Resource> resources) {
    return manifest(ACME, "c".repeat(40), resources);
  }

  static Manifest manifest(TenantId tenant, String commit, List<Resource> resources) {
    return new Manifest(
        tenant,
        commit,
        commit,
        Instant.parse("2026-01-01T00:00:00Z"),
        "Ann <ann@example.org>",
        "Change it",
        "",
        resources);
  }

  static ResourceBuilder resource(String name) {
    return new ResourceBuilder(name);
  }

  /** A container of tenant acme. */
  static final class ResourceBuilder {
    private final String name;
    private TenantId tenant = ACME;
    private String uid;
    private String image = "host";
    private boolean boots = true;
    private boolean autostart = true;
    private String restart = "r";
    private String live = "l";
    private List<Container.Check> checks = List.of();

    private ResourceBuilder(String name) {
      this.name = name;
      this.uid = name;
    }

    ResourceBuilder tenant(TenantId value) {
      tenant = value;
      return this;
    }

    ResourceBuilder uid(String value) {
      uid = value;
      return this;
    }

    ResourceBuilder image(String value) {
      image = value;
      return this;
    }

    ResourceBuilder boots(boolean value) {
      boots = value;
      return this;
    }

    ResourceBuilder autostart(boolean value) {
      autostart = value;
      return this;
    }

    ResourceBuilder restart(String value) {
      restart = value;
      return this;
    }

    ResourceBuilder live(String value) {
      live = value;
      return this;
    }

    ResourceBuilder checks(Container.Check... value) {
      checks = List.of(value);
      return this;
    }

    Resource build() {
      return new Resource(
          new ResourceName(name),
          uid,
          "tenant-container@"
              + tenant.value().replace("-", "\\x2d")
              + "-"
              + name.replace("-", "\\x2d")
              + ".service",
          name + "." + tenant,
          "bb-1",
          "10.128.0.2",
          "02:00:00:00:00:01",
          1_000_000,
          image,
          boots,
          autostart,
          restart,
          live,
          checks);
    }
  }
}
