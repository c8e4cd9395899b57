/** The verbs an operator types. */
@NullMarked
package io.bitbuilder.hypervisor.cli;

import org.jspecify.annotations.NullMarked;
