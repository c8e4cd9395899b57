/**
 * YAML 1.2 and JSON read into one tree of nodes, each knowing its line and column.
 *
 * <p>Start at {@link io.bitbuilder.hypervisor.document.Document}. The only user of the YAML
 * library.
 */
@NullMarked
package io.bitbuilder.hypervisor.document;

import org.jspecify.annotations.NullMarked;
