package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.schema.Consequence;
import io.bitbuilder.hypervisor.schema.Shape;
import java.util.List;
import java.util.Optional;

/**
 * A kind of document people write, with every key it knows.
 *
 * @param name the name of its reference page and schema
 * @param path where it lies, with {@code *} for one name of the author's choice
 * @param doc what it is for
 */
public record DocumentKind(String name, String path, String doc, Shape shape) {
  private static final List<DocumentKind> ALL =
      List.of(
          new DocumentKind(
              "metadata",
              "metadata.json",
              "Who a tenant is and what it claims. The one file a tenant repository must have.",
              MetadataFile.SHAPE),
          new DocumentKind(
              "infrastructure",
              "infrastructure/config.yaml",
              "The infrastructure instance of a tenant: the container or machine `infra`. A tenant"
                  + " with scripts, or with neither containers nor machines, has it without this file,"
                  + " with all the tenant claims.",
              InfrastructureFile.SHAPE),
          new DocumentKind(
              "resource-limits",
              "infrastructure/resource-limits.yaml",
              "Limits of a tenant as a whole, beyond what it claims.",
              ResourceLimitsFile.SHAPE),
          new DocumentKind(
              "container",
              "containers/*/config.yaml",
              "A container. The directory is its name; `rootfs-overlay/` beside the file is laid"
                  + " over its root as a read-only layer.",
              ContainerFile.SHAPE),
          new DocumentKind(
              "machine",
              "machines/*/config.yaml",
              "A virtual machine. The directory is its name; `cloud-init/` beside the file is the drive"
                  + " a guest with cloud-init looks for: user-data, meta-data, network-config,"
                  + " vendor-data.",
              MachineFile.SHAPE),
          new DocumentKind(
              "topology",
              "network/topology.yaml",
              "The networks of a tenant. Without this file it has one: that of the interface in"
                  + " metadata.json, or an isolated bridge named `default`.",
              TopologyFile.SHAPE),
          new DocumentKind(
              "firewall",
              "network/firewall/*.yaml",
              "Who may reach whom: rules and policies for the containers and machines of a tenant, its"
                  + " networks, and the outside. All files count together.",
              FirewallFile.SHAPE),
          new DocumentKind(
              "wireguard",
              "network/wireguard/*.yaml",
              "A WireGuard tunnel between networks of a tenant and peers anywhere. The name of the file"
                  + " is its name.",
              WireguardFile.SHAPE),
          new DocumentKind(
              "config",
              ".gitops/config.yaml",
              "The configuration of a host, in the system repository. Every key may be left out,"
                  + " and so may the file.",
              SystemConfigFile.SHAPE),
          new DocumentKind(
              "registry",
              "tenants/registry.json",
              "The tenants of a host, in the system repository.",
              RegistryFile.SHAPE),
          new DocumentKind(
              "host",
              "/etc/bitbuilder/host.yaml",
              "All a host is told by hand. The system credential `bitbuilder.host` may hold it"
                  + " instead.",
              HostFile.SHAPE));

  /** All kinds, tenant documents first. */
  public static List<DocumentKind> all() {
    return ALL;
  }

  /**
   * What follows when a value of a document changes.
   *
   * @param path the path of the document in its repository
   * @param pointer the JSON pointer of the value
   * @return empty when the path or pointer is none of ours
   */
  public static Optional<Consequence> consequence(String path, String pointer) {
    return ALL.stream()
        .filter(kind -> kind.holds(path))
        .findFirst()
        .flatMap(kind -> Optional.ofNullable(kind.shape().consequence(pointer)));
  }

  private boolean holds(String file) {
    int star = path.indexOf('*');
    if (star < 0) {
      return path.equals(file);
    }
    String before = path.substring(0, star);
    String after = path.substring(star + 1);
    if (file.length() <= before.length() + after.length()
        || !file.startsWith(before)
        || !file.endsWith(after)) {
      return false;
    }
    String chosen = file.substring(before.length(), file.length() - after.length());
    return chosen.indexOf('/') < 0;
  }
}
