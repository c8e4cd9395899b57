/** Tests of reading documents. */
@NullMarked
package io.bitbuilder.hypervisor.document;

import org.jspecify.annotations.NullMarked;
