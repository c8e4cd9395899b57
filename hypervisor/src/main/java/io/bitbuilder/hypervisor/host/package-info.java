/**
 * The outside: systemd, commands, the clock. The only package that may start processes or open
 * sockets to PID 1.
 */
@NullMarked
package io.bitbuilder.hypervisor.host;

import org.jspecify.annotations.NullMarked;
