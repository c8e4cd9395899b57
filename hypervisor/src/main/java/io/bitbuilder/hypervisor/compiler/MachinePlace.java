package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Script;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedMachine;
import java.util.Set;

/**
 * Where the parts of one virtual machine lie on the host (ARCHITECTURE.md, "What lies where").
 *
 * @param scripts the tenant's scripts, when they run in this machine
 */
record MachinePlace(TenantId tenant, ResolvedMachine machine, Set<Script> scripts) {
  /** UIDs of one range, which tap and user are numbered by. */
  MachinePlace {
    scripts = Set.copyOf(scripts);
    if (!ResourceName.isValid(machine.declared().uid())) {
      throw new IllegalArgumentException("uid of a machine is not a resource name");
    }
  }

  /** That of a machine for which it does not matter whether scripts run in it. */
  static MachinePlace of(TenantId tenant, ResolvedMachine machine) {
    return new MachinePlace(tenant, machine, Set.of());
  }

  String unit() {
    return TenantUnits.machine(tenant, machine.declared().name());
  }

  /** What makes its disks before it starts. */
  String diskUnit() {
    return TenantUnits.disk(tenant, machine.declared().name());
  }

  /** Where QEMU listens for an operator. */
  String console() {
    return Compiled.console(tenant, machine.declared().name());
  }

  /** Where QEMU listens for scripts, as host.ScriptPort knows. */
  String port() {
    return "/run/bitbuilder/machines/" + tenant + "/" + machine.declared().name() + "/scripts";
  }

  /** Kept under the uid, so that a renamed machine finds its disk. */
  String data() {
    return ContainerPlace.tenantData(tenant) + "/machines/" + machine.declared().uid();
  }

  String volume(ResourceName name) {
    return data() + "/volumes/" + name + ".raw";
  }

  /** Its interface on the host, and the name of the user QEMU runs as. */
  String link() {
    return machine.link();
  }
}
