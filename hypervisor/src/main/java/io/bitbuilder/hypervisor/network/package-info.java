/**
 * The networks of a tenant: from what was planned to the files of systemd-networkd and the rules of
 * nftables.
 */
@NullMarked
package io.bitbuilder.hypervisor.network;

import org.jspecify.annotations.NullMarked;
