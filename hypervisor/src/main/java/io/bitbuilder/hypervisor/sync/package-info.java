/** Git: fetch into a quarantine, keep objects only, read trees straight from the object store. */
@NullMarked
package io.bitbuilder.hypervisor.sync;

import org.jspecify.annotations.NullMarked;
