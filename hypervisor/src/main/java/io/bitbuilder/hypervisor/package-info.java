/** Turns Git repositories into running, isolated tenants with nothing but systemd. */
@org.jspecify.annotations.NullMarked
package io.bitbuilder.hypervisor;
