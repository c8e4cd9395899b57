/** New system and tenant repositories that work. */
@NullMarked
package io.bitbuilder.hypervisor.template;

import org.jspecify.annotations.NullMarked;
