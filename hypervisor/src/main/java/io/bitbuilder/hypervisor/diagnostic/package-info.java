/**
 * What is wrong with somebody's input, as data: code, place, what was expected, how to mend it.
 *
 * <p>Start at {@link io.bitbuilder.hypervisor.diagnostic.Diagnostic}. Uses java.base only.
 */
@NullMarked
package io.bitbuilder.hypervisor.diagnostic;

import org.jspecify.annotations.NullMarked;
