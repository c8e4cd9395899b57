package io.bitbuilder.hypervisor.model;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * .gitops/config.yaml of the system repository; every key has a default.
 *
 * @param images the catalogue by name; the kernel and the initrd of an image are entries of their
 *     own, which nobody can name
 */
public record SystemConfig(
    Sync sync,
    Discovery discovery,
    Verify verify,
    Host host,
    Network network,
    Fleet fleet,
    SortedMap<String, CatalogueImage> images,
    Health health,
    Retention retention,
    Origin origin) {

  /**
   * How repositories are fetched.
   *
   * @param interval time between two runs
   * @param timeout limit for one repository
   * @param concurrency how many repositories at once
   */
  public record Sync(Duration interval, Duration timeout, int concurrency) {}

  /**
   * Where tenants are found.
   *
   * @param registry path of the registry in the system repository
   * @param directories local directories (file URLs); each bare repository named tenant-* in one is
   *     a tenant
   * @param defaultQuota the quota of tenants found in directories
   */
  public record Discovery(String registry, List<String> directories, Quota defaultQuota) {}

  /** How tenants' commits are verified, and how long a repository may stay silent (0: for ever). */
  public record Verify(VerifyMode mode, Duration maxAge) {}

  /**
   * What of the host tenants may have together.
   *
   * @param reserve kept for the host itself (machines and containers of it are 0)
   * @param cpuOvercommit how often a processor may be promised, at least 0.1
   * @param memoryOvercommit how often memory may be promised, at least 0.1
   */
  public record Host(Quota reserve, double cpuOvercommit, double memoryOvercommit) {}

  /**
   * Networks of tenants.
   *
   * @param ipv4Pool what the host cuts subnets from, in CIDR notation, and {@code ipv6Pool}
   * @param uplink the interface to the outside; {@code auto} for those of the default routes
   * @param protect what tenants cannot reach through the uplink, in CIDR notation; {@link #LOCAL}
   *     is always among it
   * @param connections how many connections a tenant may have through the host at a time
   */
  public record Network(
      String ipv4Pool, String ipv6Pool, String uplink, List<String> protect, int connections) {
    /** Loopback and link-local addresses, where clouds tell a host its secrets. */
    public static final List<String> LOCAL = List.of("127.0.0.0/8", "169.254.0.0/16", "fe80::/10");

    public Network {
      protect = Stream.concat(LOCAL.stream(), protect.stream()).distinct().sorted().toList();
    }
  }

  /**
   * The hosts that share networks of mode vxlan.
   *
   * @param self the name of this host; empty where nobody knows, as on a workstation
   * @param encrypted whether what they exchange goes through WireGuard
   * @param members by name
   */
  public record Fleet(String self, boolean encrypted, SortedMap<String, Member> members) {
    public Fleet {
      members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
    }

    /** The highest slot: so many hosts can share a network. */
    public static final int SLOTS = 8;

    /**
     * One host.
     *
     * @param slot which part of the addresses of a shared network it hands out, 0 to 7
     * @param endpoint its address and the port it listens on for the others
     * @param publicKey of WireGuard, or empty where nothing is encrypted
     */
    public record Member(int slot, String endpoint, String publicKey, Origin origin) {
      /** The address alone, without the brackets of IPv6. */
      public String address() {
        String host = endpoint.substring(0, endpoint.lastIndexOf(':'));
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
      }

      /** The port. */
      public int port() {
        return Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
      }
    }
  }

  /** The same on a host of that name. */
  public SystemConfig on(String host) {
    Fleet here = new Fleet(host, fleet.encrypted(), fleet.members());
    return new SystemConfig(
        sync, discovery, verify, this.host, network, here, images, health, retention, origin);
  }

  /** The same with another catalogue. */
  public SystemConfig with(SortedMap<String, CatalogueImage> catalogue) {
    return new SystemConfig(
        sync, discovery, verify, host, network, fleet, catalogue, health, retention, origin);
  }

  /** The deadline of a new generation and what follows when it stays unhealthy. */
  public record Health(Duration deadline, boolean rollback) {}

  /** How many generations are kept, and how long the data of removed tenants. */
  public record Retention(int generations, Duration removedTenants) {}

  /**
   * An image tenants may name.
   *
   * @param url where it is: https, http or file
   * @param sha256 the digest in lowercase hexadecimal; empty where a signature says it ({@code
   *     verify: signature}) and nobody has asked yet, or none counts
   * @param options the kernel command line of a machine that has no firmware; empty unless the
   *     image brings a kernel
   * @param internal whether the name in the address may stand for an internal address
   */
  public record CatalogueImage(
      String name, String url, String sha256, Type type, String options, boolean internal) {
    /** One that comes from outside. */
    public CatalogueImage(String name, String url, String sha256, Type type, String options) {
      this(name, url, sha256, type, options, false);
    }

    /** The same with the digest its publisher signed. */
    public CatalogueImage withDigest(String digest) {
      return new CatalogueImage(name, url, digest, type, options, internal);
    }

    /** Where a signature is asked for, rather than a digest pinned. */
    public boolean isSigned() {
      return sha256.isEmpty();
    }

    /** The image it belongs to: itself, but for a kernel or initrd. */
    public String whole() {
      int slash = name.indexOf('/');
      return slash < 0 ? name : name.substring(0, slash);
    }

    /** Where {@code verify} of it stands in .gitops/config.yaml. */
    public String pointer() {
      return "/images/" + name + "/verify";
    }

    /** What comes after the name of an image in the name of its kernel. */
    public static final String KERNEL = "/kernel";

    /** Likewise of its initrd. */
    public static final String INITRD = "/initrd";

    /** What the file is. */
    public enum Type {
      TAR,
      RAW,
      /** A kernel or an initrd, used as it is. */
      FILE
    }
  }
}
