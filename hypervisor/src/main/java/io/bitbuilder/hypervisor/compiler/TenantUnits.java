package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Script;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.unitfile.UnitName;

/** The names of a tenant's units: instances of the static templates, and its slice. */
public final class TenantUnits {
  private TenantUnits() {}

  /** Everything of a tenant; stopping it stops all. */
  public static String target(TenantId tenant) {
    return "tenant@" + escape(tenant) + ".target";
  }

  /** Directories, nspawn and network files. */
  public static String setup(TenantId tenant) {
    return "setup-tenant@" + escape(tenant) + ".service";
  }

  /** Bridges. */
  public static String network(TenantId tenant) {
    return "tenant-network@" + escape(tenant) + ".service";
  }

  /** Tunnels. */
  public static String wireguard(TenantId tenant) {
    return "tenant-wireguard@" + escape(tenant) + ".service";
  }

  /** What the tenant encrypted, made ready for its guests. */
  public static String secrets(TenantId tenant) {
    return "tenant-secrets@" + escape(tenant) + ".service";
  }

  /** Looks up again and again where peers with names are. */
  public static String endpointsTimer(TenantId tenant) {
    return "tenant-endpoints@" + escape(tenant) + ".timer";
  }

  /** One container. */
  public static String container(TenantId tenant, ResourceName name) {
    return "tenant-container@" + escape(tenant, name) + ".service";
  }

  /** One virtual machine. */
  public static String machine(TenantId tenant, ResourceName name) {
    return "tenant-machine@" + escape(tenant, name) + ".service";
  }

  /** The disks of a virtual machine. */
  public static String disk(TenantId tenant, ResourceName name) {
    return "tenant-disk@" + escape(tenant, name) + ".service";
  }

  /** A script that runs in the infrastructure instance. */
  public static String script(TenantId tenant, Script script) {
    return "tenant-script@" + escape(tenant, script.resource()) + ".service";
  }

  /** Where the tenant asks its infrastructure manager. */
  public static String infraSocket(TenantId tenant) {
    return "tenant-infra@" + escape(tenant) + ".socket";
  }

  /** The infrastructure manager, which the socket starts. */
  public static String infraManager(TenantId tenant) {
    return "tenant-infra@" + escape(tenant) + ".service";
  }

  /** Where a network's members ask for names. */
  public static String namesSocket(TenantId tenant, ResourceName network) {
    return "tenant-names@" + escape(tenant, network) + ".socket";
  }

  /** The name server of a network, which the socket starts. */
  public static String namesServer(TenantId tenant, ResourceName network) {
    return "tenant-names@" + escape(tenant, network) + ".service";
  }

  /** Runs the health check again and again. */
  public static String healthTimer(TenantId tenant) {
    return "tenant-health@" + escape(tenant) + ".timer";
  }

  /** The directories in which an ephemeral container's writes are kept while it runs. */
  static String scratch(TenantId tenant, ResourceName name) {
    return "tenant-scratch@" + escape(tenant, name) + ".service";
  }

  /** A raw catalogue image, mounted. */
  static String image(String sha256) {
    return "bitbuilder-image@" + sha256 + ".service";
  }

  /** The limits of a tenant. */
  public static String slice(TenantId tenant) {
    return "tenants-" + escape(tenant) + ".slice";
  }

  private static String escape(TenantId tenant) {
    return UnitName.escape(tenant.value());
  }

  private static String escape(TenantId tenant, ResourceName name) {
    return escape(tenant) + "-" + UnitName.escape(name.value());
  }
}
