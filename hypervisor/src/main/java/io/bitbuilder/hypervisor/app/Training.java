package io.bitbuilder.hypervisor.app;

import io.bitbuilder.hypervisor.cli.Cli;
import io.bitbuilder.hypervisor.cli.Output;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs many command lines in one process, so that an ahead-of-time cache of the package knows the
 * classes of these verbs. Used when the package is built; the launcher does not know it.
 */
public final class Training {
  private Training() {}

  /**
   * Runs the command lines of a file, one a line, each after the exit status it must have; {@code
   * *} for any end, since there is no host around.
   *
   * @param arguments the file
   */
  public static void main(String[] arguments) throws IOException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
    Output output = new Output(stream, stream, false, false, false);
    Cli cli = new Cli(Main.context(System.getenv(), output));
    for (String line : Files.readAllLines(Path.of(arguments[0]))) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      List<String> words = List.of(line.strip().split(" +", -1));
      boolean anyEnd = words.getFirst().equals("*");
      int status;
      try {
        status = cli.run(words.subList(1, words.size()));
      } catch (IOException | UncheckedIOException e) {
        if (!anyEnd) {
          throw new IOException(line + "\n" + said.toString(StandardCharsets.UTF_8), e);
        }
        continue;
      }
      if (!anyEnd && status != Integer.parseInt(words.getFirst())) {
        throw new IllegalStateException(
            "exit status " + status + " of " + line + "\n" + said.toString(StandardCharsets.UTF_8));
      }
    }
  }
}
