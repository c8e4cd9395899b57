package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.Check;
import io.bitbuilder.hypervisor.model.Script;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedMachine;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import io.bitbuilder.hypervisor.unitfile.Words;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The services that run a tenant's scripts inside its infrastructure instance: one before its other
 * guests start, one after. That the first one has succeeded is remembered with the tenant's data:
 * it gates a new version of itself, but at a later boot, perhaps without a network, its failure
 * does not keep the last good generation down.
 *
 * <p>The third script is a health check of the instance, which gates a new generation, and is no
 * resource: a timer runs it later.
 */
final class ScriptUnits {
  private final ResolvedTenant tenant;
  private final String digest;
  private final Compiled.Resource infra;
  private final List<Compiled.Resource> others;

  private ScriptUnits(ResolvedTenant tenant, List<Compiled.Resource> guests) {
    this.tenant = tenant;
    this.digest = Layers.digest(tenant.scripts());
    this.infra =
        guests.stream()
            .filter(guest -> guest.name().equals(Tenant.INFRA))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("scripts without an instance"));
    this.others = guests.stream().filter(guest -> !guest.equals(infra)).toList();
  }

  /**
   * Adds the units of all scripts.
   *
   * @param guests what the tenant runs
   * @return the scripts as resources of their own
   */
  static List<Compiled.Resource> add(
      ResolvedTenant tenant, List<Compiled.Resource> guests, Output out) {
    if (tenant.scripts().isEmpty()) {
      return List.of();
    }
    ScriptUnits units = new ScriptUnits(tenant, guests);
    List<Compiled.Resource> scripts = new ArrayList<>();
    if (has(tenant, Script.PRE_PROVISION)) {
      scripts.add(units.before(out));
    }
    if (has(tenant, Script.POST_PROVISION)) {
      scripts.add(units.after(out));
    }
    if (has(tenant, Script.HEALTH_CHECK)) {
      units.again(out);
    }
    return scripts;
  }

  /** The scripts that run in a virtual machine: all of the tenant, or none. */
  static Set<Script> in(ResolvedTenant tenant, ResolvedMachine machine) {
    Set<Script> scripts = EnumSet.noneOf(Script.class);
    if (machine.declared().name().equals(Tenant.INFRA)) {
      tenant.scripts().forEach(entry -> Script.of(entry.name()).ifPresent(scripts::add));
    }
    return scripts;
  }

  /**
   * A virtual machine as it is, but for the script among its checks: no directory of the host's is
   * in it, so that the check has to say which layer the script is in.
   */
  static Compiled.Resource hand(ResolvedTenant tenant, Compiled.Resource machine) {
    List<Check> checks = new ArrayList<>();
    for (Check check : machine.checks()) {
      checks.add(
          check instanceof Check.Exec exec
              ? new Check.Handed(Layers.digest(tenant.scripts()), exec.interval(), exec.timeout())
              : check);
    }
    return machine.with(checks);
  }

  /** Whether the tenant has this script. */
  static boolean has(ResolvedTenant tenant, Script script) {
    return tenant.scripts().stream().anyMatch(entry -> entry.name().equals(script.file()));
  }

  private Compiled.Resource before(Output out) {
    String unit = TenantUnits.script(tenant.id(), Script.PRE_PROVISION);
    String marker = ContainerPlace.tenantData(tenant.id()) + "/scripts/pre-provision-" + digest;
    unit(Script.PRE_PROVISION, List.of(infra.unit()), Optional.of(marker), out);
    for (Compiled.Resource guest : others) {
      out.file(
          "units/" + guest.unit() + ".d/30-scripts.conf",
          UnitFile.builder()
              .section("Unit")
              .set("Wants", unit)
              .set("After", unit)
              .set("AssertPathExists", marker)
              .build());
    }
    return resource(Script.PRE_PROVISION, new Digest().add(digest).add(infra.restartDigest()));
  }

  private Compiled.Resource after(Output out) {
    Digest all = new Digest().add(digest).add(infra.restartDigest());
    List<String> units = new ArrayList<>(List.of(infra.unit()));
    if (has(tenant, Script.PRE_PROVISION)) {
      units.add(TenantUnits.script(tenant.id(), Script.PRE_PROVISION));
    }
    for (Compiled.Resource guest : others) {
      units.add(guest.unit());
      all.add(guest.restartDigest());
    }
    unit(Script.POST_PROVISION, units, Optional.empty(), out);
    return resource(Script.POST_PROVISION, all);
  }

  private void again(Output out) {
    String unit = TenantUnits.script(tenant.id(), Script.HEALTH_CHECK);
    // Whoever stopped the instance does not want the check to start it.
    UnitFile.Builder file = file(Script.HEALTH_CHECK, List.of(infra.unit()), Optional.empty());
    // A timer starts what is not active.
    file.set("RemainAfterExit", false);
    variable(file, "STANDING", "/run/tenants/" + tenant.id() + "/health");
    out.file("units/" + unit + ".d/50-script.conf", file.build());
  }

  private void unit(Script script, List<String> after, Optional<String> marker, Output out) {
    String unit = TenantUnits.script(tenant.id(), script);
    UnitFile.Builder file = file(script, after, Optional.of(infra.unit()));
    marker.ifPresent(path -> variable(file, "MARKER", path));
    out.file("units/" + unit + ".d/50-script.conf", file.build());
    out.link(
        "units/" + TenantUnits.target(tenant.id()) + ".wants/" + unit,
        "/usr/lib/systemd/system/tenant-script@.service");
  }

  private UnitFile.Builder file(Script script, List<String> after, Optional<String> wants) {
    UnitFile.Builder file =
        UnitFile.builder()
            .section("Unit")
            .set("Description", "Script " + script.file() + " of tenant " + tenant.id())
            .set("PartOf", TenantUnits.target(tenant.id()));
    wants.ifPresent(unit -> file.set("Wants", unit));
    file.set("After", String.join(" ", after)).section("Service");
    boolean handed = infra.kind() == Compiled.Resource.Kind.MACHINE;
    if (!handed) {
      file.set("Slice", TenantUnits.slice(tenant.id()));
    }
    file.set("SyslogIdentifier", script.file()).set("LogExtraFields", "TENANT=" + tenant.id());
    variable(file, "MACHINE", infra.machine());
    if (handed) {
      // What runs on the host is ours alone, and works for a tenant at its limits.
      variable(file, "LAYER", digest);
      variable(file, "UIDBASE", String.valueOf(infra.uidBase()));
    }
    variable(file, "SCRIPT", Tenant.SCRIPTS + "/" + script.file());
    return file;
  }

  private Compiled.Resource resource(Script script, Digest restart) {
    return new Compiled.Resource(
        Compiled.Resource.Kind.SCRIPT,
        script.resource(),
        script.resource().value(),
        TenantUnits.script(tenant.id(), script),
        infra.machine(),
        Compiled.Resource.Port.NONE,
        infra.uidBase(),
        infra.image(),
        List.of(),
        true,
        true,
        restart.hex(),
        "",
        List.of());
  }

  private static void variable(UnitFile.Builder file, String name, String value) {
    file.set("Environment", Words.environment(name, value));
  }
}
