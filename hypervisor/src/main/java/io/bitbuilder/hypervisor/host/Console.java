package io.bitbuilder.hypervisor.host;

import java.io.IOException;
import java.nio.file.Path;

/** Our terminal, joined with the console of a virtual machine. */
public interface Console {
  /** How it ended. */
  sealed interface End {}

  /** The operator left; what was logged in stays so. */
  record Left() implements End {}

  /** The machine ended. */
  record Closed() implements End {}

  /**
   * Somebody else is at it.
   *
   * @param process who, in digits
   */
  record Taken(String process) implements End {}

  /**
   * Nobody of the machine listens there.
   *
   * @param reason why we think so, unescaped
   */
  record Absent(String reason) implements End {}

  /**
   * Joins the two until one of them ends. Only bytes go from one to the other.
   *
   * @param socket where QEMU listens, in a directory that belongs to its user
   * @param user the user ID QEMU has; what anybody else listens to is not connected
   * @param attached told as soon as it is
   * @throws IOException when our terminal cannot be used
   */
  End attach(Path socket, long user, Runnable attached) throws IOException;

  /**
   * What somebody types and nobody sees, up to the end of the line; all of standard input when that
   * is no terminal. Whoever gets it zeroes it.
   *
   * @param limit bytes after which no more is read
   * @param prompt run before somebody is to type
   * @throws IOException when the terminal cannot be used, or Ctrl-C was typed
   */
  byte[] secret(int limit, Runnable prompt) throws IOException;
}
