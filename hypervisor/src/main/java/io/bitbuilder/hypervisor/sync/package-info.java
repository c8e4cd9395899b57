/**
 * Git: fetch into a quarantine, keep objects only, read trees straight from the object store.
 *
 * <p>Start at {@link io.bitbuilder.hypervisor.sync.ObjectStore}. The only user of JGit. It never
 * makes a working tree, never runs a hook, filter or helper, and reads no configuration of the
 * machine.
 */
@NullMarked
package io.bitbuilder.hypervisor.sync;

import org.jspecify.annotations.NullMarked;
