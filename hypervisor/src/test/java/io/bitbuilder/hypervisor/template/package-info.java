/** Tests of templates. */
@NullMarked
package io.bitbuilder.hypervisor.template;

import org.jspecify.annotations.NullMarked;
