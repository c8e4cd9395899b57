package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.Optional;

/** infrastructure/resource-limits.yaml. */
final class ResourceLimitsFile {
  static final Shape SHAPE = LimitKeys.TENANT;

  private ResourceLimitsFile() {}

  /** The limits; empty after findings. */
  static Optional<Tenant.Limits> read(Reading reading) {
    Values values = SHAPE.read(reading.document().root(), reading);
    if (values != null) {
      LimitKeys.check(values);
    }
    return values == null || reading.failed()
        ? Optional.empty()
        : Optional.of(LimitKeys.limits(values));
  }
}
