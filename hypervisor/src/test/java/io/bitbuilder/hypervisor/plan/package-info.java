/** Tests of planning. */
@NullMarked
package io.bitbuilder.hypervisor.plan;

import org.jspecify.annotations.NullMarked;
