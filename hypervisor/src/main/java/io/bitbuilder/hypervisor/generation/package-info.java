/** Immutable, numbered generations on disk and the one link that says which are current. */
@NullMarked
package io.bitbuilder.hypervisor.generation;

import org.jspecify.annotations.NullMarked;
