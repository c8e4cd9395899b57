package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;
import static io.bitbuilder.hypervisor.schema.Consequence.RECREATE;
import static io.bitbuilder.hypervisor.schema.Consequence.RESTART;

import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.schema.Amounts;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Types;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** infrastructure/config.yaml. */
final class InfrastructureFile {
  static final Key<Tenant.Type> KIND =
      Key.of(
              "kind",
              Types.choice(
                  Types.words(
                      List.of("vm", "container"), List.of(Tenant.Type.VM, Tenant.Type.CONTAINER)),
                  Set.of()),
              RECREATE,
              "What the infrastructure instance is.")
          .orElse("`tenant.type` of metadata.json");
  static final Key<String> IMAGE =
      Key.of("image", Vocabulary.IMAGE, RESTART, "What it starts from.")
          .orElse("`host` for a container, `guest` of the catalogue for a machine");
  static final Key<Integer> CPU =
      Key.of("cpu", Amounts.CPU, LIVE, "Most processor time it may use, in processors.")
          .orElse("all the tenant claims");
  static final Key<ByteSize> MEMORY =
      Key.of("memory", Amounts.SIZE, LIVE, "Most memory it may use.")
          .orElse("all the tenant claims");
  static final Key<ByteSize> DISK =
      Key.of("disk", Amounts.SIZE, RESTART, "The size of its disk, of a machine.")
          .orElse("all the tenant claims");

  static final Shape SHAPE = Shape.of("infrastructure/config.yaml", KIND, IMAGE, CPU, MEMORY, DISK);

  private InfrastructureFile() {}

  static Optional<Values> read(Reading reading) {
    return Optional.ofNullable(SHAPE.read(reading.document().root(), reading));
  }
}
