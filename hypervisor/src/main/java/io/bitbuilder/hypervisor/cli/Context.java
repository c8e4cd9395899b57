package io.bitbuilder.hypervisor.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * What a verb works with.
 *
 * @param root the directory the host's files are under
 * @param environment the environment variables
 * @param version of this program
 * @param live the running host
 */
public record Context(
    Path root,
    Map<String, String> environment,
    Clock clock,
    String version,
    Output output,
    Live live) {
  /** /var/lib/bitbuilder. */
  Path state() {
    return root.resolve("var/lib/bitbuilder");
  }

  Context at(Path otherRoot) {
    return new Context(otherRoot, environment, clock, version, output, live);
  }

  Context with(Output other) {
    return new Context(root, environment, clock, version, other, live);
  }

  /** Says what is wrong and how to mend it, and gives back the status. */
  int fail(int status, String message, String help) {
    output.error(message, help);
    return status;
  }
}
