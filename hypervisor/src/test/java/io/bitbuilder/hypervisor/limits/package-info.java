/** Tests of the package limits. */
@NullMarked
package io.bitbuilder.hypervisor.limits;

import org.jspecify.annotations.NullMarked;
