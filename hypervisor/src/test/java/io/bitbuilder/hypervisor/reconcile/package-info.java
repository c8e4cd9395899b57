/** Tests of the order of the stages. */
@NullMarked
package io.bitbuilder.hypervisor.reconcile;

import org.jspecify.annotations.NullMarked;
