package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.Machine;
import io.bitbuilder.hypervisor.model.Script;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Kernel;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Port;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedMachine;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import io.bitbuilder.hypervisor.unitfile.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Drop-ins of the service that runs a virtual machine (systemd-vmspawn(1)). The command line is the
 * template's alone: a drop-in sets the variables in it.
 */
final class MachineUnits {
  /**
   * On what terminals a guest with systemd lets somebody log in (systemd.system-credentials(7)).
   */
  private static final String GETTY = "getty.ttys.serial";

  /** What a guest with systemd runs the tenant's scripts with (docs/decisions/0016). */
  private static final List<String> AGENT =
      List.of(
          "--load-credential=bitbuilder.scripts:/usr/lib/bitbuilder/guest/scripts",
          "--load-credential=systemd.extra-unit.bitbuilder-scripts.service"
              + ":/usr/lib/bitbuilder/guest/bitbuilder-scripts.service",
          "--load-credential=systemd.unit-dropin.multi-user.target"
              + ":/usr/lib/bitbuilder/guest/multi-user.target.conf");

  private MachineUnits() {}

  /**
   * What a change of needs a restart.
   *
   * @param own credentials that are the tenant's own, which come by other means
   */
  static void addRestart(MachinePlace place, Set<String> own, Output out) {
    UnitFile.Builder file = UnitFile.builder();
    unit(place, file);
    service(place, own, file);
    out.file("units/" + place.unit() + ".d/50-machine.conf", file.build());
    out.file("units/" + place.diskUnit() + ".d/50-machine.conf", disk(place));
  }

  /** What is applied in place, or never by itself: the image, which takes a new disk. */
  static void addLive(MachinePlace place, SystemConfig.Health health, Output out) {
    Machine declared = place.machine().declared();
    UnitFile.Builder file =
        UnitFile.builder()
            .section("Service")
            .set("Restart", ContainerUnits.restart(declared.restart()))
            .set("TimeoutStartSec", Math.max(1, health.deadline().toSeconds()) + "s");
    out.file("units/" + place.unit() + ".d/60-live.conf", file.build());
    out.file("units/" + place.diskUnit() + ".d/60-image.conf", image(place.machine()));
    if (declared.autostart()) {
      out.link(
          "units/" + TenantUnits.target(place.tenant()) + ".wants/" + place.unit(),
          "/usr/lib/systemd/system/tenant-machine@.service");
    }
  }

  private static void unit(MachinePlace place, UnitFile.Builder file) {
    TenantId tenant = place.tenant();
    List<String> needs = new ArrayList<>(List.of(TenantUnits.setup(tenant), place.diskUnit()));
    if (place.machine().port().isPresent()) {
      needs.add(TenantUnits.network(tenant));
    }
    file.section("Unit")
        .set("Description", "Machine " + place.machine().machineName())
        .set("PartOf", TenantUnits.target(tenant))
        .set("Requires", String.join(" ", needs))
        .set("After", String.join(" ", needs));
    if (place.scripts().contains(Script.HEALTH_CHECK)) {
      file.set("Wants", TenantUnits.healthTimer(tenant));
    }
  }

  private static void service(MachinePlace place, Set<String> own, UnitFile.Builder file) {
    ResolvedMachine machine = place.machine();
    Machine declared = machine.declared();
    file.section("Service")
        .set("Slice", TenantUnits.slice(place.tenant()))
        .set("SyslogIdentifier", machine.machineName())
        .set("LogExtraFields", "TENANT=" + place.tenant() + " MACHINE=" + declared.name())
        .set("User", String.valueOf(machine.uidBase()))
        .set("BindPaths", place.data())
        .set("EnvironmentFile", "-" + place.data() + "/config/boot");
    variable(file, "MACHINE", machine.machineName());
    variable(file, "UUID", machine.machineId());
    variable(file, "DIRECTORY", place.data());
    variable(file, "CPUS", String.valueOf(declared.cpus()));
    variable(file, "RAM", declared.memory().toString());
    variable(file, "ARGUMENTS", Words.variable(arguments(place, own, file)));
    variable(file, "SYSTEMD_VMSPAWN_QEMU_EXTRA", String.join(" ", devices(place)));
  }

  /** What the disks of the machine shall be. */
  private static UnitFile disk(MachinePlace place) {
    Machine declared = place.machine().declared();
    String setup = TenantUnits.setup(place.tenant());
    UnitFile.Builder file =
        UnitFile.builder()
            .section("Unit")
            .set("Description", "Disks of machine " + place.machine().machineName())
            .set("PartOf", place.unit())
            .set("Requires", setup)
            .set("After", setup)
            .section("Service");
    variable(file, "DIRECTORY", place.data());
    variable(file, "UIDBASE", String.valueOf(place.machine().uidBase()));
    declared.disk().ifPresent(size -> variable(file, "DISK", String.valueOf(size.bytes())));
    // A word of the tenant's own: its digest goes where words go that a shell reads.
    if (!declared.replace().isEmpty()) {
      variable(file, "REPLACE", new Digest().add(declared.replace()).hex());
    }
    if (!declared.cloudInit().isEmpty()) {
      variable(file, "SEED", Layers.digest(declared.cloudInit()));
      variable(file, "INSTANCE", instance(place.machine()));
      variable(file, "HOST", declared.name().value());
    }
    if (!declared.volumes().isEmpty()) {
      List<String> volumes = new ArrayList<>();
      for (Machine.Volume volume : declared.volumes()) {
        volumes.add(volume.name() + ":" + volume.size().bytes());
      }
      variable(file, "VOLUMES", String.join(" ", volumes));
    }
    return file.build();
  }

