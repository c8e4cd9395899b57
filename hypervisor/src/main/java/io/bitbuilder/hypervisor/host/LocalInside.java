package io.bitbuilder.hypervisor.host;

import io.bitbuilder.hypervisor.model.Script;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Enters the namespaces and the cgroup of a machine's first process (nsenter(1)). Unlike {@code
 * systemd-run --machine=} this needs no message bus inside, so it works for containers that run a
 * single command, and what it runs counts against the container's limits.
 */
public final class LocalInside implements Inside {
  private final Path root;
  private final Systemd systemd;
  private final Commands commands;

  /**
   * Enters the machines that this service manager runs.
   *
   * @param root the directory the host's files are under
   */
  public LocalInside(Path root, Systemd systemd, Commands commands) {
    this.root = root;
    this.systemd = systemd;
    this.commands = commands;
  }

  @Override
  public Commands.Result run(String machine, List<String> words, Duration limit)
      throws IOException {
    Machine found =
        systemd
            .machine(machine)
            .orElseThrow(() -> new IOException("machine " + machine + " does not run"));
    return commands.run(enter(found, words), limit);
  }

  @Override
  public Commands.Result script(
      String machine, long user, String layer, Script script, Duration limit) throws IOException {
    byte[] text =
        Files.readAllBytes(
            root.resolve("var/lib/bitbuilder/generations/layers")
                .resolve(layer)
                .resolve(script.file()));
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    return switch (new ScriptPort(root, machine, user).run(script.file(), text, output, limit)) {
      case ScriptPort.Exited exited ->
          new Commands.Result(exited.status(), output.toString(StandardCharsets.UTF_8), "", false);
      case ScriptPort.Failed failed -> throw new IOException(failed.reason());
    };
  }

  /** The words that run a program inside, for a terminal as well. */
  public static List<String> enter(Machine machine, List<String> words) {
    // An environment of its own: what the host's process was told is none of the tenant's business.
    List<String> all =
        new ArrayList<>(
            List.of(
                "env",
                "-i",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "LANG=C.UTF-8",
                "HOME=/root",
                "TERM=dumb",
                "nsenter",
                "--target=" + machine.leader(),
                "--all",
                "--join-cgroup",
                "--root",
                "--wdns=/",
                "--"));
    all.addAll(words);
    return all;
  }
}
