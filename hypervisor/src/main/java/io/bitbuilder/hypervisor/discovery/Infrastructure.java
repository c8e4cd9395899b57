package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.Check;
import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.model.Machine;
import io.bitbuilder.hypervisor.model.Origin;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Restart;
import io.bitbuilder.hypervisor.model.Script;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.Values;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The infrastructure instance: the guest {@code infra}, which a tenant declares, or gets when it
 * declares nothing else. A container boots the host's own /usr, a machine the image {@code guest}
 * of the catalogue; either may use all the tenant claims unless it says less.
 */
final class Infrastructure {
  private static final ResourceName NAME = Tenant.INFRA;

  /** Where the tenant's scripts are inside it. */
  static final Check HEALTH =
      new Check.Exec(
          List.of(Tenant.SCRIPTS + "/" + Script.HEALTH_CHECK.file()),
          Duration.ofSeconds(10),
          Duration.ofMinutes(1));

  /** What a machine is made from that names no image. */
  private static final String GUEST = "guest";

  private final Values metadata;
  private final Optional<Values> file;
  private final List<ResourceName> networks;
  private final List<Check> checks;
  private final Origin origin;

  private Infrastructure(
      Values metadata, Optional<Values> file, Optional<Networks> networks, List<Check> checks) {
    this.checks = checks;
    this.metadata = metadata;
    this.file = file;
    this.networks = networks.map(Networks::first).orElse(List.of());
    this.origin =
        pointer -> file.map(values -> at(values, pointer)).orElseGet(() -> implied(pointer));
  }

  /** That of a tenant that declares nothing else. */
  static Guest implied(
      Values metadata, Values who, Optional<Networks> networks, List<Check> checks) {
    return new Infrastructure(metadata, Optional.empty(), networks, checks)
        .of(who.get(MetadataFile.TYPE));
  }

  /** That of infrastructure/config.yaml. */
  static Guest declared(
      Values metadata, Values who, Values file, Optional<Networks> networks, List<Check> checks) {
    return new Infrastructure(metadata, Optional.of(file), networks, checks)
        .of(file.find(InfrastructureFile.KIND).orElse(who.get(MetadataFile.TYPE)));
  }

  private Guest of(Tenant.Type type) {
    return switch (type) {
      case CONTAINER -> container();
      case VM -> machine();
    };
  }

  private static Location at(Values values, String pointer) {
    return values.reading().document().at(pointer);
  }

  /** What it has of the tenant's is written there, and all else follows from the type. */
  private Location implied(String pointer) {
    return switch (pointer) {
      case "/cpu", "/memory" -> at(metadata, "/resources" + pointer);
      case "/disk" -> at(metadata, "/resources/storage");
      case "/networks" -> at(metadata, "/network");
      default -> at(metadata, "/tenant/type");
    };
  }

  private int cpu() {
    return find(InfrastructureFile.CPU)
        .orElseGet(() -> metadata.get(MetadataFile.RESOURCES).get(MetadataFile.CPU));
  }

  private ByteSize memory() {
    return find(InfrastructureFile.MEMORY)
        .orElseGet(() -> metadata.get(MetadataFile.RESOURCES).get(MetadataFile.MEMORY));
  }

  private <T> Optional<T> find(Key<T> key) {
    return file.flatMap(values -> values.find(key));
  }

  private Container container() {
    Tenant.Limits none = Tenant.Limits.NONE;
    return new Container(
        NAME,
        NAME.value(),
        find(InfrastructureFile.IMAGE).orElse("host"),
        List.of(),
        new TreeMap<>(),
        false,
        false,
        true,
        List.of(),
        networks,
        List.of(),
        List.of(),
        List.of(),
        new TreeMap<>(),
        new Tenant.Limits(
            Optional.of(cpu()),
            none.cpuWeight(),
            Optional.of(memory()),
            none.memoryHigh(),
            none.memorySwapMax(),
            none.tasksMax(),
            none.ioWeight(),
            none.storageMax()),
        Restart.ON_FAILURE,
        checks,
        List.of(),
        origin);
  }

  private Machine machine() {
    return new Machine(
        NAME,
        NAME.value(),
        find(InfrastructureFile.IMAGE).orElse(GUEST),
        // Whole processors; a claim of less than one still needs one to run on.
        Math.max(1, cpu() / 1000),
        memory(),
        find(InfrastructureFile.DISK)
            .or(() -> Optional.of(metadata.get(MetadataFile.RESOURCES).get(MetadataFile.STORAGE))),
        Machine.Firmware.UEFI,
        false,
        false,
        true,
        "",
        "",
        networks,
        List.of(),
        List.of(),
        List.of(),
        new TreeMap<>(),
        List.of(),
        Restart.ON_FAILURE,
        checks,
        origin);
  }
}
