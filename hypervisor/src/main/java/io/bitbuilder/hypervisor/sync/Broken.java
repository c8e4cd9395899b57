package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import java.io.IOException;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;

/** Something of a repository is not there, or not what it should be. The message says where. */
final class Broken extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * Says what and why.
   *
   * @param what of the repository, as {@link #directory} or {@link #file} have it
   * @param why its state, or what a library says of it
   */
  Broken(String what, String why) {
    super(what + ": " + why);
  }

  /** From what a library throws, which knows the name of an object and no path. */
  Broken(String what, IOException cause) {
    super(what + ": " + reason(cause), cause);
  }

  /** A directory, in messages. */
  static String directory(String path) {
    return path.isEmpty() ? "the top directory" : "directory " + Quote.quote(path);
  }

  /** A file, in messages. */
  static String file(String path) {
    return "file " + Quote.quote(path);
  }

  /** Whether it is about one object, rather than about reading at all. */
  static boolean isMeant(IOException e) {
    return e instanceof MissingObjectException
        || e instanceof IncorrectObjectTypeException
        || e instanceof CorruptObjectException;
  }

  private static String reason(IOException cause) {
    return switch (cause) {
      case MissingObjectException _ -> "its object is not there";
      case IncorrectObjectTypeException _ -> "its object is of another kind";
      default -> {
        // Behind the name of the object is what is wrong with it.
        String message = String.valueOf(cause.getMessage());
        yield Quote.escape(message.substring(message.lastIndexOf(": ") + 1).strip());
      }
    };
  }
}
