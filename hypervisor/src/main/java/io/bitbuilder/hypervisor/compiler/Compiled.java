package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.Check;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.network.Topology;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A compiled tenant: its files, and what activation must know about each resource.
 *
 * @param resources one per container, machine and script, in order of their names
 * @param topology its networks and where its rules are written
 */
public record Compiled(FileTree tree, List<Resource> resources, Topology topology) {
  public Compiled {
    resources = List.copyOf(resources);
  }

  /**
   * Where a virtual machine's QEMU listens for whoever sits down at its console, in the directory
   * its unit has while it runs (RuntimeDirectory=).
   */
  public static String console(TenantId tenant, ResourceName name) {
    return "/run/bitbuilder/machines/" + tenant + "/" + name + "/console";
  }

  /**
   * What activation knows of a guest without parsing unit files; empty texts where there is none.
   *
   * @param kind what it is
   * @param uid what its allocations are kept under
   * @param unit the service that runs it
   * @param machine its name in systemd-machined
   * @param port its place in its network
   * @param uidBase the first of its 65536 UIDs
   * @param image digest of its image, {@code host} for the host's own /usr
   * @param files digests of further files of the catalogue it needs: kernel and initrd
   * @param boots whether it runs an init of its own
   * @param restartDigest digest of all that needs a restart to change
   * @param liveDigest digest of all that is applied in place
   */
  public record Resource(
      Kind kind,
      ResourceName name,
      String uid,
      String unit,
      String machine,
      Port port,
      long uidBase,
      String image,
      List<String> files,
      boolean boots,
      boolean autostart,
      String restartDigest,
      String liveDigest,
      List<Check> checks) {
    public Resource {
      files = List.copyOf(files);
      checks = List.copyOf(checks);
    }

    /**
     * Its place in its network; all texts are empty where it has none.
     *
     * @param network the name of the network within the tenant
     * @param bridge the interface of the host that is the network
     * @param link the interface of the host that leads to the guest
     */
    public record Port(
        String network, String bridge, String link, String address, String address6, String mac) {
      /** No network. */
      public static final Port NONE = new Port("", "", "", "", "", "");

      static Port of(Optional<ResolvedTenant.Port> port) {
        return port.map(of ->
                new Port(
                    of.network().value(),
                    of.bridge(),
                    of.link(),
                    of.address(),
                    of.address6(),
                    of.mac()))
            .orElse(NONE);
      }
    }

    /** The interface of the host that is its network, or empty. */
    public String bridge() {
      return port.bridge();
    }

    /** Its IPv4 address, or empty. */
    public String address() {
      return port.address();
    }

    /** Its MAC address, or empty. */
    public String mac() {
      return port.mac();
    }

    /** The same with other checks. */
    Resource with(List<Check> others) {
      return new Resource(
          kind,
          name,
          uid,
          unit,
          machine,
          port,
          uidBase,
          image,
          files,
          boots,
          autostart,
          restartDigest,
          liveDigest,
          others);
    }

    /** What a resource is. */
    public enum Kind {
      CONTAINER,
      MACHINE,
      /** One of the tenant's scripts, which is up when it has succeeded. */
      SCRIPT;

      /** As messages and manifests name it. */
      public String word() {
        return name().toLowerCase(Locale.ROOT);
      }

      private static Kind of(String word) {
        return switch (word) {
          case "container" -> CONTAINER;
          case "machine" -> MACHINE;
          case "script" -> SCRIPT;
          default -> throw new IllegalArgumentException("resource of an unknown kind");
        };
      }
    }

    /** As a JSON object for the manifest. */
    public Map<String, Object> toJson() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("kind", kind.word());
      map.put("name", name.value());
      map.put("uid", uid);
      map.put("unit", unit);
      map.put("machine", machine);
      map.put("network", port.network());
      map.put("bridge", port.bridge());
      map.put("link", port.link());
      map.put("address", port.address());
      map.put("address6", port.address6());
      map.put("mac", port.mac());
      map.put("uidBase", uidBase);
      map.put("image", image);
      map.put("files", files);
      map.put("boots", boots);
      map.put("autostart", autostart);
      map.put("restartDigest", restartDigest);
      map.put("liveDigest", liveDigest);
      map.put("checks", checks.stream().map(Resource::toJson).toList());
      return map;
    }

