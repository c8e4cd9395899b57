package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.unitfile.UnitName;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What is one tenant's own of virtual machines: users, taps, directories, devices. */
final class MachineReach {
  private static final long RANGE = 65536;
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern INSTANCE = Pattern.compile("[0-9a-f]{32}(-[0-9a-f]{8})?");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,19}");
  private static final Pattern SIZE = Pattern.compile("[0-9]{1,19}[KMGT]?");

  /** A kernel command line, which goes through a file of variables (systemd.exec(5)). */
  private static final Pattern OPTIONS = Pattern.compile("[A-Za-z0-9 ._,:;=/@+-]*");

  private static final Set<String> ARGUMENTS =
      Set.of(
          "--firmware=uefi",
          "--firmware=bios",
          "--firmware=none",
          "--secure-boot=yes",
          "--secure-boot=no",
          "--tpm=yes",
          "--tpm=no",
          "--set-credential=getty.ttys.serial:ttyS0",
          "--load-credential=bitbuilder.scripts:/usr/lib/bitbuilder/guest/scripts",
          "--load-credential=systemd.extra-unit.bitbuilder-scripts.service"
              + ":/usr/lib/bitbuilder/guest/bitbuilder-scripts.service",
          "--load-credential=systemd.unit-dropin.multi-user.target"
              + ":/usr/lib/bitbuilder/guest/multi-user.target.conf");

  /** The parts of a machine's directory that the command line may name. */
  private static final Pattern PART =
      Pattern.compile(
          "--(?:tpm-state=(.+)/state/tpm|efi-nvram-state=(.+)/state/efi"
              + "|linux=(.+)/config/kernel|initrd=(.+)/config/initrd)");

  private static final String SEED = "/config/seed";

  /** A bridge for one volume and the volume behind it, a console, and a port. */
  private static final Pattern DEVICE =
      Pattern.compile(
          "pcie-root-port,multifunction=on,addr=0x1e\\.0x[0-7],chassis=10[0-7],id=port-[a-z0-9-]{1,31}"
              + "|pcie-root-port,addr=0x1d,chassis=110,id=port-seed"
              + "|virtio-blk-pci,bus=port-seed,drive=seed"
              + "|isa-serial,chardev=login"
              + "|virtio-serial-pci,id=scripts"
              + "|virtserialport,bus=scripts\\.0,chardev=scripts,name=io\\.bitbuilder\\.scripts"
              + "|virtio-blk-pci,bus=port-([a-z0-9-]{1,31}),drive=volume-\\1,serial=\\1");

  private static final Pattern CARD = Pattern.compile(Reach.MAC + "(,host_mtu=[0-9]{3,5})?");
  private static final String HOSTNAME = "--set-credential=system.hostname:";

  private final TenantId tenant;
  private final Set<Long> uidBases;

  /**
   * The reach of one tenant.
   *
   * @param uidBases the first UIDs of its guests' ranges
   */
  MachineReach(TenantId tenant, Set<Long> uidBases) {
    this.tenant = tenant;
    this.uidBases = uidBases;
  }

  /** {@code tenant-machine@<id>-<name>.service}, or the same of {@code tenant-disk@}. */
  boolean isUnit(String unit) {
    return isUnit("tenant-machine@", unit) || isUnit("tenant-disk@", unit);
  }

  private boolean isUnit(String template, String unit) {
    String prefix = template + UnitName.escape(tenant.value()) + "-";
    String suffix = ".service";
    if (!unit.startsWith(prefix) || !unit.endsWith(suffix) || unit.length() <= prefix.length()) {
      return false;
    }
    String name =
        unit.substring(prefix.length(), unit.length() - suffix.length()).replace("\\x2d", "-");
    return ResourceName.isValid(name) && unit.equals(prefix + UnitName.escape(name) + suffix);
  }

  /** The user of one of its ranges: never root, never another tenant's. */
  boolean isUser(String value) {
    return uidBases.stream().anyMatch(base -> value.equals(base.toString()));
  }

  /** The tap that goes with one of its ranges. */
  boolean isTap(String name) {
    return uidBases.stream().anyMatch(base -> name.equals("bm-" + base / RANGE));
  }

  /** The tap and its user belong together. */
  boolean isTap(String name, String user) {
    return uidBases.stream()
        .anyMatch(base -> name.equals("bm-" + base / RANGE) && user.equals(base.toString()));
  }

  /** Root makes it and no guest can put anything into it. */
  boolean isDirectory(String path) {
    String start = "/var/lib/tenants/" + tenant + "/machines/";
    return path.startsWith(start) && ResourceName.isValid(path.substring(start.length()));
  }

  boolean isBootFile(String value) {
    String end = "/config/boot";
    return value.startsWith("-")
        && value.endsWith(end)
        && isDirectory(value.substring(1, value.length() - end.length()));
  }

  boolean isLogFields(String value) {
    String start = "TENANT=" + tenant + " MACHINE=";
    return value.startsWith(start) && ResourceName.isValid(value.substring(start.length()));
  }

  boolean isVariable(String name, String content) {
    return switch (name) {
      case "UUID" -> ID.matcher(content).matches();
      case "DIRECTORY" -> isDirectory(content);
      case "CPUS" -> NUMBER.matcher(content).matches();
      case "RAM", "DISK" -> SIZE.matcher(content).matches();
      case "INSTANCE" -> INSTANCE.matcher(content).matches();
      case "HOST" -> ResourceName.isValid(content);
      case "IMAGE", "KERNEL", "INITRD", "REPLACE", "SEED", "LAYER" ->
          DIGEST.matcher(content).matches();
      case "KERNEL_OPTIONS" -> OPTIONS.matcher(content).matches();
      case "VOLUMES" -> words(content).stream().allMatch(MachineReach::isVolume);
      case "SYSTEMD_VMSPAWN_QEMU_EXTRA" -> areDevices(words(content));
      default -> false;
    };
  }

  boolean isArgument(String word) {
    if (word.startsWith(HOSTNAME)) {
      return ResourceName.isValid(word.substring(HOSTNAME.length()));
    }
    var part = PART.matcher(word);
    if (part.matches()) {
      for (int group = 1; group <= part.groupCount(); group++) {
        if (part.group(group) != null) {
          return isDirectory(part.group(group));
        }
      }
    }
    return ARGUMENTS.contains(word);
  }

  private static boolean isVolume(String word) {
    int colon = word.indexOf(':');
    return colon > 0
        && ResourceName.isValid(word.substring(0, colon))
        && SIZE.matcher(word.substring(colon + 1)).matches();
  }

  /** A card, a console and disks, all of this tenant, each option in its one form. */
  private boolean areDevices(List<String> words) {
    for (int i = 0; i + 1 < words.size(); i += 2) {
      String value = words.get(i + 1);
      boolean known =
          switch (words.get(i)) {
            case "-netdev" -> isNetdev(value);
            case "-device" -> isDevice(value);
            case "-drive" -> isDrive(value);
            case "-chardev" -> isConsole(value) || isPort(value);
            default -> false;
          };
      if (!known) {
        return false;
      }
    }
    return words.size() % 2 == 0;
  }

  private boolean isNetdev(String value) {
    String start = "tap,id=net0,ifname=";
    String end = ",script=no,downscript=no";
    return value.startsWith(start)
        && value.endsWith(end)
        && value.length() > start.length() + end.length()
        && isTap(value.substring(start.length(), value.length() - end.length()));
  }

  /** A socket in the directory that one of its machines has while it runs. */
  private boolean isConsole(String value) {
    String start =
        "socket,id=login,server=on,wait=off,path=/run/bitbuilder/machines/" + tenant + "/";
    String end = "/console";
    return value.startsWith(start)
        && value.endsWith(end)
        && value.length() > start.length() + end.length()
        && ResourceName.isValid(value.substring(start.length(), value.length() - end.length()));
  }

  /** The same, of the one machine that scripts run in. */
  private boolean isPort(String value) {
    return value.equals(
        "socket,id=scripts,server=on,wait=off,path=/run/bitbuilder/machines/"
            + tenant
            + "/"
            + Tenant.INFRA
            + "/scripts");
  }

  private static boolean isDevice(String value) {
    String card = "virtio-net-pci,netdev=net0,romfile=,mac=";
    if (value.startsWith(card)) {
      return CARD.matcher(value.substring(card.length())).matches();
    }
    return DEVICE.matcher(value).matches();
  }

  private boolean isDrive(String value) {
    String seed = "if=none,format=raw,readonly=on,id=seed,file=";
    if (value.startsWith(seed) && value.endsWith(SEED)) {
      return isDirectory(value.substring(seed.length(), value.length() - SEED.length()));
    }
    String start = "if=none,format=raw,discard=unmap,id=volume-";
    String file = ",file=";
    String readOnly = ",readonly=on";
    String rest =
        value.endsWith(readOnly) ? value.substring(0, value.length() - readOnly.length()) : value;
    int at = rest.indexOf(file);
    if (!rest.startsWith(start) || at < start.length()) {
      return false;
    }
    String name = rest.substring(start.length(), at);
    String path = rest.substring(at + file.length());
    String end = "/volumes/" + name + ".raw";
    return ResourceName.isValid(name)
        && path.endsWith(end)
        && isDirectory(path.substring(0, path.length() - end.length()));
  }

  private static List<String> words(String content) {
    return List.of(content.split(" ", -1));
  }
}
