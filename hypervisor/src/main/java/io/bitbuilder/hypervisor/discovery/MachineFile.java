package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.RECREATE;
import static io.bitbuilder.hypervisor.schema.Consequence.RESTART;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.Machine;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.schema.Amounts;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Types;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** machines/&lt;name&gt;/config.yaml. */
final class MachineFile {
  private static final ByteSize LEAST_MEMORY = new ByteSize(64L << 20);

  /** As many functions as one slot of PCI has, where the bridges of volumes are. */
  private static final int VOLUME_LIMIT = 8;

  /** Of the serial number of a virtio disk (virtio 1.2, 5.2.6.1). */
  private static final int SERIAL_LIMIT = 20;

  private static final Key<String> IMAGE =
      Key.of(
              "image",
              Vocabulary.IMAGE,
              RECREATE,
              "What its disk is made from, once: a raw image of the operator's catalogue.")
          .mandatory();
  private static final Key<Integer> CPU =
      Key.of("cpu", Amounts.integer(1, 512), RESTART, "Processors.").or(1, "1");
  private static final Key<ByteSize> MEMORY =
      Key.of("memory", Amounts.SIZE, RESTART, "Memory.").or(new ByteSize(1L << 30), "1G");
  private static final Key<ByteSize> DISK =
      Key.of("disk", Amounts.SIZE, RESTART, "The size of its disk, which grows and never shrinks.")
          .orElse("the size of the image");
  private static final Key<Machine.Firmware> FIRMWARE =
      Key.of(
              "firmware",
              Types.choice(
                  Types.words(List.of("uefi", "bios", "none"), List.of(Machine.Firmware.values())),
                  Set.of()),
              RESTART,
              "What starts it. `none` starts the kernel that belongs to the image.")
          .or(Machine.Firmware.UEFI, "uefi");
  private static final Key<Boolean> SECURE_BOOT =
      Key.of("secureBoot", Types.BOOLEAN, RESTART, "Whether only signed systems start.")
          .or(false, "false");
  private static final Key<Boolean> TPM =
      Key.of("tpm", Types.BOOLEAN, RESTART, "Whether it has a TPM, with a state of its own.")
          .or(false, "false");
  private static final Key<String> REPLACE =
      Key.of(
              "replace",
              Types.text(64),
              RECREATE,
              "A disk is never overwritten by a new definition. Change this word to have it made"
                  + " anew from the image; the disk before is kept beside it until the next time.")
          .orElse("none");

  private static final Key<String> RESEED =
      Key.of(
              "reseed",
              Types.text(64),
              RESTART,
              "What cloud-init did once for an instance it does not do again. Change this word to make"
                  + " the machine another instance.")
          .orElse("none");

  private static final Key<ResourceName> VOLUME =
      Key.of(
              "name",
              Types.NAME,
              RESTART,
              "Its name, inside the serial number of the disk: /dev/disk/by-id/virtio-<name>.")
          .mandatory();
  private static final Key<ByteSize> SIZE =
      Key.of("size", Amounts.SIZE, RESTART, "Its size, which grows and never shrinks.").mandatory();
  private static final Key<Boolean> READ_ONLY =
      Key.of("readOnly", Types.BOOLEAN, RESTART, "Whether it is read-only inside.")
          .or(false, "false");
  private static final Key<List<Values>> VOLUMES =
      Key.of(
          "volumes",
          new ListOf<>(Shape.of("a volume", VOLUME, SIZE, READ_ONLY)),
          RESTART,
          "Further disks, which outlive it and its disk.");

  static final Shape SHAPE =
      Shape.of(
          "machine",
          IMAGE,
          GuestKeys.UID,
          CPU,
          MEMORY,
          DISK,
          FIRMWARE,
          SECURE_BOOT,
          TPM,
          GuestKeys.NETWORKS,
          GuestKeys.LABELS,
          PortKeys.MACHINE_PORTS,
          VOLUMES,
          Inventory.USERS,
          Inventory.EXTENSIONS,
          GuestKeys.CREDENTIALS,
          GuestKeys.RESTART_KEY,
          GuestKeys.AUTOSTART,
          REPLACE,
          RESEED,
          GuestKeys.HEALTH);

  private MachineFile() {}

