package io.bitbuilder.hypervisor.host;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Runs programs inside running machines, as their root and with nothing of the host's. */
public interface Inside {
  /**
   * Runs a program of the machine to its end.
   *
   * @param machine the name of the machine
   * @param words the program and its arguments, not a shell
   * @return how it ended; exit status 127 when the machine has no such program
   * @throws IOException when there is no such machine, or it cannot be entered
   */
  Commands.Result run(String machine, List<String> words, Duration limit) throws IOException;
}
