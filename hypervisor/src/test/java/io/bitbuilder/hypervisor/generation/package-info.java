@NullMarked
package io.bitbuilder.hypervisor.generation;

import org.jspecify.annotations.NullMarked;
