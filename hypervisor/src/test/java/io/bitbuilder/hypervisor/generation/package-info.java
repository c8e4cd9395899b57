/** Tests of the store, its crashes and its gate. */
@NullMarked
package io.bitbuilder.hypervisor.generation;

import org.jspecify.annotations.NullMarked;
