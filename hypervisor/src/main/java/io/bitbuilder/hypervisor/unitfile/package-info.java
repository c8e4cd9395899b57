/**
 * The syntax of systemd's unit, network, netdev and nspawn files: printing and escaping. Uses
 * java.base only.
 */
@NullMarked
package io.bitbuilder.hypervisor.unitfile;

import org.jspecify.annotations.NullMarked;
