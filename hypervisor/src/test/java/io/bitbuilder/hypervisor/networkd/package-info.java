/** Tests of templates and of the settings systemd knows. */
@NullMarked
package io.bitbuilder.hypervisor.networkd;

import org.jspecify.annotations.NullMarked;
