package io.bitbuilder.hypervisor.cli;

import java.io.IOException;

/** One verb of {@code bitbuilder}. */
interface Verb {
  /** What it is called, takes and does. */
  Declaration declaration();

  /**
   * Runs it.
   *
   * @return the exit status
   * @throws IOException when the host's files or programs fail us
   */
  int run(Arguments arguments, Context context) throws IOException;
}