  private static List<String> arguments(
      MachinePlace place, Set<String> own, UnitFile.Builder file) {
    Machine declared = place.machine().declared();
    List<String> arguments = new ArrayList<>();
    arguments.add("--firmware=" + declared.firmware().name().toLowerCase(Locale.ROOT));
    arguments.add("--secure-boot=" + (declared.secureBoot() ? "yes" : "no"));
    arguments.add("--tpm=" + (declared.tpm() ? "yes" : "no"));
    if (declared.tpm()) {
      arguments.add("--tpm-state=" + place.data() + "/state/tpm");
    }
    if (declared.firmware() == Machine.Firmware.UEFI) {
      arguments.add("--efi-nvram-state=" + place.data() + "/state/efi");
    }
    if (declared.firmware() == Machine.Firmware.NONE) {
      arguments.add("--linux=" + place.data() + "/config/kernel");
      arguments.add("--initrd=" + place.data() + "/config/initrd");
    }
    offer("system.hostname", declared.name().value(), declared, arguments);
    offer(GETTY, "ttyS0", declared, arguments);
    if (!place.scripts().isEmpty()) {
      arguments.addAll(AGENT);
    }
    for (Map.Entry<String, String> entry : declared.credentials().entrySet()) {
      arguments.add(
          ContainerUnits.credential(place.tenant(), entry.getKey(), entry.getValue(), own, file));
    }
    return arguments;
  }

  /** A credential for guests with systemd; one of the tenant's own takes its place. */
  private static void offer(String name, String value, Machine declared, List<String> arguments) {
    if (!declared.credentials().containsKey(name)) {
      arguments.add("--set-credential=" + name + ":" + value);
    }
  }

  private static void card(MachinePlace place, Port port, List<String> devices) {
    devices.add("-netdev");
    devices.add("tap,id=net0,ifname=" + place.link() + ",script=no,downscript=no");
    devices.add("-device");
    devices.add(
        "virtio-net-pci,netdev=net0,romfile=,mac="
            + port.mac()
            + (port.mtu() > 0 ? ",host_mtu=" + port.mtu() : ""));
  }

  /** What vmspawn has no options for (docs/decisions/0013). */
  private static List<String> devices(MachinePlace place) {
    List<String> devices = new ArrayList<>();
    place.machine().port().ifPresent(port -> card(place, port, devices));
    // Not a second virtio console: the guest may find that one first, and it would be hvc0.
    devices.add("-chardev");
    devices.add("socket,id=login,server=on,wait=off,path=" + place.console());
    devices.add("-device");
    devices.add("isa-serial,chardev=login");
    if (!place.scripts().isEmpty()) {
      // A port and no console, so that hvc0 stays what it is.
      devices.add("-chardev");
      devices.add("socket,id=scripts,server=on,wait=off,path=" + place.port());
      devices.add("-device");
      devices.add("virtio-serial-pci,id=scripts");
      devices.add("-device");
      devices.add("virtserialport,bus=scripts.0,chardev=scripts,name=io.bitbuilder.scripts");
    }
    int count = 0;
    for (Machine.Volume volume : place.machine().declared().volumes()) {
      String id = "volume-" + volume.name();
      // Behind a bridge of its own, last of all: its own disk stays the first that the guest finds.
      devices.add("-device");
      devices.add(
          "pcie-root-port,multifunction=on,addr=0x1e.0x"
              + count
              + ",chassis="
              + (100 + count)
              + ",id=port-"
              + volume.name());
      count++;
      devices.add("-drive");
      devices.add(
          "if=none,format=raw,discard=unmap,id="
              + id
              + ",file="
              + place.volume(volume.name())
              + (volume.readOnly() ? ",readonly=on" : ""));
      devices.add("-device");
      devices.add(
          "virtio-blk-pci,bus=port-" + volume.name() + ",drive=" + id + ",serial=" + volume.name());
    }
    if (!place.machine().declared().cloudInit().isEmpty()) {
      devices.add("-drive");
      devices.add("if=none,format=raw,readonly=on,id=seed,file=" + place.data() + "/config/seed");
      devices.add("-device");
      devices.add("pcie-root-port,addr=0x1d,chassis=110,id=port-seed");
      devices.add("-device");
      devices.add("virtio-blk-pci,bus=port-seed,drive=seed");
    }
    return devices;
  }

  /** What cloud-init remembers to have set up: the machine, and another one after `reseed`. */
  private static String instance(ResolvedMachine machine) {
    String reseed = machine.declared().reseed();
    return machine.machineId()
        + (reseed.isEmpty() ? "" : "-" + new Digest().add(reseed).hex().substring(0, 8));
  }

  private static UnitFile image(ResolvedMachine machine) {
    UnitFile.Builder file = UnitFile.builder().section("Service");
    variable(file, "IMAGE", ContainerPlace.digest(machine.image()));
    Optional<Kernel> kernel = machine.kernel();
    kernel.ifPresent(found -> {
      variable(file, "KERNEL", ContainerPlace.digest(found.sha256()));
      variable(file, "INITRD", ContainerPlace.digest(found.initrd()));
      variable(file, "KERNEL_OPTIONS", found.options());
    });
    return file.build();
  }

  private static void variable(UnitFile.Builder file, String name, String value) {
    file.set("Environment", Words.environment(name, value));
  }
}
