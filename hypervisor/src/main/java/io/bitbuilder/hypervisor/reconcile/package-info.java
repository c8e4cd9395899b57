/** The order of the stages: fetch, compile, activate. */
@NullMarked
package io.bitbuilder.hypervisor.reconcile;

import org.jspecify.annotations.NullMarked;
