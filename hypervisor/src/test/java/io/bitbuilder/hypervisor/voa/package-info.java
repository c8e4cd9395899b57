/** Tests of the package voa. */
@NullMarked
package io.bitbuilder.hypervisor.voa;

import org.jspecify.annotations.NullMarked;
