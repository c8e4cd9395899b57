package io.bitbuilder.hypervisor.schema;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name somebody meant. */
public final class Similar {
  /** Longer names are not compared: the work grows with the square. */
  private static final int LIMIT = 64;

  private Similar() {}

  /**
   * The candidate nearest to a name: equal but for case, dashes and underscores, or at most a third
   * of its letters away.
   */
  public static Optional<String> to(String name, Collection<String> candidates) {
    if (name.length() > LIMIT) {
      return Optional.empty();
    }
    String wanted = normal(name);
    String best = null;
    int least = Math.max(1, wanted.length() / 3) + 1;
    for (String candidate : candidates) {
      int distance = distance(wanted, normal(candidate));
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    return Optional.ofNullable(best);
  }

  private static String normal(String name) {
    return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
  }

  /** Insertions, deletions, substitutions and swaps of neighbours that lead from one to another. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least =
            Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + change);
        boolean swap =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        cost[i][j] = swap ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
      }
    }
    return cost[a.length()][b.length()];
  }
}
