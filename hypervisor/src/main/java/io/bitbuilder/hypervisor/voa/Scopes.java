package io.bitbuilder.hypervisor.voa;

import io.bitbuilder.hypervisor.voa.Warning.Rule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The directories of all load paths that may have verifiers in them.
 *
 * @param scopes each once, by the names of its directories
 * @param warnings of directories that are none
 */
public record Scopes(List<Voa.Scope> scopes, List<Warning> warnings) {
  /** How many directories of one level are looked into. */
  private static final int LIMIT = 4096;

  /** Copies its lists. */
  public Scopes {
    scopes = List.copyOf(scopes);
    warnings = List.copyOf(warnings);
  }

  /** The levels below a load path. */
  private enum Level {
    OS("os"),
    PURPOSE("purpose"),
    CONTEXT("context"),
    TECHNOLOGY("technology");

    private final String word;

    Level(String word) {
      this.word = word;
    }

    private boolean has(String name) {
      return switch (this) {
        case OS -> Os.isValid(name);
        case PURPOSE -> Purpose.isValid(name);
        case CONTEXT -> Context.isValid(name);
        case TECHNOLOGY -> Technology.isValid(name);
      };
    }
  }

  static Scopes of(LoadPaths loadPaths, List<Os> oses) {
    Set<Warning> warnings = new LinkedHashSet<>();
    Set<Path> found =
        new TreeSet<>(Comparator.comparingInt(Path::getNameCount).thenComparing(Path::toString));
    for (LoadPath loadPath : loadPaths.paths()) {
      List<Path> at = new ArrayList<>(oses.stream().map(os -> Path.of(os.value())).toList());
      for (Level level : Level.values()) {
        if (level != Level.OS) {
          at = below(loadPaths, loadPath, at, level, warnings);
        } else if (oses.isEmpty()) {
          at = below(loadPaths, loadPath, List.of(Path.of("")), level, warnings);
        }
      }
      found.addAll(at);
    }
    List<Voa.Scope> scopes = new ArrayList<>();
    for (Path path : found) {
      scopes.add(
          new Voa.Scope(
              new Os(path.getName(0).toString()),
              Purpose.of(path.getName(1).toString()),
              new Context(path.getName(2).toString()),
              new Technology(path.getName(3).toString())));
    }
    return new Scopes(scopes, List.copyOf(warnings));
  }

  private static List<Path> below(
      LoadPaths loadPaths,
      LoadPath loadPath,
      List<Path> above,
      Level level,
      Set<Warning> warnings) {
    List<Path> found = new ArrayList<>();
    for (Path relative : above) {
      Path path = loadPath.path().resolve(relative);
      for (Path name : names(loadPaths, loadPath, relative, path, warnings)) {
        if (!level.has(name.toString())) {
          warnings.add(
              new Warning(path.resolve(name), Rule.DIRECTORY_NAME, "the name is no " + level.word));
        } else if (found.size() == LIMIT) {
          warnings.add(
              new Warning(path, Rule.TOO_MUCH, "there are more than " + LIMIT + " directories"));
          return found;
        } else {
          found.add(relative.resolve(name));
        }
      }
    }
    return found;
  }

  private static List<Path> names(
      LoadPaths loadPaths, LoadPath loadPath, Path relative, Path path, Set<Warning> warnings) {
    return switch (Walk.toDirectory(loadPaths, loadPath, relative)) {
      case Walk.End.Directory(Path at) ->
          switch (Bounded.Listing.of(loadPaths.real(at))) {
            case Bounded.Listing.Names(var names) -> names;
            case Bounded.Listing.Broken(var rule, var sentence) -> {
              warnings.add(new Warning(path, rule, sentence));
              yield List.of();
            }
          };
      case Walk.End.Broken(var rule, var sentence) -> {
        warnings.add(new Warning(path, rule, sentence));
        yield List.of();
      }
      case Walk.End.Absent(), Walk.End.Mask(), Walk.End.File(_, _) -> List.of();
    };
  }
}
