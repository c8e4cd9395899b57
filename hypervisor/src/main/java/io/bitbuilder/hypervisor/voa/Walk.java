package io.bitbuilder.hypervisor.voa;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.voa.Warning.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One way from a load path to a file or directory, name by name. The kernel never follows a link
 * for us: each is read, held to the rules of UAPI.11 (Symlinking, Masking), and walked from the
 * load path its target lies in, so that the links on the way there are held to them as well.
 *
 * <p>Directories above a load path are taken by their names; what they are is the host's business.
 */
final class Walk {
  private static final Path ROOT = Path.of("/");
  private static final Path NULL = Path.of("/dev/null");

  /** As many links as the kernel follows (path_resolution(7)). */
  private static final int LINKS = 40;

  private final LoadPaths loadPaths;
  private final boolean toFile;
  private final Deque<Path> rest = new ArrayDeque<>();
  private final Set<Link> links = new HashSet<>();
  private final List<Path> ways = new ArrayList<>();
  private @Nullable Path leaf;
  private LoadPath in;
  private Path at;

  /** How many of the names that remain are of a link's target. */
  private int owed;

  /** Whether the name at hand is of a link's target. */
  private boolean linked;

  /** A link, and the way on from it: through the same one, two ways may lead. */
  private record Link(Path path, List<Path> rest) {}

  /** Where it ended. */
  sealed interface End {
    /** At a directory. */
    record Directory(Path at) implements End {}

    /**
     * At a regular file.
     *
     * @param at where it is, behind all links
     * @param ways what links turned the way to it into, in order
     */
    record File(Path at, List<Path> ways) implements End {}

    /** At /dev/null, where that masks. */
    record Mask() implements End {}

    /** There is nothing, and no link said that there is. */
    record Absent() implements End {}

    /** At something that does not count. */
    record Broken(Rule rule, String sentence) implements End {}
  }

  private Walk(LoadPaths loadPaths, LoadPath start, Path relative, boolean toFile) {
    this.loadPaths = loadPaths;
    this.toFile = toFile;
    this.in = start;
    this.at = start.path();
    if (!relative.toString().isEmpty()) {
      relative.forEach(rest::addLast);
    }
  }

  /** To a directory; to the load path itself when the relative path is empty. */
  static End toDirectory(LoadPaths loadPaths, LoadPath start, Path relative) {
    return new Walk(loadPaths, start, relative, false).walk();
  }

  /** To a verifier file. */
  static End toFile(LoadPaths loadPaths, LoadPath start, Path relative) {
    return new Walk(loadPaths, start, relative, true).walk();
  }

  private End walk() {
    boolean ephemeral = false;
    try {
      Optional<End> none = loadPath();
      while (none.isEmpty() && !rest.isEmpty()) {
        Path next = at.resolve(rest.removeFirst());
        linked = owed > 0;
        owed = Math.max(0, owed - 1);
        BasicFileAttributes found = attributes(next);
        if (found == null) {
          none = Optional.of(missing());
        } else if (found.isSymbolicLink()) {
          ephemeral |= in.ephemeral();
          none = follow(next);
        } else if (rest.isEmpty()) {
          none = Optional.of(last(next, found));
        } else if (!found.isDirectory()) {
          none = Optional.of(noDirectory(next));
        } else {
          at = next;
        }
      }
      End end = none.orElseGet(() -> new End.Directory(at));
      boolean mask =
          end instanceof End.Mask
              || (end instanceof End.Broken(Rule rule, _) && rule == Rule.MASK_DIRECTORY);
      return ephemeral && !mask
          ? new End.Broken(Rule.EPHEMERAL, "a link in an ephemeral load path counts as a mask only")
          : end;
    } catch (IOException e) {
      return new End.Broken(Rule.UNREADABLE, unreadable(e));
    }
  }

  /** Why something cannot be read, in our words; escaped. */
  static String unreadable(IOException e) {
    String name = e.getClass().getSimpleName();
    return name.equals("AccessDeniedException")
        ? "cannot be read: permission denied"
        : "cannot be read: " + Quote.escape(String.valueOf(e.getMessage()), 400);
  }

