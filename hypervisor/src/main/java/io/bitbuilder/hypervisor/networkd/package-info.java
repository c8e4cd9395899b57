/**
 * What files of systemd-networkd may say: the settings systemd knows, and the templates of an
 * operator.
 *
 * <p>Start at {@link io.bitbuilder.hypervisor.networkd.TemplateKind}, which says what a template
 * may set; {@link io.bitbuilder.hypervisor.networkd.NetworkFile} reads one, {@link
 * io.bitbuilder.hypervisor.networkd.Templates} fills it in.
 */
@NullMarked
package io.bitbuilder.hypervisor.networkd;

import org.jspecify.annotations.NullMarked;
