/**
 * From a tree of files to the model: every key known, every reference checked, every finding
 * reported at once.
 */
@NullMarked
package io.bitbuilder.hypervisor.discovery;

import org.jspecify.annotations.NullMarked;
