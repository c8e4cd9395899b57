package io.bitbuilder.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command {@code testbed/host}, for one host. */
final class Lane {
  private final String name;

  Lane(String name) {
    this.name = name;
  }

  /** Runs a verb that has to succeed, and gives its output. */
  String must(Duration limit, String verb, String... arguments) {
    Host.Output output = run(limit, verb, arguments);
    if (output.exit() != 0) {
      throw new AssertionError("testbed/host " + verb + " " + name + ": " + output);
    }
    return output.text();
  }

  /** Runs a verb to its end, whatever its exit status. */
  Host.Output run(Duration limit, String verb, String... arguments) {
    List<String> argv = new ArrayList<>(List.of(script().toString(), verb, name));
    argv.addAll(List.of(arguments));
    return run(limit, argv);
  }

  /** Runs another script of the tree, which gets the name of this host and then the arguments. */
  void script(Duration limit, String path, String... arguments) {
    List<String> argv = new ArrayList<>(List.of(script(path).toString(), name));
    argv.addAll(List.of(arguments));
    Host.Output output = run(limit, argv);
    if (output.exit() != 0) {
      throw new AssertionError(argv + ": " + output);
    }
  }

  private static Host.Output run(Duration limit, List<String> argv) {
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
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
          process.destroyForcibly();
          throw new AssertionError(
              argv + " took longer than " + limit + "\n" + Files.readString(out));
        }
        byte[] text = Files.readAllBytes(out);
        return new Host.Output(process.exitValue(), new String(text, StandardCharsets.UTF_8));
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

  /** What a script of the tree prints, which is one line; what it says of its progress is shown. */
  static String print(String path, String... arguments) {
    List<String> command = new ArrayList<>(List.of(script(path).toString()));
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String line =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0 || line.isEmpty()) {
        throw new AssertionError(path + " failed");
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(path + " was interrupted", e);
    }
  }

  private static Path script() {
    return script("testbed/host");
  }

  /** A script of the tree this runs in. */
  static Path script(String path) {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path script = at.resolve(path);
      if (Files.isExecutable(script) && Files.isRegularFile(script)) {
        return script;
      }
    }
    throw new IllegalStateException(path + " is not above the working directory");
  }
}
