/**
 * What an operator and a tenant may declare, as values that are valid by existence. No I/O.
 *
 * <p>Start at {@link io.bitbuilder.hypervisor.model.Tenant}.
 */
@NullMarked
package io.bitbuilder.hypervisor.model;

import org.jspecify.annotations.NullMarked;
