@NullMarked
package io.bitbuilder.hypervisor.cli;

import org.jspecify.annotations.NullMarked;
