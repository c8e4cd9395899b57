/** Tests of the package health. */
@NullMarked
package io.bitbuilder.hypervisor.health;

import org.jspecify.annotations.NullMarked;
