package io.bitbuilder.hypervisor.voa;

import java.nio.file.Path;
import java.util.List;

/**
 * A certificate or key that counts.
 *
 * @param os where it was found first
 * @param name of its files
 * @param copies what to verify with: of a technology that merges all there are, which are to be
 *     combined (a revocation in one of them is one); of others the one that overrides the rest. By
 *     the order of the os asked for, then by descending priority; never empty
 */
public record Verifier(Os os, String name, List<Copy> copies) {
  /** Refuses to be without copies, with {@link IllegalArgumentException}. */
  public Verifier {
    copies = List.copyOf(copies);
    if (copies.isEmpty()) {
      throw new IllegalArgumentException("a verifier has a copy");
    }
  }

  /**
   * A file.
   *
   * @param os whose directory it was found in
   * @param loadPath it was found in
   * @param path it was found under
   * @param canonical where it is, behind all links
   * @param text its content when it was looked up, one character for each byte (ISO-8859-1); the
   *     file may be another one since
   */
  public record Copy(Os os, LoadPath loadPath, Path path, Path canonical, String text) {}

  /** Where the first copy is, behind all links; a path of the host. */
  public Path canonical() {
    return copies.getFirst().canonical();
  }
}
