/** Tests of the package activation. */
@NullMarked
package io.bitbuilder.hypervisor.activation;

import org.jspecify.annotations.NullMarked;
