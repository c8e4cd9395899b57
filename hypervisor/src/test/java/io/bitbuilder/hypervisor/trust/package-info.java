@NullMarked
package io.bitbuilder.hypervisor.trust;

import org.jspecify.annotations.NullMarked;
