/** Tests of the package manager. */
@NullMarked
package io.bitbuilder.hypervisor.manager;

import org.jspecify.annotations.NullMarked;
