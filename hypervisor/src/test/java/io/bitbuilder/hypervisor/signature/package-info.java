/** Tests of signatures, against the tools whose verdicts they must not soften. */
@NullMarked
package io.bitbuilder.hypervisor.signature;

import org.jspecify.annotations.NullMarked;
