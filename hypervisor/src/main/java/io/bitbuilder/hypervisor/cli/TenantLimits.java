package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.compiler.TenantUnits;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.limits.KernelLimits;
import io.bitbuilder.hypervisor.limits.Limit;
import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** The limits of a tenant: set by the units of its generation, read back from the kernel. */
final class TenantLimits {
  private TenantLimits() {}

  /** In the order of their kinds; without those an older generation does not set. */
  static List<Limit> read(Generation generation, Path root) throws IOException {
    TenantId tenant = generation.tenant();
    String slice = TenantUnits.slice(tenant);
    String setup = TenantUnits.setup(tenant) + ".d/50-storage.conf";
    SortedMap<Limit.Kind, Long> set = new TreeMap<>();
    find(generation, slice, "Slice", "MemoryMax")
        .flatMap(ByteSize::parse)
        .ifPresent(size -> set.put(Limit.Kind.MEMORY, size.bytes()));
    find(generation, slice, "Slice", "TasksMax")
        .ifPresent(tasks -> set.put(Limit.Kind.TASKS, Long.valueOf(tasks)));
    find(generation, slice, "Slice", "CPUQuota")
        .ifPresent(percent -> set.put(Limit.Kind.CPU, millis(percent)));
    find(generation, setup, "Service", "StateDirectoryQuota")
        .flatMap(ByteSize::parse)
        .ifPresent(size -> set.put(Limit.Kind.STORAGE, size.bytes()));
    return new KernelLimits(root).read(tenant.value(), slice, set);
  }

  private static Optional<String> find(
      Generation generation, String unit, String section, String key) throws IOException {
    Path file = generation.directory().resolve("units").resolve(unit);
    return Files.exists(file)
        ? UnitFile.parse(Files.readString(file)).values(section, key).stream().findFirst()
        : Optional.empty();
  }

  /** {@code 150%} is one processor and a half. */
  private static long millis(String percent) {
    return new BigDecimal(percent.replace("%", "")).movePointRight(1).longValueExact();
  }

  /** One limit, for people. */
  static String text(Limit limit) {
    String set = amount(limit.kind(), limit.set());
    return switch (limit.state()) {
      case HELD ->
          use(limit)
              + (limit.isFull() && limit.kind() == Limit.Kind.STORAGE
                  ? ", full: nothing more can be written"
                  : "");
      case DIFFERENT -> use(limit) + ", where " + set + " is set: see `bitbuilder doctor`";
      case NOT_ENFORCED -> "at most " + set + ", not enforced: see `bitbuilder doctor`";
      case IDLE -> "at most " + set;
    };
  }

  private static String use(Limit limit) {
    OptionalLong kernel = limit.kernel();
    String most = kernel.isPresent() ? amount(limit.kind(), kernel.getAsLong()) : "any amount";
    OptionalLong used = limit.used();
    return used.isPresent()
        ? amount(limit.kind(), used.getAsLong()) + " of " + most
        : "at most " + most;
  }

  private static String amount(Limit.Kind kind, long number) {
    return switch (kind) {
      case MEMORY, STORAGE -> new ByteSize(number).rounded();
      case TASKS -> String.valueOf(number);
      case CPU ->
          BigDecimal.valueOf(number).movePointLeft(3).stripTrailingZeros().toPlainString()
              + (number == 1000 ? " processor" : " processors");
    };
  }

  /** By kind: bytes, tasks, or thousandths of a processor. */
  static Map<String, Object> json(List<Limit> limits) {
    Map<String, Object> all = new LinkedHashMap<>();
    for (Limit limit : limits) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("set", limit.set());
      value.put("state", limit.state().name().toLowerCase(Locale.ROOT).replace('_', ' '));
      limit.kernel().ifPresent(kernel -> value.put("kernel", kernel));
      limit.used().ifPresent(used -> value.put("used", used));
      all.put(limit.kind() == Limit.Kind.CPU ? "cpuMillis" : limit.kind().word(), value);
    }
    return all;
  }
}
