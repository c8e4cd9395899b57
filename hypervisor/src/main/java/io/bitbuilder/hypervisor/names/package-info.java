/**
 * The name server of one tenant's network: names of its containers and machines, and nobody else's.
 * {@link io.bitbuilder.hypervisor.names.NameServer} is the way in.
 */
@NullMarked
package io.bitbuilder.hypervisor.names;

import org.jspecify.annotations.NullMarked;
