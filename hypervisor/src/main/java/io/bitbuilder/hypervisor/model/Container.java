package io.bitbuilder.hypervisor.model;

import java.util.List;
import java.util.SortedMap;

/**
 * A container as its tenant declares it.
 *
 * @param uid what its addresses, ranges and data are kept under; the name unless declared, so that
 *     a renamed container keeps them
 * @param image {@code host} or a name of the catalogue
 * @param command what to run; empty when the container boots its own init
 * @param ephemeral whether what it writes is lost when it stops
 * @param readOnly whether its root is read-only
 * @param capabilities granted beyond nspawn's default, each {@code CAP_*} of the allow-list
 * @param networks the networks it joins, in order
 * @param labels words the tenant groups its guests by
 * @param ports of the host that lead to it
 * @param credentials name of the credential inside, to the name of the system credential outside
 * @param overlay entries of rootfs-overlay/, files, directories and links, in path order; empty
 *     when there is none
 */
public record Container(
    ResourceName name,
    String uid,
    String image,
    List<String> command,
    SortedMap<String, String> environment,
    boolean ephemeral,
    boolean readOnly,
    boolean autostart,
    List<String> capabilities,
    List<ResourceName> networks,
    List<ResourceName> labels,
    List<Published> ports,
    List<Volume> volumes,
    SortedMap<String, String> credentials,
    Tenant.Limits limits,
    Restart restart,
    List<Check> checks,
    List<SourceTree.Entry> overlay,
    Origin origin)
    implements Guest {
  public Container {
    command = List.copyOf(command);
    capabilities = List.copyOf(capabilities);
    networks = List.copyOf(networks);
    labels = List.copyOf(labels);
    ports = List.copyOf(ports);
    volumes = List.copyOf(volumes);
    checks = List.copyOf(checks);
    overlay = List.copyOf(overlay);
  }

  /** The capabilities a container may have beyond nspawn's default. */
  public static final List<String> CAPABILITIES = List.of("CAP_IPC_LOCK", "CAP_NET_ADMIN");

  @Override
  public String kind() {
    return "container";
  }

  /** Whether the container runs an init of its own. */
  public boolean boots() {
    return command.isEmpty();
  }

  /**
   * A directory with a life of its own.
   *
   * @param name its name within the tenant; containers that name the same volume share it
   * @param path where it appears inside, absolute
   */
  public record Volume(ResourceName name, String path, boolean readOnly) {}
}
