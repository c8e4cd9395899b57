package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.model.TenantId;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One immutable result of compiling a tenant.
 *
 * @param number counts up from 1 within the tenant and is never used again
 * @param directory where its files are
 * @param verdict what became of it; empty when it was never switched to
 * @param pinned whether pruning keeps it
 */
public record Generation(
    TenantId tenant,
    int number,
    Path directory,
    Manifest manifest,
    Optional<Verdict> verdict,
    boolean pinned) {}
