/**
 * The outside: systemd, commands, the clock. The only package that may start processes or open
 * sockets to PID 1.
 *
 * <p>Start at {@link io.bitbuilder.hypervisor.host.Systemd} (jobs and states) and {@link
 * io.bitbuilder.hypervisor.host.Commands} (programs); {@code Local…} are the real ones. What they
 * give back was written by others and must be escaped before it is shown; the bytes of a {@link
 * io.bitbuilder.hypervisor.host.Console} alone go to the terminal as they are.
 */
@NullMarked
package io.bitbuilder.hypervisor.host;

import org.jspecify.annotations.NullMarked;
