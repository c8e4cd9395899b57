/** Tests of the package limits. */
@NullMarked
package io.bitbuilder.hypervisor.voa;

import org.jspecify.annotations.NullMarked;
