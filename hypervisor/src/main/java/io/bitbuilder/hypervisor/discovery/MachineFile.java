package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;
import static io.bitbuilder.hypervisor.schema.Consequence.RECREATE;
import static io.bitbuilder.hypervisor.schema.Consequence.RESTART;

import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.schema.Amounts;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Types;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** machines/&lt;name&gt;/config.yaml. Machines are read and checked; this version runs none. */
final class MachineFile {
  private static final Key<String> IMAGE =
      Key.of("image", Vocabulary.IMAGE, RECREATE, "What its disk is made from.").mandatory();
  private static final Key<Integer> CPU =
      Key.of("cpu", Amounts.integer(1, 512), RESTART, "Processors.").or(1, "1");
  private static final Key<ByteSize> MEMORY =
      Key.of("memory", Amounts.SIZE, RESTART, "Memory.").or(new ByteSize(1L << 30), "1G");
  private static final Key<ByteSize> DISK =
      Key.of("disk", Amounts.SIZE, RESTART, "The size of its disk.")
          .orElse("the size of the image");
  private static final Key<String> FIRMWARE =
      Key.of(
              "firmware",
              Types.choice(
                  Types.words(List.of("uefi", "bios", "none"), List.of("uefi", "bios", "none")),
                  Set.of()),
              RECREATE,
              "What starts it.")
          .or("uefi", "uefi");
  private static final Key<Boolean> SECURE_BOOT =
      Key.of("secureBoot", Types.BOOLEAN, RECREATE, "Whether only signed systems start.")
          .or(false, "false");
  private static final Key<Boolean> TPM =
      Key.of("tpm", Types.BOOLEAN, RECREATE, "Whether it has a TPM.").or(false, "false");
  private static final Key<List<ResourceName>> NETWORKS =
      Key.of("networks", new ListOf<>(Types.NAME), RESTART, "The networks it joins.")
          .orElse("the tenant's first network");
  private static final Key<SortedMap<String, String>> CREDENTIALS =
      Key.of(
          "credentials",
          Vocabulary.credentials(),
          RESTART,
          "Names of credentials inside, each with the name of a system credential of the host.");
  private static final Key<String> RESTART_KEY =
      Key.of(
              "restart",
              Types.choice(
                  Types.words(
                      List.of("no", "on-failure", "always"), List.of("no", "on-failure", "always")),
                  Set.of()),
              LIVE,
              "When it is started again after it ended.")
          .or("on-failure", "on-failure");
  private static final Key<Boolean> AUTOSTART =
      Key.of("autostart", Types.BOOLEAN, LIVE, "Whether it starts with its tenant.")
          .or(true, "true");
  private static final Key<String> REPLACE =
      Key.of(
          "replace",
          Types.text(64),
          RECREATE,
          "A disk is never overwritten by a new definition. Change this word to have it replaced.");
  private static final Key<Values> HEALTH =
      Key.of("health", CheckKeys.SHAPE, LIVE, "How to tell that it is well.");

  static final Shape SHAPE =
      Shape.of(
          "machine",
          IMAGE,
          CPU,
          MEMORY,
          DISK,
          FIRMWARE,
          SECURE_BOOT,
          TPM,
          NETWORKS,
          VolumeKeys.VOLUMES,
          Inventory.USERS,
          Inventory.EXTENSIONS,
          CREDENTIALS,
          RESTART_KEY,
          AUTOSTART,
          REPLACE,
          HEALTH);

  private MachineFile() {}

  static void read(Reading reading, Optional<Networks> networks, Inventory inventory) {
    Values values = SHAPE.read(reading.document().root(), reading);
    if (values == null) {
      return;
    }
    networks.ifPresent(known -> known.check(values, NETWORKS));
    VolumeKeys.check(values);
    inventory.checkUsers(values);
    inventory.checkExtensions(values);
    CheckKeys.check(values.section(HEALTH), true);
  }
}
