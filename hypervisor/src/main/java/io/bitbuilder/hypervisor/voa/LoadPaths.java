package io.bitbuilder.hypervisor.voa;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The load paths of a mode, by descending priority, below a root directory.
 *
 * @param root the directory that is "/" to everything below it, links too
 * @param paths in order; the priority of each is its index
 */
public record LoadPaths(Path root, List<LoadPath> paths) {
  private static final String VOA = "voa";

  /** Refuses paths whose priorities are not their indexes, with IllegalArgumentException. */
  public LoadPaths {
    root = root.toAbsolutePath().normalize();
    paths = List.copyOf(paths);
    for (int i = 0; i < paths.size(); i++) {
      if (paths.get(i).priority() != i) {
        throw new IllegalArgumentException("a priority is the place in the list");
      }
    }
  }

  /** Those of the system. */
  public static LoadPaths system(Path root) {
    Builder builder = new Builder();
    builder.add("/etc", true, false);
    builder.add("/run", true, true);
    builder.add("/usr/local/share", false, false);
    builder.add("/usr/share", false, false);
    return new LoadPaths(root, builder.paths());
  }

  /**
   * Those of a user, by the XDG Base Directory Specification: a relative path counts as unset, and
   * so does a home that is not known.
   *
   * @param environment HOME and the variables of XDG
   */
  public static LoadPaths user(Path root, Map<String, String> environment) {
    String home = environment.getOrDefault("HOME", "");
    Builder builder = new Builder();
    builder.add(value(environment, "XDG_CONFIG_HOME", home + "/.config", home), true, false);
    for (String path : value(environment, "XDG_CONFIG_DIRS", "/etc/xdg", "/").split(":", -1)) {
      builder.add(path, false, false);
    }
    builder.add(environment.getOrDefault("XDG_RUNTIME_DIR", ""), true, true);
    builder.add(value(environment, "XDG_DATA_HOME", home + "/.local/share", home), false, false);
    String data = value(environment, "XDG_DATA_DIRS", "/usr/local/share:/usr/share", "/");
    for (String path : data.split(":", -1)) {
      builder.add(path, false, false);
    }
    return new LoadPaths(root, builder.paths());
  }

  private static String value(
      Map<String, String> environment, String name, String otherwise, String needed) {
    String value = environment.getOrDefault(name, "");
    return !value.isEmpty() ? value : needed.isEmpty() ? "" : otherwise;
  }

  /** Where a path of the host is below the root. */
  public Path real(Path path) {
    return root.resolve(Path.of("/").relativize(path));
  }

  /** The load path something lies below, and is not itself; the innermost one. */
  Optional<LoadPath> around(Path path) {
    LoadPath found = null;
    for (LoadPath one : paths) {
      boolean below = path.startsWith(one.path()) && !path.equals(one.path());
      if (below && (found == null || one.path().getNameCount() > found.path().getNameCount())) {
        found = one;
      }
    }
    return Optional.ofNullable(found);
  }

  /**
   * Where verifiers and masks are put: the first writable one that stays, or that does not.
   *
   * @param runtime whether it is gone after a reboot
   */
  public Optional<LoadPath> writable(boolean runtime) {
    return paths.stream().filter(one -> one.writable() && one.ephemeral() == runtime).findFirst();
  }

  /** Collects paths; one that is there already counts once, where it came first. */
  private static final class Builder {
    private final Map<Path, LoadPath> paths = new LinkedHashMap<>();

    void add(String directory, boolean writable, boolean ephemeral) {
      if (!directory.startsWith("/")) {
        return;
      }
      try {
        Path path = Path.of(directory, VOA).normalize();
        paths.putIfAbsent(path, new LoadPath(path, paths.size(), writable, ephemeral));
      } catch (InvalidPathException _) {
        // A variable nobody can have meant counts as unset.
      }
    }

    List<LoadPath> paths() {
      return new ArrayList<>(paths.values());
    }
  }
}
