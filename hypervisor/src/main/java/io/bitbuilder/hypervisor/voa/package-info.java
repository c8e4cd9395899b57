/**
 * The file hierarchy for the verification of OS artifacts (VOA, UAPI.11): which certificates and
 * keys count for what on this host. Looks files up and says of each one why it counts or not; puts
 * files there. Checks no signature and follows no link by the kernel's means.
 *
 * <p>Start at {@link io.bitbuilder.hypervisor.voa.Voa} (look up) and {@link
 * io.bitbuilder.hypervisor.voa.Import} (put there). May use {@code diagnostic} and java.base.
 */
@NullMarked
package io.bitbuilder.hypervisor.voa;

import org.jspecify.annotations.NullMarked;
