/**
 * Whether a commit counts: who signed it, and everything between it and the last one that did.
 * {@link io.bitbuilder.hypervisor.trust.Acceptance} is the way in.
 */
@NullMarked
package io.bitbuilder.hypervisor.trust;

import org.jspecify.annotations.NullMarked;
