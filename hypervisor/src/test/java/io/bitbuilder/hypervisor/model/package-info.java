/** Tests of the model. */
@NullMarked
package io.bitbuilder.hypervisor.model;

import org.jspecify.annotations.NullMarked;
