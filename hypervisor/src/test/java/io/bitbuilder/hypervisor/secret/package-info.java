@NullMarked
package io.bitbuilder.hypervisor.secret;

import org.jspecify.annotations.NullMarked;
