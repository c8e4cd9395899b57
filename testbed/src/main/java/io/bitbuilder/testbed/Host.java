package io.bitbuilder.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A booted Debian host with systemd as PID 1, in namespaces of its own. Closing it fails when a
 * unit has failed that the test did not {@linkplain #allowFailed allow}, and always removes the
 * host.
 */
public final class Host implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  /** What a command said. */
  public record Output(int exit, String text) {}

  private final String name;
  private final Set<String> allowed = new HashSet<>();

  private Host(String name) {
    this.name = name;
  }

  /** Boots a host; the name gets the test's process id, so that test runs do not meet. */
  public static Host boot(String name) {
    Host host = new Host(name + "-" + ProcessHandle.current().pid());
    try {
      host.must("up");
    } catch (AssertionError e) {
      host.lane("down");
      throw e;
    }
    return host;
  }

  /** The address on the private network all hosts share. */
  public String address() {
    return must("address").strip();
  }

  /** Runs a command to its end; standard output and error together. */
  public Output exec(String... command) {
    return lane("exec", command);
  }

  /** Runs a command that has to exit with 0, and gives its output. */
  public String succeeds(String... command) {
    Output output = exec(command);
    if (output.exit() != 0) {
      throw failure("`" + String.join(" ", command) + "` exited with " + output);
    }
    return output.text();
  }

  /** Runs a command that must not exit with 0, and gives its output. */
  public String fails(String... command) {
    Output output = exec(command);
    if (output.exit() == 0) {
      throw failure("`" + String.join(" ", command) + "` succeeded: " + output.text());
    }
    return output.text();
  }

  /** Waits until a unit is active; ends at once when the unit fails. */
  public void waitForUnit(String unit, Duration limit) {
    String script =
        """
        until state=$(systemctl is-active "$1"); [ "$state" = active ]; do
          [ "$state" != failed ] || exit 1
          sleep 0.1
        done\
        """;
    succeeds("timeout", limit.toSeconds() + "s", "sh", "-c", script, "sh", unit);
  }

  /** Repeats a shell line until it succeeds or the limit has passed. */
  public String eventually(Duration limit, String line) {
    String script = "until sh -c \"$1\"; do sleep 0.1; done";
    return succeeds("timeout", limit.toSeconds() + "s", "sh", "-c", script, "sh", line);
  }

  /** The journal since boot, newest last. */
  public String journal() {
    return exec("journalctl", "--boot", "--no-pager", "--lines=200").text();
  }

  /** Copies a file, or a directory's content, from this machine into the host. */
  public void push(Path from, String to) {
    must("push", from.toString(), to);
  }

  /** A unit this test lets fail. */
  public void allowFailed(String unit) {
    allowed.add(unit);
  }

  /** Shuts down cleanly and boots the same disk. */
  public void reboot() {
    must("reboot");
  }

  /** Takes the power away and boots the same disk. */
  public void powerCut() {
    must("kill");
    must("up");
  }

  @Override
  public void close() {
    List<String> failed = new ArrayList<>();
    try {
      for (String line :
          exec("systemctl", "--failed", "--plain", "--no-legend").text().lines().toList()) {
        String unit = line.strip().split(" ", 2)[0];
        if (!unit.isEmpty() && !allowed.contains(unit)) {
          failed.add(unit);
        }
      }
      if (!failed.isEmpty()) {
        throw failure("failed units: " + failed);
      }
    } finally {
      must("down");
    }
  }

  private AssertionError failure(String what) {
    return new AssertionError(name + ": " + what + "\n--- journal of " + name + "\n" + journal());
  }

  private String must(String verb, String... arguments) {
    Output output = lane(verb, arguments);
    if (output.exit() != 0) {
      throw new AssertionError("testbed/host " + verb + " " + name + ": " + output);
    }
    return output.text();
  }

  private Output lane(String verb, String... arguments) {
    List<String> argv = new ArrayList<>(List.of(script().toString(), verb, name));
    argv.addAll(List.of(arguments));
    try {
      // A file, not a pipe: the host's processes outlive the command and may hold its output open.
      Path out = Files.createTempFile("testbed", ".out");
      try {
        Process process =
            new ProcessBuilder(argv)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .start();
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError(argv + " took longer than " + LIMIT);
        }
        return new Output(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
      } finally {
        Files.delete(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(argv + " was interrupted", e);
    }
  }

  private static Path script() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path script = at.resolve("testbed/host");
      if (Files.isExecutable(script) && Files.isRegularFile(script)) {
        return script;
      }
    }
    throw new IllegalStateException("testbed/host is not above the working directory");
  }
}
