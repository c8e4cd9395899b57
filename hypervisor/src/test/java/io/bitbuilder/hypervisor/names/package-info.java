/** Tests of the package names. */
@NullMarked
package io.bitbuilder.hypervisor.names;

import org.jspecify.annotations.NullMarked;
