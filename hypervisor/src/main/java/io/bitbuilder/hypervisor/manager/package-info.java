/** What a tenant may see and steer of itself from inside: the interface io.bitbuilder.Tenant. */
@NullMarked
package io.bitbuilder.hypervisor.manager;

import org.jspecify.annotations.NullMarked;
