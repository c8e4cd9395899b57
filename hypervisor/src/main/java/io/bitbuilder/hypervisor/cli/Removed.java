package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.reconcile.TenantData;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A tenant the registry no longer names, which is off and whose data is kept.
 *
 * @param since when it was found removed
 * @param until when its data is deleted; empty while the system repository is frozen and nothing is
 */
record Removed(TenantId id, Instant since, Optional<Instant> until) {
  /** For programs. */
  Map<String, Object> json() {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("id", id.value());
    value.put("since", since.toString());
    until.ifPresent(time -> value.put("keptUntil", time.toString()));
    return value;
  }

  /** {@code removed 2d ago, its data is kept until …}. */
  String sentence(Instant now) {
    return "removed " + Times.ago(since, now) + ", its data is kept until " + kept();
  }

  String kept() {
    return until.map(Times::exact).orElse("the system repository is mended");
  }

  /**
   * A table after that of the tenants; nothing without any.
   *
   * @param measured whether to say how much is kept, which takes a look at every file
   */
  static void print(Collection<Removed> removed, boolean measured, Context context) {
    if (removed.isEmpty()) {
      return;
    }
    Output output = context.output();
    List<String> headings = new ArrayList<>(List.of("REMOVED", "SINCE", "KEPT UNTIL"));
    if (measured) {
      headings.add("KEPT");
    }
    Table table = new Table(headings.toArray(String[]::new));
    for (Removed tenant : removed) {
      List<String> cells =
          new ArrayList<>(
              List.of(
                  tenant.id().value(),
                  Times.ago(tenant.since(), context.clock().instant()),
                  tenant.kept()));
      if (measured) {
        cells.add(text(tenant.bytes(context)));
      }
      table.row(cells.toArray(String[]::new));
    }
    output.line("");
    table.print(output);
    output.hint("`bitbuilder purge TENANT` deletes what it left before its time");
  }

  /** How much is kept; empty when it may not be looked at. */
  OptionalLong bytes(Context context) {
    return new TenantData(context.root(), id).bytes();
  }

  static String text(OptionalLong bytes) {
    return bytes.isPresent() ? new ByteSize(bytes.getAsLong()).rounded() : "";
  }
}