  /** The load path must be a directory itself: a link would lead its whole tree elsewhere. */
  private Optional<End> loadPath() throws IOException {
    BasicFileAttributes found = attributes(at);
    if (found == null) {
      return Optional.of(missing());
    }
    if (found.isDirectory()) {
      return Optional.empty();
    }
    return broken(
        found.isSymbolicLink() ? Rule.OUTSIDE : Rule.FILE_TYPE,
        Quote.quote(at.toString()) + " is no directory");
  }

  private End missing() {
    return linked ? new End.Broken(Rule.DANGLING, "a link leads to nothing") : new End.Absent();
  }

  private End last(Path next, BasicFileAttributes found) {
    if (toFile ? found.isRegularFile() : found.isDirectory()) {
      return toFile ? new End.File(next, List.copyOf(ways)) : new End.Directory(next);
    }
    return toFile
        ? new End.Broken(
            linked && found.isDirectory() ? Rule.LINK_TYPE : Rule.FILE_TYPE,
            linked && found.isDirectory()
                ? "a link leads to a directory"
                : "only a regular file is a verifier")
        : noDirectory(next);
  }

  private End noDirectory(Path next) {
    return new End.Broken(
        linked ? Rule.LINK_TYPE : Rule.FILE_TYPE,
        Quote.quote(next.toString()) + " is no directory");
  }

  /** Goes on where a link leads; empty when it does. */
  private Optional<End> follow(Path link) throws IOException {
    boolean last = toFile && rest.isEmpty();
    if (last && leaf == null) {
      leaf = link;
    }
    if (!links.add(new Link(link, List.copyOf(rest))) || links.size() > LINKS) {
      return broken(Rule.CYCLE, "links lead to each other");
    }
    Path text = Files.readSymbolicLink(loadPaths.real(link));
    String leads = "a link leads to " + Quote.quote(text.toString());
    Path target = target(link, text);
    if (target == null) {
      return broken(Rule.OUTSIDE, leads + " through something that is no directory");
    }
    if (target.equals(NULL)) {
      return mask(last);
    }
    if (last || !in.ephemeral()) {
      Optional<LoadPath> around = loadPaths.around(target);
      if (around.isEmpty()) {
        return broken(Rule.OUTSIDE, leads + ", outside of the load paths");
      }
      if (around.get().priority() < in.priority()) {
        return broken(Rule.PRIORITY, leads + ", in a load path of higher priority");
      }
      if (!target.getFileName().equals(link.getFileName())) {
        return broken(Rule.LINK_NAME, leads + ", which has another name");
      }
      in = around.get();
      at = in.path();
      List<Path> names = new ArrayList<>();
      at.relativize(target).forEach(names::add);
      names.reversed().forEach(rest::addFirst);
      owed += names.size();
      linked = true;
      ways.add(rest.stream().reduce(at, Path::resolve));
      return loadPath();
    }
    return broken(Rule.EPHEMERAL, "a directory is linked in an ephemeral load path");
  }

  /**
   * A mask is the administrator's when the first link in place of the file is: it may lead to
   * /dev/null through another one.
   */
  private Optional<End> mask(boolean last) {
    if (!last || leaf == null) {
      return broken(Rule.MASK_DIRECTORY, "a directory cannot be masked");
    }
    boolean counts = loadPaths.around(leaf).map(LoadPath::writable).orElse(false);
    return counts
        ? Optional.of(new End.Mask())
        : broken(Rule.MASK_PLACE, "a mask counts in a writable load path only");
  }

  /**
   * What a link names, without "." and "..". Where ".." follows a name, that must be a directory
   * and no link: otherwise the kernel would see another target than we do.
   */
  private @Nullable Path target(Path link, Path text) throws IOException {
    Path target = text.isAbsolute() ? ROOT : parent(link);
    int own = 0;
    for (Path name : text) {
      switch (name.toString()) {
        case "", "." -> {}
        case ".." -> {
          if (own > 0) {
            BasicFileAttributes found = attributes(target);
            if (found == null || !found.isDirectory()) {
              return null;
            }
            own--;
          }
          target = parent(target);
        }
        default -> {
          target = target.resolve(name);
          own++;
        }
      }
    }
    return target;
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    return parent == null ? ROOT : parent;
  }

  private @Nullable BasicFileAttributes attributes(Path path) throws IOException {
    try {
      return Files.readAttributes(
          loadPaths.real(path), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException _) {
      return null;
    }
  }

  private static Optional<End> broken(Rule rule, String sentence) {
    return Optional.of(new End.Broken(rule, sentence));
  }
}
