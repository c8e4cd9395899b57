/**
 * New system and tenant repositories that work.
 *
 * <p>Start at {@link io.bitbuilder.hypervisor.template.Templates}.
 */
@NullMarked
package io.bitbuilder.hypervisor.template;

import org.jspecify.annotations.NullMarked;
