/**
 * The difference between two generations, carried out in the smallest ordered set of steps, and
 * undone when unhealthy.
 */
@NullMarked
package io.bitbuilder.hypervisor.activation;

import org.jspecify.annotations.NullMarked;
