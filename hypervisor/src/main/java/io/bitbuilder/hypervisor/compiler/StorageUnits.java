package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.unitfile.UnitFile;

/**
 * The limit of all a tenant has on disk: a project quota, which systemd sets on its directory each
 * time setup-tenant@ starts or reloads (systemd.exec(5), StateDirectoryQuota=).
 */
final class StorageUnits {
  private StorageUnits() {}

  static void add(ResolvedTenant tenant, Output out) {
    ByteSize most = tenant.limits().storageMax().orElse(tenant.claim().storage());
    out.file(
        "units/" + TenantUnits.setup(tenant.id()) + ".d/50-storage.conf",
        UnitFile.builder().section("Service").set("StateDirectoryQuota", most.toString()).build());
  }
}
