package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.Restart;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedContainer;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import io.bitbuilder.hypervisor.unitfile.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Drop-ins of the service that runs a container. The command line is the template's alone: a
 * drop-in sets the variables in it and links to the shipped fragments it needs.
 */
final class ContainerUnits {
  private static final String FRAGMENTS = "/usr/lib/bitbuilder/fragments/";

  private ContainerUnits() {}

  /**
   * What a change of needs a restart.
   *
   * @param own credentials that are the tenant's own, which come by other means
   */
  static void addRestart(ContainerPlace place, Set<String> own, Output out) {
    ResolvedContainer container = place.container();
    String directory = "units/" + place.unit() + ".d/";
    UnitFile.Builder file = UnitFile.builder();
    unit(place, file);
    service(place, own, file);
    out.file(directory + "50-container.conf", file.build());
    if (place.fromHost()) {
      out.link(directory + "20-host-usr.conf", FRAGMENTS + "host-usr.conf");
    }
    if (container
        .port()
        .filter(port -> !container.declared().boots() || port.mtu() > 0)
        .isPresent()) {
      out.link(directory + "20-address.conf", FRAGMENTS + "address.conf");
    }
    if (place.writable() && container.declared().ephemeral()) {
      scratch(place, out);
    }
  }

  /** What is applied in place. */
  static void addLive(
      ContainerPlace place, SystemConfig.Health health, Optional<String> mtu, Output out) {
    Container declared = place.container().declared();
    UnitFile.Builder file =
        UnitFile.builder()
            .section("Service")
            .set("Restart", restart(declared.restart()))
            .set("TimeoutStartSec", Math.max(1, health.deadline().toSeconds()) + "s");
    SliceUnits.limits(declared.limits(), file);
    if (!declared.boots()) {
      // That of an operator's template: an init asks for it, all others have it from their start.
      mtu.ifPresent(value -> variable(file, "MTU", value));
    }
    out.file("units/" + place.unit() + ".d/60-live.conf", file.build());
    if (declared.autostart()) {
      out.link(
          "units/" + TenantUnits.target(place.tenant()) + ".wants/" + place.unit(),
          "/usr/lib/systemd/system/tenant-container@.service");
    }
  }

  private static void unit(ContainerPlace place, UnitFile.Builder file) {
    TenantId tenant = place.tenant();
    ResolvedContainer container = place.container();
    List<String> needs = new ArrayList<>(List.of(TenantUnits.setup(tenant)));
    if (container.port().isPresent()) {
      needs.add(TenantUnits.network(tenant));
    }
    file.section("Unit")
        .set("Description", "Container " + container.machineName())
        .set("PartOf", TenantUnits.target(tenant))
        .set("Requires", String.join(" ", needs))
        .set("After", String.join(" ", needs))
        .set("RequiresMountsFor", place.root())
        // Without this file the container would run unconfined.
        .set("AssertPathExists", "/run/systemd/nspawn/" + container.machineName() + ".nspawn");
  }

  private static void service(ContainerPlace place, Set<String> own, UnitFile.Builder file) {
    ResolvedContainer container = place.container();
    Container declared = container.declared();
    file.section("Service")
        .set("Slice", TenantUnits.slice(place.tenant()))
        .set("SyslogIdentifier", container.machineName())
        .set("LogExtraFields", "TENANT=" + place.tenant() + " CONTAINER=" + declared.name());
    variable(file, "MACHINE", container.machineName());
    variable(file, "ROOTFS", place.root());
    variable(file, "UIDBASE", String.valueOf(container.uidBase()));
    if (place.fromHost()) {
      variable(file, "USR", place.usr());
    }
    container
        .port()
        .ifPresent(port -> {
          variable(file, "SYSTEMD_NSPAWN_NETWORK_MAC", port.mac());
          if (port.mtu() > 0) {
            variable(file, "MTU", String.valueOf(port.mtu()));
          }
          if (!declared.boots()) {
            variable(
                file,
                "ADDRESS",
                port.address() + "/" + port.prefix() + " " + port.address6() + "/64");
            if (!port.gateway().isEmpty()) {
              variable(file, "GATEWAY", port.gateway() + " " + port.gateway6());
            }
          }
        });
    variable(file, "ARGUMENTS", Words.variable(arguments(place.tenant(), declared, own, file)));
    List<String> command = command(declared);
    if (!command.isEmpty()) {
      variable(file, "COMMAND", Words.variable(command));
    }
  }

  /** How it starts, environment and credentials, as options of nspawn. */
  private static List<String> arguments(
      TenantId tenant, Container declared, Set<String> own, UnitFile.Builder file) {
    List<String> arguments = new ArrayList<>();
    // A command seldom expects to be PID 1, whose children it must reap.
    arguments.add(declared.boots() ? "--boot" : "--as-pid2");
    for (Map.Entry<String, String> entry : declared.environment().entrySet()) {
      arguments.add("--setenv=" + entry.getKey() + "=" + entry.getValue());
    }
    for (Map.Entry<String, String> entry : declared.credentials().entrySet()) {
      arguments.add(credential(tenant, entry.getKey(), entry.getValue(), own, file));
    }
    return arguments;
  }

  /**
   * The option that hands a credential on, and in the unit what fetches one the operator keeps. A
   * tenant has a name space of its own: it can name neither other credentials of the operator nor
   * another tenant's.
   */
  static String credential(
      TenantId tenant, String inside, String name, Set<String> own, UnitFile.Builder file) {
    String outside = "tenant." + tenant + "." + credential(name);
    if (!own.contains(name)) {
      file.set("ImportCredential", outside);
    }
    return "--load-credential=" + credential(inside) + ":" + outside;
  }

  static String restart(Restart restart) {
    return switch (restart) {
      case NO -> "no";
      case ON_FAILURE -> "on-failure";
      case ALWAYS -> "always";
    };
  }

  /** What runs inside; for an init, what it reads like a kernel command line. */
  private static List<String> command(Container declared) {
    if (!declared.boots()) {
      return declared.command();
    }
    // An init does not hand its own environment to its services.
    return declared.environment().entrySet().stream()
        .map(entry -> "systemd.setenv=" + entry.getKey() + "=" + entry.getValue())
        .toList();
  }

  /** A credential is named like a file, and here it is neither a pattern nor a specifier. */
  static String credential(String name) {
    boolean valid =
        !name.isEmpty()
            && name.length() <= 128
            && name.chars()
                .allMatch(c ->
                    (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || c == '.'
                        || c == '_'
                        || c == '-');
    if (!valid || name.startsWith(".")) {
      throw new IllegalArgumentException("not the name of a credential");
    }
    return name;
  }

  private static void scratch(ContainerPlace place, Output out) {
    UnitFile.Builder file =
        UnitFile.builder()
            .section("Unit")
            .set("PartOf", place.unit())
            .set("RequiresMountsFor", place.scratch())
            .section("Service");
    variable(file, "SCRATCH", place.scratch());
    variable(file, "UIDBASE", String.valueOf(place.container().uidBase()));
    String unit = TenantUnits.scratch(place.tenant(), place.container().declared().name());
    out.file("units/" + unit + ".d/50-container.conf", file.build());
  }

  private static void variable(UnitFile.Builder file, String name, String value) {
    file.set("Environment", Words.environment(name, value));
  }
}
