package io.bitbuilder.hypervisor.activation;

import io.bitbuilder.hypervisor.generation.AuditLog;
import io.bitbuilder.hypervisor.generation.FlightLog;
import io.bitbuilder.hypervisor.model.TenantId;

/**
 * A tenant, and where it is to go.
 *
 * @param to the generation, 0 to switch it off
 * @param done what is told when it is there
 * @param why for people, or empty
 */
public record Order(TenantId tenant, int to, FlightLog.Kind kind, AuditLog.Event done, String why) {
  /** To a new generation. */
  public static Order change(TenantId tenant, int to) {
    return new Order(tenant, to, FlightLog.Kind.CHANGE, AuditLog.Event.HEALTHY, "");
  }

  /** To an older generation, by the operator's wish. */
  public static Order rollback(TenantId tenant, int to, String why) {
    return new Order(tenant, to, FlightLog.Kind.ROLLBACK, AuditLog.Event.RETURNED, why);
  }

  /** To the generation that ran last, because the tenant is enabled or registered again. */
  public static Order resume(TenantId tenant, int to) {
    return new Order(
        tenant, to, FlightLog.Kind.ROLLBACK, AuditLog.Event.HEALTHY, "it is wanted again");
  }

  /** Off, because it is disabled or not placed on this host. */
  public static Order stop(TenantId tenant, String why) {
    return new Order(tenant, 0, FlightLog.Kind.OFF, AuditLog.Event.STOPPED, why);
  }

  /** Off, because the registry no longer names it. */
  public static Order remove(TenantId tenant) {
    return new Order(
        tenant, 0, FlightLog.Kind.OFF, AuditLog.Event.REMOVED, "the registry no longer names it");
  }
}
