/** Tests of what passes between guests, networks and the outside. */
@NullMarked
package io.bitbuilder.hypervisor.network;

import org.jspecify.annotations.NullMarked;
