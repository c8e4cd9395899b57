/** Tests of the findings and how they are shown. */
@NullMarked
package io.bitbuilder.hypervisor.diagnostic;

import org.jspecify.annotations.NullMarked;
