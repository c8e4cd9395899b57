package io.bitbuilder.hypervisor.host;

import io.bitbuilder.hypervisor.model.Script;
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

  /**
   * Hands a script to a virtual machine and runs it to its end.
   *
   * @param machine the name of the machine
   * @param user the user ID its QEMU has
   * @param layer the digest of the layer the script is in
   * @return how it ended; what it wrote is all in {@code out}
   * @throws IOException when it did not run, or not to its end: a sentence, unescaped
   */
  Commands.Result script(String machine, long user, String layer, Script script, Duration limit)
      throws IOException;
}
