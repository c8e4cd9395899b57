/** Declared checks to a verdict within a deadline. */
@NullMarked
package io.bitbuilder.hypervisor.health;

import org.jspecify.annotations.NullMarked;