  /**
   * Reads a machine.
   *
   * @param networks the tenant's networks, empty when they could not be read
   * @return empty exactly after findings
   */
  static Optional<Machine> read(
      ResourceName name,
      Reading reading,
      Optional<Networks> networks,
      Inventory inventory,
      List<SourceTree.Entry> cloudInit) {
    Values values = SHAPE.read(reading.document().root(), reading);
    if (values == null) {
      return Optional.empty();
    }
    check(values, networks, inventory);
    if (reading.failed()) {
      return Optional.empty();
    }
    return Optional.of(
        new Machine(
            name,
            GuestKeys.uid(values, name),
            values.get(IMAGE),
            values.get(CPU),
            values.get(MEMORY),
            values.find(DISK),
            values.get(FIRMWARE),
            values.get(SECURE_BOOT),
            values.get(TPM),
            values.get(GuestKeys.AUTOSTART),
            values.find(REPLACE).orElse(""),
            values.find(RESEED).orElse(""),
            GuestKeys.networks(values, networks),
            values.list(GuestKeys.LABELS),
            PortKeys.published(values, PortKeys.MACHINE_PORTS),
            values.list(VOLUMES).stream()
                .map(volume ->
                    new Machine.Volume(volume.get(VOLUME), volume.get(SIZE), volume.get(READ_ONLY)))
                .toList(),
            GuestKeys.credentials(values),
            cloudInit,
            values.get(GuestKeys.RESTART_KEY),
            CheckKeys.checks(values.section(GuestKeys.HEALTH)),
            pointer -> reading.document().at(pointer)));
  }

  private static void check(Values values, Optional<Networks> networks, Inventory inventory) {
    GuestKeys.check(values, networks, inventory);
    PortKeys.check(values, PortKeys.MACHINE_PORTS);
    if (values.has(IMAGE) && values.get(IMAGE).equals("host")) {
      values
          .reading()
          .add(
              Code.BB213,
              values.at(IMAGE),
              "image `host` is the host's own /usr, and no disk",
              "a raw image of the operator's catalogue",
              "use a container for `host`");
    }
    if (values.has(MEMORY) && values.get(MEMORY).compareTo(LEAST_MEMORY) < 0) {
      values
          .reading()
          .add(
              Code.BB205,
              values.at(MEMORY),
              "memory " + values.get(MEMORY).rounded() + " is too little for a machine",
              "at least " + LEAST_MEMORY.rounded(),
              "");
    }
    if (values.get(SECURE_BOOT)
        && values.has(FIRMWARE)
        && values.get(FIRMWARE) != Machine.Firmware.UEFI) {
      values
          .reading()
          .add(
              Code.BB213,
              values.at(SECURE_BOOT),
              "`secureBoot` needs UEFI",
              "firmware: uefi",
              "remove `firmware`, or `secureBoot`");
    }
    checkVolumes(values);
    CheckKeys.check(values.section(GuestKeys.HEALTH), CheckKeys.Place.MACHINE);
  }

  private static void checkVolumes(Values values) {
    Map<ResourceName, Values> seen = new HashMap<>();
    List<Values> volumes = values.list(VOLUMES);
    if (volumes.size() > VOLUME_LIMIT) {
      values
          .reading()
          .error(
              Code.BB205,
              volumes.get(VOLUME_LIMIT).node(),
              volumes.size() + " volumes for one machine",
              "at most " + VOLUME_LIMIT,
              "");
    }
    for (Values volume : volumes) {
      if (!volume.has(VOLUME)) {
        continue;
      }
      if (volume.get(VOLUME).value().length() > SERIAL_LIMIT) {
        volume
            .reading()
            .add(
                Code.BB207,
                volume.at(VOLUME),
                "the name of a disk has at most " + SERIAL_LIMIT + " characters",
                "1 to " + SERIAL_LIMIT + " of a-z, 0-9 and -",
                "");
      }
      Values first = seen.putIfAbsent(volume.get(VOLUME), volume);
      if (first != null) {
        volume
            .reading()
            .add(
                new Diagnostic(
                    Code.BB305,
                    "two volumes named " + Quote.quote(volume.get(VOLUME).value()),
                    volume.at(VOLUME),
                    "every name once",
                    "rename one of the two",
                    List.of(new Diagnostic.Note("first at", first.at(VOLUME)))));
      }
    }
  }
}
