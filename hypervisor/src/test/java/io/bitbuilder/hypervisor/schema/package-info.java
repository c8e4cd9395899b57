/** Tests of types and shapes. */
@NullMarked
package io.bitbuilder.hypervisor.schema;

import org.jspecify.annotations.NullMarked;
