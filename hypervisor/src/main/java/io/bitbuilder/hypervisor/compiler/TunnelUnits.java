package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.network.TunnelFiles;
import io.bitbuilder.hypervisor.networkd.Templates;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.util.SortedSet;

/** What makes the tunnels of a tenant, and what it is told beyond their files. */
final class TunnelUnits {
  private TunnelUnits() {}

  static void add(ResolvedTenant tenant, Templates templates, Output out) {
    if (tenant.tunnels().isEmpty()) {
      return;
    }
    out.files(TunnelFiles.of(tenant, templates));
    String unit = TenantUnits.wireguard(tenant.id());
    out.link(
        "units/" + TenantUnits.target(tenant.id()) + ".wants/" + unit,
        "/usr/lib/systemd/system/tenant-wireguard@.service");
    UnitFile.Builder file = UnitFile.builder();
    boolean named = TunnelFiles.areNamed(tenant);
    if (named) {
      file.section("Unit").set("Wants", TenantUnits.endpointsTimer(tenant.id()));
    }
    SortedSet<String> credentials = TunnelFiles.credentials(tenant);
    if (!credentials.isEmpty()) {
      file.section("Service");
      credentials.forEach(name -> file.set("ImportCredential", name));
    }
    if (named || !credentials.isEmpty()) {
      out.file("units/" + unit + ".d/50-tunnels.conf", file.build());
    }
  }
}
