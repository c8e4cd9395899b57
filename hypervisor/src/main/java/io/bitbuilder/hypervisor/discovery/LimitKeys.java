package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.schema.Amounts;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Values;

/** The keys of resource limits, the same for a tenant and for a container. */
final class LimitKeys {
  static final Key<Integer> CPU =
      Key.of("cpu", Amounts.CPU, LIVE, "Most processor time it may use, in processors.");
  static final Key<Integer> CPU_WEIGHT =
      Key.of(
          "cpuWeight",
          Amounts.integer(1, 10_000),
          LIVE,
          "Its share of processor time when there is too little, against 100 of the others.");
  static final Key<ByteSize> MEMORY =
      Key.of("memory", Amounts.SIZE, LIVE, "Most memory it may use; more is killed.");
  static final Key<ByteSize> MEMORY_HIGH =
      Key.of(
          "memoryHigh",
          Amounts.SIZE,
          LIVE,
          "Memory above which it is slowed down and its memory is reclaimed.");
  static final Key<ByteSize> MEMORY_SWAP =
      Key.of("memorySwap", Amounts.SIZE, LIVE, "Most swap it may use.");
  static final Key<Integer> TASKS =
      Key.of(
          "tasks",
          Amounts.integer(1, 4_194_304),
          LIVE,
          "Most processes and threads it may have at once.");
  static final Key<Integer> IO_WEIGHT =
      Key.of(
          "ioWeight",
          Amounts.integer(1, 10_000),
          LIVE,
          "Its share of disk time when there is too little, against 100 of the others.");
  static final Key<ByteSize> STORAGE =
      Key.of(
          "storage",
          Amounts.SIZE,
          LIVE,
          "Most disk space it may use for all its data; more cannot be written.");
  private static final Key<ByteSize> STORAGE_OF_ONE =
      Key.of("storage", Amounts.SIZE, LIVE, "Most disk space it may use.").later();

  /** Of a tenant. */
  static final Shape TENANT = shape(STORAGE);

  /** Of a container. */
  static final Shape CONTAINER = shape(STORAGE_OF_ONE);

  private LimitKeys() {}

  private static Shape shape(Key<ByteSize> storage) {
    return Shape.of(
        "limits", CPU, CPU_WEIGHT, MEMORY, MEMORY_HIGH, MEMORY_SWAP, TASKS, IO_WEIGHT, storage);
  }

  static Tenant.Limits limits(Values values) {
    return new Tenant.Limits(
        values.find(CPU),
        values.find(CPU_WEIGHT),
        values.find(MEMORY),
        values.find(MEMORY_HIGH),
        values.find(MEMORY_SWAP),
        values.find(TASKS),
        values.find(IO_WEIGHT),
        values.find(STORAGE));
  }

  /** Reports a soft limit above the hard one. */
  static void check(Values values) {
    if (!values.has(MEMORY) || !values.has(MEMORY_HIGH)) {
      return;
    }
    ByteSize most = values.get(MEMORY);
    ByteSize high = values.get(MEMORY_HIGH);
    if (high.compareTo(most) > 0) {
      values
          .reading()
          .add(
              Code.BB205,
              values.at(MEMORY_HIGH),
              "memoryHigh " + high + " is above memory " + most,
              "at most " + most,
              "lower `memoryHigh`, or raise `memory`");
    }
  }
}
