@NullMarked
package io.bitbuilder.hypervisor.sync;

import org.jspecify.annotations.NullMarked;
