package io.bitbuilder.hypervisor.host;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Runs programs of the host: a list of words, never a shell. */
public interface Commands {
  /**
   * How a program ended.
   *
   * @param exit its exit status, 128 + signal when it was killed, -1 when time was up
   * @param out what it wrote to standard output, cut at the limit, untrusted and unescaped
   * @param err the same of standard error
   */
  record Result(int exit, String out, String err, boolean timedOut) {
    /** Whether it exited with 0. */
    public boolean ok() {
      return exit == 0;
    }
  }

  /**
   * Runs a program to its end, without a terminal. When time is up, or the calling thread is
   * interrupted, it is killed with all it started.
   *
   * @param input what it finds on standard input
   * @throws IOException when it cannot be started
   */
  Result run(List<String> words, String input, Duration limit) throws IOException;

  /** Runs a program without input. */
  default Result run(List<String> words, Duration limit) throws IOException {
    return run(words, "", limit);
  }

  /**
   * Runs a program on our own terminal until it ends by itself.
   *
   * @return its exit status
   */
  int interactive(List<String> words) throws IOException;
}
