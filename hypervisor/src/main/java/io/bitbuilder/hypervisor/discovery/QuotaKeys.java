package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;

import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.schema.Amounts;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Values;

/** The keys of a quota. */
final class QuotaKeys {
  static final Quota DEFAULT =
      new Quota(4000, new ByteSize(8L << 30), new ByteSize(100L << 30), 10, 50);

  private static final int MOST = 10_000;

  private static final Key<Integer> CPU =
      Key.of("cpu", Amounts.CPU, LIVE, "Processors.").orElse("4");
  private static final Key<ByteSize> MEMORY =
      Key.of("memory", Amounts.SIZE, LIVE, "Memory.").orElse("8G");
  private static final Key<ByteSize> STORAGE =
      Key.of("storage", Amounts.SIZE, LIVE, "Storage.").orElse("100G");
  private static final Key<Integer> MACHINES =
      Key.of("machines", Amounts.integer(0, MOST), LIVE, "How many machines.").orElse("10");
  private static final Key<Integer> CONTAINERS =
      Key.of("containers", Amounts.integer(0, MOST), LIVE, "How many containers.").orElse("50");

  static final Shape SHAPE = Shape.of("quota", CPU, MEMORY, STORAGE, MACHINES, CONTAINERS);

  private QuotaKeys() {}

  /** The quota; what is left out is that of another quota. */
  static Quota quota(Values values, Quota otherwise) {
    return new Quota(
        values.find(CPU).orElse(otherwise.cpuMillis()),
        values.find(MEMORY).orElse(otherwise.memory()),
        values.find(STORAGE).orElse(otherwise.storage()),
        values.find(MACHINES).orElse(otherwise.machines()),
        values.find(CONTAINERS).orElse(otherwise.containers()));
  }
}
