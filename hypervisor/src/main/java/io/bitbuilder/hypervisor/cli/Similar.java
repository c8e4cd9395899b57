package io.bitbuilder.hypervisor.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The name somebody probably meant. */
final class Similar {
  private Similar() {}

  /** The known name nearest to what was typed; empty when none is near. */
  static Optional<String> to(String typed, Collection<String> known) {
    int limit = Math.max(1, Math.min(typed.length(), 12) / 3);
    return known.stream()
        .filter(name -> distance(typed, name, limit) <= limit || isStart(typed, name))
        .min(
            Comparator.comparingInt((String name) -> distance(typed, name, 64))
                .thenComparing(Comparator.naturalOrder()));
  }

  private static boolean isStart(String typed, String name) {
    return typed.length() >= 3 && name.startsWith(typed);
  }

  /** How many characters must be changed, added, left out or exchanged with their neighbour. */
  private static int distance(String a, String b, int limit) {
    if (Math.abs(a.length() - b.length()) > limit || a.length() > 64) {
      return limit + 1;
    }
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least =
            Math.min(cost[i - 1][j - 1] + change, Math.min(cost[i - 1][j] + 1, cost[i][j - 1] + 1));
        boolean exchanged =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        cost[i][j] = exchanged ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
      }
    }
    return cost[a.length()][b.length()];
  }
}
