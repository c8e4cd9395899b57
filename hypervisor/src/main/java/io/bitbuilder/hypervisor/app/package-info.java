/** The composition root: environment, wiring, exit status. Uses everything; nothing uses it. */
@NullMarked
package io.bitbuilder.hypervisor.app;

import org.jspecify.annotations.NullMarked;
