package io.bitbuilder.testbed.abuse;

import java.util.List;

/** Tables of attacks. */
public final class Report {
  private static final String ABOUT =
      """
      <!-- Written from the list of attacks by AbuseListTest; change the list, then run it with -Dreference.update=true. -->
      # Attacks that are tried

      What whoever owns a tenant's repository, or the server of it, may try. `make test-abuse` tries all of it at once, each attack as a tenant of its own beside
      two innocent ones, and writes what came of it to `target/abuse.md`. An attack is refused with a finding of the code, which says where, or it is inert:
      accepted, without the effect it was made for. Afterwards nothing but the tenants' own state differs from before: files of the host and of other tenants,
      links, routes, packet filter, mounts, sockets, units, processes; the innocent tenants were not restarted; no canary appears anywhere.

      Numbers of ideas are those of the project's survey of incidents; t1450 and the like are tests of git.

      | attack | seen in | what | expected |
      |---|---|---|---|
      """;

  private Report() {}

  /** What is tried, for review. */
  public static String page(List<Attack> attacks) {
    StringBuilder page = new StringBuilder(ABOUT);
    for (Attack attack : attacks) {
      page.append(row(attack.id(), attack.source(), attack.what(), attack.expected()));
    }
    return page.append("\n").append(attacks.size()).append(" attacks.\n").toString();
  }

  /** What came of it. */
  public static String results(List<Findings> all, String summary) {
    StringBuilder page =
        new StringBuilder(
            "| attack | source | expected | observed | result | says |\n|---|---|---|---|---|---|\n");
    for (Findings each : all) {
      page.append(
          row(
              each.attack().id(),
              each.attack().source(),
              each.attack().expected(),
              each.observed(),
              each.passed() ? "ok" : "FAILED",
              each.says()));
    }
    return page.append("\n").append(summary).append("\n").toString();
  }

  private static String row(String... cells) {
    StringBuilder row = new StringBuilder("|");
    for (String cell : cells) {
      row.append(' ').append(cell.replace("|", "\\|").replace("\n", " ")).append(" |");
    }
    return row.append('\n').toString();
  }
}
