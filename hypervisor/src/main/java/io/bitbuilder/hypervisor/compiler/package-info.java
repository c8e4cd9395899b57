/** A pure function from the resolved model to the files of a generation: same input, same bytes. */
@NullMarked
package io.bitbuilder.hypervisor.compiler;

import org.jspecify.annotations.NullMarked;
