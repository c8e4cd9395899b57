/** Tests of the compiler. */
@NullMarked
package io.bitbuilder.hypervisor.compiler;

import org.jspecify.annotations.NullMarked;
