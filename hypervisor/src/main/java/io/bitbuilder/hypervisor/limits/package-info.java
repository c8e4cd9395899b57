/**
 * Limits of tenants as the kernel has them, and whether they are those that were set. Reads and
 * never sets anything.
 *
 * <p>Start at {@link io.bitbuilder.hypervisor.limits.KernelLimits}.
 */
@NullMarked
package io.bitbuilder.hypervisor.limits;

import org.jspecify.annotations.NullMarked;
