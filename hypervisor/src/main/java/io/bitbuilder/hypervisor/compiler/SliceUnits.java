package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.math.BigDecimal;
import java.util.Optional;

/**
 * The slice of a tenant, which everything of it runs in: what it claims of its quota is the limit
 * of all its processes together (systemd.resource-control(5)).
 */
final class SliceUnits {
  /** So that a tenant that names no limit cannot use up the host's process ids. */
  private static final int TASKS_MAX = 32_768;

  /**
   * What QEMU needs for itself, beside the memory its guest sees: its own code, device models,
   * buffers, and where it emulates the code it has translated.
   */
  private static final long MACHINE_OVERHEAD = 256L << 20;

  private SliceUnits() {}

  static void add(ResolvedTenant tenant, Output out) {
    Tenant.Limits limits = tenant.limits();
    Quota claim = tenant.claim();
    UnitFile.Builder file =
        UnitFile.builder()
            .section("Unit")
            .set("Description", "Tenant " + tenant.id())
            .section("Slice");
    limits(
        new Tenant.Limits(
            limits.cpuMillis().or(() -> Optional.of(claim.cpuMillis())),
            limits.cpuWeight(),
            Optional.of(machines(limits.memoryMax().orElse(claim.memory()), tenant)),
            limits.memoryHigh().map(size -> machines(size, tenant)),
            limits.memorySwapMax(),
            limits.tasksMax().or(() -> Optional.of(TASKS_MAX)),
            limits.ioWeight(),
            Optional.empty()),
        file);
    out.file("units/" + TenantUnits.slice(tenant.id()), file.build());
  }

  private static ByteSize machines(ByteSize size, ResolvedTenant tenant) {
    return new ByteSize(size.bytes() + tenant.machines().size() * MACHINE_OVERHEAD);
  }

  /** Sets those limits that are there. */
  static void limits(Tenant.Limits limits, UnitFile.Builder file) {
    limits.cpuMillis().ifPresent(millis -> file.set("CPUQuota", percent(millis)));
    limits.cpuWeight().ifPresent(weight -> file.set("CPUWeight", weight.toString()));
    limits.memoryMax().ifPresent(size -> file.set("MemoryMax", size.toString()));
    limits.memoryHigh().ifPresent(size -> file.set("MemoryHigh", size.toString()));
    limits.memorySwapMax().ifPresent(size -> file.set("MemorySwapMax", size.toString()));
    limits.tasksMax().ifPresent(tasks -> file.set("TasksMax", tasks.toString()));
    limits.ioWeight().ifPresent(weight -> file.set("IOWeight", weight.toString()));
  }

  /** Thousandths of a processor as systemd writes them, never nothing: 0% is refused. */
  private static String percent(int millis) {
    BigDecimal percent = BigDecimal.valueOf(Math.max(1, millis)).movePointLeft(1);
    return percent.stripTrailingZeros().toPlainString() + "%";
  }
}
