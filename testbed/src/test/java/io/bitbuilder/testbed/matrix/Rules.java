package io.bitbuilder.testbed.matrix;

import io.bitbuilder.testbed.matrix.Party.Role;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Who may reach whom, as a table: from, to, kinds, verdict. The first line that fits decides.
 *
 * <p>From and to are the names of roles, {@code guest} for any container, {@code any}, and for to
 * {@code neighbour}, a container on the same link, and {@code own-gateway}, the host's address on
 * it. So is the name of a party, with dashes for blanks. A kind is its label, with or without what
 * tells the family or the variant, or {@code any}.
 */
public final class Rules {
  private record Line(
      String text, List<String> from, List<String> to, List<String> kinds, Verdict verdict) {}

  private final List<Line> lines = new ArrayList<>();
  private final Set<String> unused = new LinkedHashSet<>();

  /** Reads a table. */
  public Rules(String table) {
    for (String text : table.lines().map(String::strip).toList()) {
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      String[] columns = text.split("\\s*\\|\\s*", -1);
      if (columns.length != 4) {
        throw new IllegalArgumentException(text);
      }
      lines.add(
          new Line(
              text,
              words(columns[0]),
              words(columns[1]),
              words(columns[2]),
              Verdict.valueOf(columns[3].toUpperCase(Locale.ROOT))));
      unused.add(text);
    }
  }

  private static List<String> words(String column) {
    return List.of(column.split("\\s+"));
  }

  /** What becomes of a probe at somebody, be it the one it is aimed at or not. */
  Verdict decide(Probe probe, Party to) {
    for (Line line : lines) {
      if (line.kinds.stream().anyMatch(word -> isKind(word, probe))
          && line.from.stream().anyMatch(word -> isRole(word, probe.from()))
          && line.to.stream().anyMatch(word -> isRelation(word, probe.from(), to))) {
        unused.remove(line.text);
        return line.verdict;
      }
    }
    throw new IllegalArgumentException("no rule for " + probe.label());
  }

  /** Lines that have decided nothing, and so say something that is never looked at. */
  public Set<String> unused() {
    return unused;
  }

  private static boolean isKind(String word, Probe probe) {
    String kind = probe.kind().label();
    return word.equals("any")
        || word.equals(kind)
        || word.equals(kind + probe.family().suffix())
        || word.equals(probe.label());
  }

  private static boolean isRole(String word, Party party) {
    return switch (word) {
      case "any" -> true;
      case "guest" -> party.isGuest();
      default ->
          party.role().name().toLowerCase(Locale.ROOT).equals(word)
              || party.name().replace(' ', '-').equals(word);
    };
  }

  private static boolean isRelation(String word, Party from, Party to) {
    return switch (word) {
      case "neighbour" -> to.isGuest() && to.isOnLinkWith(from);
      case "own-gateway" -> to.role() == Role.GATEWAY && to.isOnLinkWith(from);
      default -> isRole(word, to);
    };
  }
}
