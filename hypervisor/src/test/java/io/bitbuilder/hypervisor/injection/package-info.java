/**
 * Every field of the model times every hostile text: src/test/injection holds a host and its
 * tenants in which every field is set; see {@link
 * io.bitbuilder.hypervisor.injection.InjectionTest}.
 */
@org.jspecify.annotations.NullMarked
package io.bitbuilder.hypervisor.injection;
