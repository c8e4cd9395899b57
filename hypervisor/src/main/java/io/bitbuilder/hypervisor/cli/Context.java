package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.host.Commands;
import io.bitbuilder.hypervisor.host.Console;
import io.bitbuilder.hypervisor.reconcile.Busy;
import io.bitbuilder.hypervisor.reconcile.HostPorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/**
 * What a verb works with.
 *
 * @param root the directory the host's files are under
 * @param environment the environment variables
 * @param version of this program
 * @param host the running host
 * @param commands programs of the running host
 * @param console our terminal and the machines' consoles
 */
public record Context(
    Path root,
    Map<String, String> environment,
    Clock clock,
    String version,
    Output output,
    HostPorts host,
    Commands commands,
    Console console) {
  /** /var/lib/bitbuilder. */
  Path state() {
    return root.resolve("var/lib/bitbuilder");
  }

  /** The directory of the service's credentials (systemd.exec(5), CREDENTIALS). */
  Optional<Path> credentials() {
    return Optional.ofNullable(environment.get("CREDENTIALS_DIRECTORY")).map(Path::of);
  }

  Context at(Path otherRoot) {
    return new Context(otherRoot, environment, clock, version, output, host, commands, console);
  }

  Context with(Output other) {
    return new Context(root, environment, clock, version, other, host, commands, console);
  }

  /** Says what is wrong and how to mend it, and gives back the status. */
  int fail(int status, String message, String help) {
    output.error(message, help);
    return status;
  }

  /**
   * Whether what a service writes is ours to write. What root wrote there by hand, the service
   * could not write again.
   */
  boolean owns(String directory) throws IOException {
    Path path = state().resolve(directory);
    return !Files.exists(path)
        || Files.getOwner(path).getName().equals(System.getProperty("user.name"));
  }

  /** Says that a verb is left to its service. */
  int notOwner(String verb) {
    return fail(
        ExitStatus.USAGE,
        verb + " runs as a user of its own",
        "`bitbuilder sync` starts bitbuilder-" + verb + ".service");
  }

  /** Says that somebody else is at it. */
  int busy(Busy busy) {
    return fail(
        ExitStatus.TRY_LATER,
        Quote.escape(String.valueOf(busy.getMessage()), 400),
        "try again later");
  }
}
