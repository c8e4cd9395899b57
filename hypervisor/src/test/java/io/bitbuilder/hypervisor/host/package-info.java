/** Tests of the package host. */
@NullMarked
package io.bitbuilder.hypervisor.host;

import org.jspecify.annotations.NullMarked;
