package io.bitbuilder.hypervisor.voa;

import io.bitbuilder.hypervisor.voa.Warning.Rule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Looks verifiers up by UAPI.11. Whatever lies in the load paths, a lookup ends: what breaks a rule
 * or cannot be read is a warning.
 */
public final class Voa {
  private final LoadPaths loadPaths;
  private final Function<Path, Bounded.Outcome> reader;

  /** In these load paths. */
  public Voa(LoadPaths loadPaths) {
    this(loadPaths, Bounded::read);
  }

  Voa(LoadPaths loadPaths, Function<Path, Bounded.Outcome> reader) {
    this.loadPaths = loadPaths;
    this.reader = reader;
  }

  /** Where is looked. */
  public LoadPaths loadPaths() {
    return loadPaths;
  }

  /**
   * What counts for a purpose. An os that is not in the list does not count, however general.
   *
   * @param oses in the order that verifiers are given back in; their union counts
   */
  public Lookup lookup(List<Os> oses, Purpose purpose, Context context, Technology technology) {
    Optional<Kind> kind = Kind.of(technology);
    if (kind.isEmpty()) {
      return unknown(oses, new Scope(Os.BITBUILDER, purpose, context, technology));
    }
    return new Search(loadPaths, reader, purpose, context, technology, kind.get()).run(oses);
  }

  /** What nobody can read the files of: a warning for each directory there is. */
  private Lookup unknown(List<Os> oses, Scope scope) {
    List<Warning> warnings = new ArrayList<>();
    for (Os os : oses) {
      Path relative = scope.of(os).relative();
      for (LoadPath loadPath : loadPaths.paths()) {
        if (Walk.toDirectory(loadPaths, loadPath, relative) instanceof Walk.End.Directory) {
          warnings.add(
              new Warning(
                  loadPath.path().resolve(relative),
                  Rule.TECHNOLOGY,
                  "the technology is not known to this version"));
        }
      }
    }
    return new Lookup(List.of(), warnings, List.of(), List.of());
  }

  /**
   * What there are directories for.
   *
   * @param oses of these; of all there are when empty
   */
  public Scopes scopes(List<Os> oses) {
    return Scopes.of(loadPaths, oses);
  }

  /** A directory that may have verifiers in it, in one or more load paths. */
  public record Scope(Os os, Purpose purpose, Context context, Technology technology) {
    private Scope of(Os other) {
      return new Scope(other, purpose, context, technology);
    }

    /** The four names of it below a load path. */
    public Path relative() {
      return Path.of(os.value(), purpose.value(), context.value(), technology.value());
    }
  }
}
