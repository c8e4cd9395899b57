package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedContainer;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import io.bitbuilder.hypervisor.unitfile.Words;
import java.util.Optional;

/**
 * How a container is confined (systemd.nspawn(5)). The file overrides the command line of the
 * service; what the tenant wrote freely (command, environment) is in the service's drop-in, since
 * these files cannot carry every character.
 */
final class NspawnFiles {
  private NspawnFiles() {}

  /**
   * Adds the file of a container.
   *
   * @param scripts the layer of the tenant's scripts, for the container they run in
   */
  static void add(ContainerPlace place, Optional<String> scripts, Output out) {
    ResolvedContainer container = place.container();
    UnitFile.Builder file = UnitFile.builder();
    exec(container, file);
    files(place, scripts, file);
    network(container, file);
    out.file("nspawn/" + container.machineName() + ".nspawn", file.build());
  }

  private static void exec(ResolvedContainer container, UnitFile.Builder file) {
    Container declared = container.declared();
    // No Boot= or ProcessTwo=: they would drop the command that the service gives.
    file.section("Exec")
        .set("PrivateUsers", container.uidBase() + ":65536")
        .set("MachineID", container.machineId())
        .set("Hostname", declared.name().value())
        .set("NotifyReady", declared.boots())
        .set("LinkJournal", "no")
        .set("ResolvConf", "off")
        .set("Timezone", "off")
        // Said, because the default of systemd 262 is announced to shrink.
        .set("RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET");
    if (!declared.boots()) {
      // To nspawn's own init, which then asks the command to end; without it the command is killed.
      file.set("KillSignal", "SIGRTMIN+3");
    }
    if (!declared.capabilities().isEmpty()) {
      file.set("Capability", String.join(" ", declared.capabilities()));
    }
  }

  private static void files(ContainerPlace place, Optional<String> scripts, UnitFile.Builder file) {
    Container declared = place.container().declared();
    file.section("Files");
    if (declared.readOnly() && declared.boots()) {
      // All but /var, which no init comes up without: memory, empty at each start.
      file.set("Volatile", "state");
    } else {
      file.set("ReadOnly", declared.readOnly());
    }
    file
        // The mounts below are shifted already.
        .set("PrivateUsersOwnership", "off");
    if (place.fromHost()) {
      file.set("BindReadOnly", place.usr() + ":/usr");
    }
    if (place.resolves()) {
      NameUnits.bind(place, file);
    }
    if (declared.name().equals(Tenant.INFRA)) {
      InfraUnits.bind(place.tenant(), scripts, file);
    }
    for (Container.Volume volume : declared.volumes()) {
      // Shifted by each container: on disk root is 0, so all that share a volume see the same
      // owners.
      file.set(
          volume.readOnly() ? "BindReadOnly" : "Bind",
          ContainerPlace.volume(place.tenant(), volume.name())
              + ":"
              + Words.field(absolute(volume.path()))
              + ":idmap,norbind");
    }
  }

  private static String absolute(String path) {
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        throw new IllegalArgumentException("path of a volume goes up");
      }
    }
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("path of a volume is not absolute");
    }
    return path;
  }

  private static void network(ResolvedContainer container, UnitFile.Builder file) {
    file.section("Network").set("Private", true);
    container
        .port()
        .ifPresentOrElse(
            port -> file.set("Bridge", port.bridge()), () -> file.set("VirtualEthernet", false));
  }
}
