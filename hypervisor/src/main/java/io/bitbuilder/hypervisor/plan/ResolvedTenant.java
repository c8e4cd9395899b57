package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.Firewall;
import io.bitbuilder.hypervisor.model.Machine;
import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.model.Tunnel;
import io.bitbuilder.hypervisor.secret.Ciphertext;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A tenant as this host will run it: everything is chosen, nothing is left to look up.
 *
 * @param scripts the files of scripts/, which run in the container {@code infra}
 * @param secrets the files of credentials/, by name
 * @param firewall what may pass, as the tenant declares it
 * @param outside how the host is connected, and what of it no tenant reaches
 * @param claim what of the quota it uses: the limits of its slice
 */
public record ResolvedTenant(
    TenantId id,
    String name,
    Optional<CommitId> commit,
    Quota claim,
    Tenant.Limits limits,
    List<Network> networks,
    List<ResolvedContainer> containers,
    List<ResolvedMachine> machines,
    List<ResolvedTunnel> tunnels,
    Firewall firewall,
    SystemConfig.Network outside,
    List<SourceTree.Entry> scripts,
    SortedMap<String, Ciphertext> secrets) {
  public ResolvedTenant {
    networks = List.copyOf(networks);
    containers = List.copyOf(containers);
    machines = List.copyOf(machines);
    tunnels = List.copyOf(tunnels);
    scripts = List.copyOf(scripts);
    secrets = Collections.unmodifiableSortedMap(new TreeMap<>(secrets));
  }

  /**
   * A network with its interface and subnets.
   *
   * @param bridge interface name, at most 15 characters
   * @param gateway the host's address on it
   * @param prefix length of the subnet's prefix
   * @param subnet6 its IPv6 subnet of 64 bits in CIDR notation
   * @param gateway6 the host's IPv6 address on it
   * @param crossed whether there is anything beyond it: the outside, or another of the tenant's
   * @param dhcp whether the host hands out addresses
   * @param dns name servers to ask for names that are not the tenant's; empty for those of the host
   * @param mtu the largest packet in bytes, 0 for the default
   * @param bandwidth what each member may send, and receive, in bits per second; 0 for all it can
   * @param span where it goes on, on other hosts
   * @param routed4 whether its IPv4 addresses are known outside, and {@code routed6}
   */
  public record Network(
      ResourceName name,
      Tenant.Network.Mode mode,
      String bridge,
      String gateway,
      int prefix,
      String subnet6,
      String gateway6,
      boolean crossed,
      boolean dhcp,
      List<String> dns,
      int mtu,
      long bandwidth,
      Optional<Span> span,
      boolean routed4,
      boolean routed6) {
    public Network {
      dns = List.copyOf(dns);
    }
  }

  /**
   * How a network reaches the same network on other hosts.
   *
   * @param vni its number there
   * @param link the interface of the host that leads to them
   * @param local the address of this host among them
   * @param remotes the addresses of the others, in order
   */
  public record Span(int vni, String link, String local, List<String> remotes) {
    public Span {
      remotes = List.copyOf(remotes);
    }
  }

  /**
   * A container with all that was chosen for it.
   *
   * @param declared what the tenant wrote
   * @param machineName its name in systemd-machined, {@code name.tenant}
   * @param uidBase the first of its 65536 UIDs
   * @param machineId 32 hexadecimal digits
   * @param image the catalogue image, empty for {@code host}
   * @param port its place in its network, empty when it has none
   */
  public record ResolvedContainer(
      Container declared,
      String machineName,
      long uidBase,
      String machineId,
      Optional<CatalogueImage> image,
      Optional<Port> port) {}

  /**
   * A virtual machine with all that was chosen for it.
   *
   * @param declared what the tenant wrote
   * @param machineName its name in systemd-machined, {@code name.tenant}
   * @param uidBase the first UID of its range, whose user QEMU runs as
   * @param machineId 32 hexadecimal digits
   * @param image the catalogue image its disk is made from
   * @param kernel what starts it when it has no firmware; empty when it has
   * @param port its place in its network, empty when it has none
   */
  public record ResolvedMachine(
      Machine declared,
      String machineName,
      long uidBase,
      String machineId,
      CatalogueImage image,
      Optional<Kernel> kernel,
      Optional<Port> port) {
    /**
     * The interface of the host that leads to it, and the name of the user QEMU runs as; at most 8
     * characters: {@code bm-28672}.
     */
    public String link() {
      return link(uidBase);
    }

    /** The same, by the first UID of a range. */
    public static String link(long uidBase) {
      return "bm-" + uidBase / UidRanges.SIZE;
    }
  }

  /**
   * A tunnel with all that was chosen for it.
   *
   * @param declared what the tenant wrote
   * @param number 0 to 999999999, that of no other tunnel on this host
   */
  public record ResolvedTunnel(Tunnel declared, int number) {
    /** The first routing table of a tunnel: beyond those people number by hand. */
    private static final int TABLES = 1_000_000_000;

    /** Its interface on the host, at most 12 characters. */
    public String link() {
      return "bw-" + number;
    }

    /** The routing table that leads to what is behind its peers. */
    public int table() {
      return TABLES + number;
    }
  }

  /**
   * The kernel of an image.
   *
   * @param sha256 digest of the kernel, {@code initrd} that of its initrd
   * @param options the kernel command line
   */
  public record Kernel(String sha256, String initrd, String options) {}

  /**
   * The place of a guest in a network.
   *
   * @param link the interface of the host that leads to the guest
   * @param gateway the way to what is beyond the network; empty where nothing is, as {@code
   *     gateway6}
   * @param mtu the largest packet of the network in bytes, 0 for the default
   * @param address6 what follows from the network and the MAC address
   */
  public record Port(
      ResourceName network,
      String bridge,
      String link,
      String mac,
      String address,
      int prefix,
      String gateway,
      String address6,
      String gateway6,
      int mtu) {}
}
