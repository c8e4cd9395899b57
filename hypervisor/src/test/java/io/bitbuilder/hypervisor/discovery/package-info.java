/** Tests of discovery, and the generators of the reference documentation and editor schemas. */
@NullMarked
package io.bitbuilder.hypervisor.discovery;

import org.jspecify.annotations.NullMarked;
