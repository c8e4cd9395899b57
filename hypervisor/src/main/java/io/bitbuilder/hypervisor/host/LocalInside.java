package io.bitbuilder.hypervisor.host;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Enters the namespaces and the cgroup of a machine's first process (nsenter(1)). Unlike {@code
 * systemd-run --machine=} this needs no message bus inside, so it works for containers that run a
 * single command, and what it runs counts against the container's limits.
 */
public final class LocalInside implements Inside {
  private final Systemd systemd;
  private final Commands commands;

  /** Enters the machines that this service manager runs. */
  public LocalInside(Systemd systemd, Commands commands) {
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
