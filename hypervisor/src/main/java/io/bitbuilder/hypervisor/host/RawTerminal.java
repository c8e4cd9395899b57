package io.bitbuilder.hypervisor.host;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Our terminal without anything of its own: each key as it is typed, nothing shown but what is
 * written. Java knows no terminal modes, so stty(1) sets them, in a helper that outlives us and
 * puts back what was there: a way out by SIGKILL leaves no other.
 */
final class RawTerminal implements Closeable {
  /** Seconds it may take to put the terminal back. */
  private static final int PATIENCE = 5;

  private final Process helper;
  private final Thread atExit;

  private RawTerminal(Process helper) {
    this.helper = helper;
    this.atExit = new Thread(this::restore);
  }

  /**
   * Makes it raw.
   *
   * @param helper /usr/lib/bitbuilder/terminal-raw
   */
  static RawTerminal enter(Path helper) throws IOException {
    Process process =
        new ProcessBuilder(helper.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    RawTerminal terminal = new RawTerminal(process);
    // Whoever sends us SIGTERM gets the prompt back after the terminal.
    Runtime.getRuntime().addShutdownHook(terminal.atExit);
    if (process.getInputStream().read() < 0) {
      terminal.restore();
      throw new IOException("the terminal cannot be made raw");
    }
    return terminal;
  }

  @Override
  public void close() throws IOException {
    if (!restore()) {
      throw new IOException("the terminal is not as it was; `reset` mends it");
    }
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException _) {
      // We are on the way out already.
    }
  }

  private boolean restore() {
    try {
      helper.getOutputStream().close();
      return helper.waitFor(PATIENCE, TimeUnit.SECONDS) && helper.exitValue() == 0;
    } catch (IOException _) {
      return false;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
