/**
 * The verbs an operator types, and those that units run.
 *
 * <p>Start at {@link io.bitbuilder.hypervisor.cli.Cli}: it finds the verb, has its arguments parsed
 * by what the verb {@linkplain io.bitbuilder.hypervisor.cli.Declaration declares}, and gives back
 * the exit status. Help, man pages and shell completion are made from the same declarations. Reads
 * the state of a host and prints it; what changes a host is left to {@code reconcile} and to
 * systemd.
 */
@NullMarked
package io.bitbuilder.hypervisor.cli;

import org.jspecify.annotations.NullMarked;
