/**
 * From what tenants declare to what this host will run: quota, addresses, UID ranges, names. Pure.
 */
@NullMarked
package io.bitbuilder.hypervisor.plan;

import org.jspecify.annotations.NullMarked;
