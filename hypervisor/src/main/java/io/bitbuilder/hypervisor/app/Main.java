package io.bitbuilder.hypervisor.app;

import io.bitbuilder.hypervisor.cli.Cli;
import io.bitbuilder.hypervisor.cli.Context;
import io.bitbuilder.hypervisor.cli.ExitStatus;
import io.bitbuilder.hypervisor.cli.Output;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.host.Commands;
import io.bitbuilder.hypervisor.host.LocalCommands;
import io.bitbuilder.hypervisor.host.LocalConsole;
import io.bitbuilder.hypervisor.reconcile.HostPorts;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The program: gives the verb the real host, and the exit status to whoever asked. */
public final class Main {
  private static final String DEBUG = "BITBUILDER_DEBUG";

  private Main() {}

  /** Runs one command line and ends the process. */
  public static void main(String[] arguments) {
    Map<String, String> environment = System.getenv();
    Output output = output(environment);
    // We print to the output only. What libraries print here are traces, with text of tenants in
    // them: a line end in a file's name would be a line in the journal.
    if (environment.getOrDefault(DEBUG, "").isEmpty()) {
      System.setErr(
          new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    }
    Context context = context(environment, output);
    int status;
    try {
      status = new Cli(context).run(List.of(arguments));
    } catch (IOException | UncheckedIOException e) {
      status = failed(e, output, environment);
    } catch (RuntimeException | Error e) {
      status = bug(e, output, environment);
    }
    output.out().flush();
    output.err().flush();
    System.exit(status);
  }

  /** The verbs' view of this host. */
  static Context context(Map<String, String> environment, Output output) {
    Path root = Path.of("/");
    Commands commands = new LocalCommands();
    return new Context(
        root,
        environment,
        Clock.systemUTC(),
        version(Main.class.getPackage().getImplementationVersion()),
        output,
        HostPorts.local(root),
        commands,
        LocalConsole.standard(root));
  }

  private static String version(@Nullable String packaged) {
    return packaged == null ? "unpackaged" : packaged;
  }

  /** Always UTF-8: what reads us is a terminal, the journal or a program. */
  private static Output output(Map<String, String> environment) {
    PrintStream out =
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
            false,
            StandardCharsets.UTF_8);
    PrintStream error =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    boolean terminal = isTerminal(1);
    boolean wanted =
        environment.getOrDefault("NO_COLOR", "").isEmpty()
            && !environment.getOrDefault("TERM", "").equals("dumb");
    return new Output(out, error, terminal, terminal && wanted, isTerminal(2));
  }

  /** Java can only ask for input and output together; /proc knows each (proc_pid_fd(5)). */
  private static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException _) {
      return false;
    }
  }

  private static int failed(Exception e, Output output, Map<String, String> environment) {
    trace(e, output, environment);
    Throwable cause = e instanceof UncheckedIOException unchecked ? unchecked.getCause() : e;
    switch (cause) {
      case AccessDeniedException denied ->
          output.error(
              "permission denied: " + Quote.escape(String.valueOf(denied.getFile())),
              "run it as root");
      case NoSuchFileException missing ->
          output.error("no such file: " + Quote.escape(String.valueOf(missing.getFile())), "");
      case null, default ->
          output.error(
              Quote.escape(String.valueOf(cause == null ? e : cause.getMessage()), 500), "");
    }
    return ExitStatus.INTERNAL;
  }

  private static int bug(Throwable e, Output output, Map<String, String> environment) {
    trace(e, output, environment);
    output.error(
        "internal: " + Quote.escape(e.toString(), 500),
        "this is a mistake of ours; with " + DEBUG + "=1 it says where");
    return ExitStatus.INTERNAL;
  }

  private static void trace(Throwable e, Output output, Map<String, String> environment) {
    if (!environment.getOrDefault(DEBUG, "").isEmpty()) {
      e.printStackTrace(output.err());
    }
  }
}
