package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.Script;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.util.Optional;

/**
 * What makes a container the tenant's infrastructure instance: inside it are the tenant's scripts
 * and its repository, and a socket to ask its infrastructure manager on.
 */
final class InfraUnits {
  private InfraUnits() {}

  /** Whether the tenant has such a container. */
  static boolean has(ResolvedTenant tenant) {
    return tenant.containers().stream()
        .anyMatch(container -> container.declared().name().equals(Tenant.INFRA));
  }

  /**
   * Adds the socket, which is there before the container it is bound into, and the timer of the
   * health check.
   */
  static void add(ResolvedTenant tenant, Output out) {
    if (!has(tenant)) {
      return;
    }
    String socket = TenantUnits.infraSocket(tenant.id());
    UnitFile.Builder file =
        UnitFile.builder()
            .section("Unit")
            .set("Requires", socket)
            // After the manager has ended that the instance before it talked to.
            .set("After", socket + " " + TenantUnits.infraManager(tenant.id()));
    if (ScriptUnits.has(tenant, Script.HEALTH_CHECK)) {
      file.set("Wants", TenantUnits.healthTimer(tenant.id()));
    }
    out.file(
        "units/" + TenantUnits.container(tenant.id(), Tenant.INFRA) + ".d/40-infra.conf",
        file.build());
  }

  /** What is bound into the container, each read-only and shifted to its UIDs. */
  static void bind(TenantId tenant, Optional<String> scripts, UnitFile.Builder file) {
    bind(data(tenant), Tenant.INFRA_FILES, file);
    scripts.ifPresent(layer -> bind(ContainerPlace.layerSource(layer), Tenant.SCRIPTS, file));
    bind("/run/tenants/" + tenant + "/infra", "/run/bitbuilder", file);
  }

  private static void bind(String from, String to, UnitFile.Builder file) {
    file.set("BindReadOnly", from + ":" + to + ":idmap,norbind");
  }

  /** Where what it sees of the tenant lies on the host; setup-tenant puts it there. */
  static String data(TenantId tenant) {
    return ContainerPlace.tenantData(tenant) + "/infra";
  }
}
