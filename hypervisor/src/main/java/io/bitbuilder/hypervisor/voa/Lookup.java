package io.bitbuilder.hypervisor.voa;

import io.bitbuilder.hypervisor.voa.Warning.Rule;
import java.nio.file.Path;
import java.util.List;

/**
 * What a lookup found. All paths are of the host, as seen below the root directory.
 *
 * @param verifiers what counts, by os asked for, priority and name
 * @param warnings what does not, and should not be there
 * @param directories every directory that was looked for, in order
 * @param files every file that was looked at, in order
 */
public record Lookup(
    List<Verifier> verifiers,
    List<Warning> warnings,
    List<LookedFor> directories,
    List<LookedAt> files) {
  /** Copies its lists. */
  public Lookup {
    verifiers = List.copyOf(verifiers);
    warnings = List.copyOf(warnings);
    directories = List.copyOf(directories);
    files = List.copyOf(files);
  }

  /**
   * A directory of a load path.
   *
   * @param found whether it is there and counts
   */
  public record LookedFor(Os os, LoadPath loadPath, Path path, boolean found) {}

  /** A file of such a directory, and what became of it. */
  public record LookedAt(Os os, LoadPath loadPath, Path path, Fate fate) {}

  /** What becomes of a file. */
  public sealed interface Fate {
    /** It counts; the path is behind all links. */
    record Taken(Path canonical) implements Fate {}

    /** A file of the same name and higher priority overrides it. */
    record Shadowed(Path by) implements Fate {}

    /** It counts in no load path. */
    record Masked(Path by) implements Fate {}

    /** It is what masks others. */
    record Masks() implements Fate {}

    /** It breaks a rule; the sentence is escaped. */
    record Ignored(Rule rule, String sentence) implements Fate {}
  }
}