    /**
     * Reads what {@link #toJson()} wrote.
     *
     * @throws IllegalArgumentException when a member is missing or of another type
     */
    public static Resource fromJson(Map<String, ? extends @Nullable Object> map) {
      List<Check> checks = new ArrayList<>();
      for (Object check : member(map, "checks", List.class)) {
        if (!(check instanceof Map<?, ?> members)) {
          throw new IllegalArgumentException("member checks is not a list of objects");
        }
        checks.add(check(members));
      }
      List<String> files = new ArrayList<>();
      // Manifests of versions without machines have neither.
      if (map.containsKey("files")) {
        for (Object file : member(map, "files", List.class)) {
          files.add(String.valueOf(file));
        }
      }
      return new Resource(
          map.containsKey("kind") ? Kind.of(member(map, "kind", String.class)) : Kind.CONTAINER,
          new ResourceName(member(map, "name", String.class)),
          member(map, "uid", String.class),
          member(map, "unit", String.class),
          member(map, "machine", String.class),
          new Port(
              later(map, "network"),
              member(map, "bridge", String.class),
              later(map, "link"),
              member(map, "address", String.class),
              later(map, "address6"),
              member(map, "mac", String.class)),
          member(map, "uidBase", Long.class),
          member(map, "image", String.class),
          files,
          member(map, "boots", Boolean.class),
          member(map, "autostart", Boolean.class),
          member(map, "restartDigest", String.class),
          member(map, "liveDigest", String.class),
          checks);
    }

    /** A text that manifests of earlier versions do not have. */
    private static String later(Map<String, ? extends @Nullable Object> map, String name) {
      return map.containsKey(name) ? member(map, name, String.class) : "";
    }

    private static Map<String, Object> toJson(Check check) {
      Map<String, Object> map = new LinkedHashMap<>();
      switch (check) {
        case Check.Tcp tcp -> {
          map.put("type", "tcp");
          map.put("port", (long) tcp.port());
        }
        case Check.Http http -> {
          map.put("type", "http");
          map.put("port", (long) http.port());
          map.put("path", http.path());
          http.status().ifPresent(status -> map.put("status", (long) status));
        }
        case Check.Exec exec -> {
          map.put("type", "exec");
          map.put("command", exec.command());
        }
        case Check.Handed handed -> {
          map.put("type", "script");
          map.put("layer", handed.layer());
        }
        case Check.Unit unit -> {
          map.put("type", "unit");
          map.put("unit", unit.unit());
        }
      }
      map.put("intervalMillis", check.interval().toMillis());
      map.put("timeoutMillis", check.timeout().toMillis());
      return map;
    }

    private static Check check(Map<?, ?> map) {
      Duration interval = Duration.ofMillis(member(map, "intervalMillis", Long.class));
      Duration timeout = Duration.ofMillis(member(map, "timeoutMillis", Long.class));
      String type = member(map, "type", String.class);
      return switch (type) {
        case "tcp" -> new Check.Tcp(port(map), interval, timeout);
        case "http" ->
            new Check.Http(
                port(map),
                member(map, "path", String.class),
                map.get("status") instanceof Long status
                    ? Optional.of(Math.toIntExact(status))
                    : Optional.empty(),
                interval,
                timeout);
        case "exec" -> {
          List<String> command = new ArrayList<>();
          for (Object word : member(map, "command", List.class)) {
            command.add(String.valueOf(word));
          }
          yield new Check.Exec(command, interval, timeout);
        }
        case "script" -> new Check.Handed(member(map, "layer", String.class), interval, timeout);
        case "unit" -> new Check.Unit(member(map, "unit", String.class), interval, timeout);
        default -> throw new IllegalArgumentException("check of an unknown type");
      };
    }

    private static int port(Map<?, ?> map) {
      return Math.toIntExact(member(map, "port", Long.class));
    }

    private static <T> T member(Map<?, ?> map, String key, Class<T> type) {
      Object value = map.get(key);
      if (!type.isInstance(value)) {
        throw new IllegalArgumentException("member " + key + " is missing or of another type");
      }
      return type.cast(value);
    }
  }
}
