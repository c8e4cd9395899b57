package io.bitbuilder.hypervisor.model;

import io.bitbuilder.hypervisor.secret.Ciphertext;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A tenant repository, read: what the tenant declares, not yet what it gets.
 *
 * @param name for people
 * @param resources what it claims of its quota (machines and containers: how many it declares)
 * @param limits limits of the tenant's slice beyond the claim
 * @param firewall what may pass between its guests, its networks and the outside
 * @param scripts the files of scripts/, in path order; empty when there are none
 * @param secrets the files of credentials/, by name
 * @param limitsOrigin where the limits were written, or would be
 */
public record Tenant(
    TenantId id,
    String name,
    Type type,
    boolean enabled,
    Quota resources,
    Limits limits,
    Origin limitsOrigin,
    List<Network> networks,
    List<Container> containers,
    List<Machine> machines,
    List<Tunnel> tunnels,
    Firewall firewall,
    List<SourceTree.Entry> scripts,
    SortedMap<String, Ciphertext> secrets,
    Origin origin) {
  public Tenant {
    networks = List.copyOf(networks);
    containers = List.copyOf(containers);
    machines = List.copyOf(machines);
    tunnels = List.copyOf(tunnels);
    scripts = List.copyOf(scripts);
    secrets = Collections.unmodifiableSortedMap(new TreeMap<>(secrets));
  }

  /** The name of the infrastructure instance among the tenant's guests. */
  public static final ResourceName INFRA = new ResourceName("infra");

  /** The directory of the tenant's scripts inside its infrastructure instance. */
  public static final String SCRIPTS = "/infra/scripts";

  /** Where the infrastructure instance has what is the tenant's: scripts and repository. */
  public static final String INFRA_FILES = "/infra";

  /** All that runs: containers, then machines, as declared. */
  public List<Guest> guests() {
    return Stream.<Guest>concat(containers.stream(), machines.stream()).toList();
  }

  /** What the infrastructure instance is. */
  public enum Type {
    VM,
    CONTAINER
  }

  /**
   * A network of the tenant.
   *
   * @param bridge the interface name the tenant wishes, empty for one of ours
   * @param ipv4 the subnet the tenant wishes in CIDR notation, empty for one from the pool
   * @param ipv6 likewise, a /64
   * @param dhcp whether the host hands out addresses in it
   * @param dns name servers to ask for names that are not the tenant's; empty for those of the host
   * @param mtu the largest packet in bytes, 0 for the default
   * @param vni its number across hosts, 0 for a network of this host alone
   * @param bandwidth what each member may send, and receive, in bits per second; 0 for all it can
   */
  public record Network(
      ResourceName name,
      Mode mode,
      String bridge,
      String ipv4,
      String ipv6,
      boolean dhcp,
      List<String> dns,
      int mtu,
      int vni,
      long bandwidth,
      Origin origin) {
    public Network {
      dns = List.copyOf(dns);
    }

    /** How a network is connected. */
    public enum Mode {
      /** Its members reach each other. */
      ISOLATED_BRIDGE,
      /** And the outside, with the address of the host. */
      NAT,
      /** And the outside, with their own addresses, which are routed to the host. */
      ROUTED,
      /** Its members reach each other on several hosts. */
      VXLAN,
      /** There is none. */
      NONE;

      /** As documents name it. */
      public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
      }

      /** Whether its members reach the outside. */
      public boolean leads() {
        return this == NAT || this == ROUTED;
      }
    }
  }

  /**
   * Limits of a slice or a unit; an absent one is not set (systemd.resource-control(5)). That of
   * storage is a tenant's alone.
   *
   * @param cpuMillis CPUQuota= in thousandths of a processor
   * @param cpuWeight CPUWeight=, 1 to 10000
   */
  public record Limits(
      Optional<Integer> cpuMillis,
      Optional<Integer> cpuWeight,
      Optional<ByteSize> memoryMax,
      Optional<ByteSize> memoryHigh,
      Optional<ByteSize> memorySwapMax,
      Optional<Integer> tasksMax,
      Optional<Integer> ioWeight,
      Optional<ByteSize> storageMax) {
    /** No limit at all. */
    public static final Limits NONE =
        new Limits(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }
}
