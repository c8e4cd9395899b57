/** Tests of the order of the stages. */
@NullMarked
package io.bitbuilder.hypervisor.activation;

import org.jspecify.annotations.NullMarked;
