package io.bitbuilder.hypervisor.sync;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;

/** A list of digests as {@code sha256sum} prints it: SHA256SUMS. */
public final class Checksums {
  private static final int DIGITS = 64;

  private Checksums() {}

  /** What a list says of a file. */
  public sealed interface Found {
    /** Its digest, 64 hexadecimal digits in lower case. */
    record Digest(String sha256) implements Found {}

    /**
     * Nothing that could be used.
     *
     * @param sentence why, without a final stop
     */
    record Nothing(String sentence) implements Found {}
  }

  /**
   * Looks for a file, by the letter: a list that names it in another form, or with two digests,
   * says nothing of it.
   *
   * @param list the bytes of the list, the very ones that are signed
   */
  public static Found find(byte[] list, String file) {
    Set<String> digests = new TreeSet<>();
    for (String line : new String(list, StandardCharsets.UTF_8).split("\n", -1)) {
      if (line.length() > DIGITS + 2
          && line.charAt(DIGITS) == ' '
          && (line.charAt(DIGITS + 1) == ' ' || line.charAt(DIGITS + 1) == '*')
          && line.substring(DIGITS + 2).equals(file)
          && isDigest(line.substring(0, DIGITS))) {
        digests.add(line.substring(0, DIGITS));
      }
    }
    return switch (digests.size()) {
      case 0 -> new Found.Nothing("the list of digests does not name the file");
      case 1 -> new Found.Digest(digests.iterator().next());
      default -> new Found.Nothing("the list of digests names the file with several digests");
    };
  }

  private static boolean isDigest(String text) {
    return text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }
}
