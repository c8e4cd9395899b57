package io.bitbuilder.hypervisor.activation;

import io.bitbuilder.hypervisor.generation.AuditLog;
import io.bitbuilder.hypervisor.model.TenantId;

/**
 * Where a tenant ended.
 *
 * @param event what became of it
 * @param generation the generation it is at, 0 when it is off
 * @param reason why it is where it is, in our words, or empty
 * @param succeeded whether it is where it was to go, or on its way to somewhere newer
 */
public record Result(
    TenantId tenant, AuditLog.Event event, int generation, String reason, boolean succeeded) {}
