/**
 * What a document may hold, declared once as data: keys with type, default, consequence and text.
 * Reading, the JSON Schemas for editors and the reference documentation all follow from it.
 *
 * <p>Start at {@link io.bitbuilder.hypervisor.schema.Shape}. Knows no particular document.
 */
@NullMarked
package io.bitbuilder.hypervisor.schema;

import org.jspecify.annotations.NullMarked;
