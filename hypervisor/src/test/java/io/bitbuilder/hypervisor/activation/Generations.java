package io.bitbuilder.hypervisor.activation;

import io.bitbuilder.hypervisor.compiler.Compiled.Resource;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Manifest;
import io.bitbuilder.hypervisor.host.UnitState;
import io.bitbuilder.hypervisor.model.Check;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.network.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Manifests made by hand. */
public final class Generations {
  public static final TenantId ACME = new TenantId("acme");

  private Generations() {}

  public static Manifest manifest(ResourceBuilder... resources) {
    return manifest(Arrays.stream(resources).map(ResourceBuilder::build).toList());
  }

  public static Manifest manifest(List<Resource> resources) {
    return manifest(ACME, "c".repeat(40), resources);
  }

  public static Manifest manifest(TenantId tenant, String commit, List<Resource> resources) {
    return manifest(tenant, commit, commit, resources);
  }

  public static Manifest manifest(
      TenantId tenant, String commit, String inputs, List<Resource> resources) {
    return new Manifest(
        tenant,
        commit,
        inputs,
        Instant.parse("2026-01-01T00:00:00Z"),
        "Ann <ann@example.org>",
        "Change it",
        "alice SHA256:a1",
        resources,
        Topology.NONE);
  }

  /** A generation of tenant acme with one file, or none when its content is empty. */
  static Generation with(Path home, int number, String file, String content) throws IOException {
    Path directory = Files.createDirectories(home.resolve(String.valueOf(number)));
    if (!content.isEmpty()) {
      Path path = directory.resolve(file);
      Files.createDirectories(Objects.requireNonNull(path.getParent()));
      Files.writeString(path, content);
    }
    return new Generation(
        ACME, number, directory, manifest(resource("web")), Optional.empty(), false);
  }

  static UnitState unit(String unit, String state) {
    return new UnitState(unit, "loaded", state, "", "success", "1", 0, Optional.empty(), 0, "");
  }

  /** The steps of tenant acme, all of whose units are active but for one, which is in a state. */
  static Steps steps(Generation from, Generation to, String unit, String state, boolean unknown)
      throws IOException {
    Map<String, UnitState> states = new HashMap<>();
    for (String one : Steps.units(ACME, Optional.of(from), Optional.of(to))) {
      states.put(one, unit(one, one.equals(unit) ? state : "active"));
    }
    return Steps.of(ACME, Optional.of(from), Optional.of(to), states, unknown, List.of());
  }

  public static ResourceBuilder resource(String name) {
    return new ResourceBuilder(name);
  }

  /** A container of tenant acme. */
  public static final class ResourceBuilder {
    private final String name;
    private TenantId tenant = ACME;
    private String uid;
    private String image = "host";
    private boolean boots = true;
    private boolean autostart = true;
    private String restart = "r";
    private String live = "l";
    private List<Check> checks = List.of();

    private ResourceBuilder(String name) {
      this.name = name;
      this.uid = name;
    }

    public ResourceBuilder tenant(TenantId value) {
      tenant = value;
      return this;
    }

    public ResourceBuilder uid(String value) {
      uid = value;
      return this;
    }

    public ResourceBuilder image(String value) {
      image = value;
      return this;
    }

    public ResourceBuilder boots(boolean value) {
      boots = value;
      return this;
    }

    public ResourceBuilder autostart(boolean value) {
      autostart = value;
      return this;
    }

    public ResourceBuilder restart(String value) {
      restart = value;
      return this;
    }

    public ResourceBuilder live(String value) {
      live = value;
      return this;
    }

    public ResourceBuilder checks(Check... value) {
      checks = List.of(value);
      return this;
    }

    public Resource build() {
      return new Resource(
          Resource.Kind.CONTAINER,
          new ResourceName(name),
          uid,
          "tenant-container@"
              + tenant.value().replace("-", "\\x2d")
              + "-"
              + name.replace("-", "\\x2d")
              + ".service",
          name + "." + tenant,
          new Resource.Port(
              "lan",
              "bb-" + tenant,
              "vb-web",
              "10.128." + (tenant.hashCode() & 127) + "." + (name.hashCode() & 127),
              "fd00:b17b::2",
              "02:00:00:00:00:01"),
          65_536L * (1 + ((tenant + name).hashCode() & 8191)),
          image,
          List.of(),
          boots,
          autostart,
          restart,
          live,
          checks);
    }
  }
}
