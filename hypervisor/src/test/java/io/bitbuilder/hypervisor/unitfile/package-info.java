/** Tests of the syntax of unit files. */
@NullMarked
package io.bitbuilder.hypervisor.unitfile;

import org.jspecify.annotations.NullMarked;
