package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.math.BigDecimal;

/**
 * The slice of a tenant, which everything of it runs in: what it claims of its quota is the limit
 * of all its processes together (systemd.resource-control(5)).
 */
final class SliceUnits {
  /** So that a tenant that names no limit cannot use up the host's process ids. */
  private static final int TASKS_MAX = 32_768;

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
            limits.cpuMillis().or(() -> java.util.Optional.of(claim.cpuMillis())),
            limits.cpuWeight(),
            limits.memoryMax().or(() -> java.util.Optional.of(claim.memory())),
            limits.memoryHigh(),
            limits.memorySwapMax(),
            limits.tasksMax().or(() -> java.util.Optional.of(TASKS_MAX)),
            limits.ioWeight()),
        file);
    out.file("units/" + TenantUnits.slice(tenant.id()), file.build());
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
