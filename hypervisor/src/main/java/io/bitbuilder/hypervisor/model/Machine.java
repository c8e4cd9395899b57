package io.bitbuilder.hypervisor.model;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A virtual machine as its tenant declares it.
 *
 * @param uid what its disk, addresses and range are kept under; the name unless declared, so that a
 *     renamed machine keeps them
 * @param image a name of the catalogue; its disk is made from it once
 * @param cpus virtual processors, at least 1
 * @param memory what the guest sees as its memory
 * @param disk the size of its disk, which grows to it and never shrinks; empty for that of the
 *     image
 * @param replace a word that changes when the disk is to be made anew from the image; empty for
 *     none
 * @param reseed a word that changes when cloud-init is to take it for another instance; empty for
 *     none
 * @param labels words the tenant groups its guests by
 * @param ports of the host that lead to it
 * @param credentials name of the credential inside, to the name of the system credential outside
 * @param cloudInit the files of cloud-init/, in path order; empty when there are none
 */
public record Machine(
    ResourceName name,
    String uid,
    String image,
    int cpus,
    ByteSize memory,
    Optional<ByteSize> disk,
    Firmware firmware,
    boolean secureBoot,
    boolean tpm,
    boolean autostart,
    String replace,
    String reseed,
    List<ResourceName> networks,
    List<ResourceName> labels,
    List<Published> ports,
    List<Volume> volumes,
    SortedMap<String, String> credentials,
    List<SourceTree.Entry> cloudInit,
    Restart restart,
    List<Check> checks,
    Origin origin)
    implements Guest {
  public Machine {
    networks = List.copyOf(networks);
    labels = List.copyOf(labels);
    ports = List.copyOf(ports);
    volumes = List.copyOf(volumes);
    cloudInit = List.copyOf(cloudInit);
    checks = List.copyOf(checks);
  }

  @Override
  public String kind() {
    return "machine";
  }

  /** What starts a machine. */
  public enum Firmware {
    UEFI,
    BIOS,
    /** No firmware: the host loads the kernel that belongs to the image. */
    NONE
  }

  /**
   * A further disk with a life of its own.
   *
   * @param name its name within the machine, and its serial number inside (/dev/disk/by-id/)
   * @param size it grows to it and never shrinks
   */
  public record Volume(ResourceName name, ByteSize size, boolean readOnly) {}
}
