package io.bitbuilder.hypervisor.host;

import java.util.Optional;

/**
 * A version of systemd as {@code systemctl --version} tells it.
 *
 * @param release such as 262
 * @param update of that release, 0 for the first
 */
public record SystemdVersion(int release, int update) implements Comparable<SystemdVersion> {
  /** What is safe, for messages. */
  public static final String EXPECTED = "258.7, 259.5, or 260 and later";

  /**
   * Reads the output of {@code systemctl --version}, {@code systemd 258 (258.7-1)}; empty when it
   * is something else.
   */
  public static Optional<SystemdVersion> parse(String output) {
    String[] words = output.lines().findFirst().orElse("").split(" ", -1);
    if (words.length < 2 || !words[0].equals("systemd")) {
      return Optional.empty();
    }
    Optional<SystemdVersion> plain = number(words[1]);
    if (words.length < 3 || !words[2].startsWith("(")) {
      return plain;
    }
    // Distributions name the update in parentheses only.
    return number(words[2].substring(1))
        .filter(inner -> plain.map(outer -> outer.release() == inner.release()).orElse(true))
        .or(() -> plain);
  }

  private static Optional<SystemdVersion> number(String text) {
    int end = digits(text, 0);
    if (end == 0 || end > 6) {
      return Optional.empty();
    }
    int release = Integer.parseInt(text.substring(0, end));
    if (end < text.length() && text.charAt(end) == '.') {
      int last = digits(text, end + 1);
      if (last > end + 1 && last - end < 7) {
        return Optional.of(
            new SystemdVersion(release, Integer.parseInt(text.substring(end + 1, last))));
      }
    }
    return Optional.of(new SystemdVersion(release, 0));
  }

  private static int digits(String text, int from) {
    int end = from;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    return end;
  }

  /** Whether containers cannot escape through CVE-2026-40226. */
  public boolean isSafe() {
    return switch (release) {
      case 258 -> update >= 7;
      case 259 -> update >= 5;
      default -> release >= 260;
    };
  }

  @Override
  public int compareTo(SystemdVersion other) {
    return release == other.release
        ? Integer.compare(update, other.update)
        : Integer.compare(release, other.release);
  }

  @Override
  public String toString() {
    return update == 0 ? String.valueOf(release) : release + "." + update;
  }
}
