package io.bitbuilder.hypervisor.cases;

import io.bitbuilder.hypervisor.compiler.FileTree;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Severity;
import io.bitbuilder.hypervisor.diagnostic.TextRenderer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One line of EXPECT: a verb, perhaps negated by a leading {@code !}, and its words.
 *
 * <pre>
 * error CODE at FILE[:LINE:COLUMN] [POINTER] [: words the rendered finding has]
 * warning CODE at FILE …
 * unit | network | nspawn | wireguard FILE SECTION KEY is | has VALUE
 * argv FILE KEY WORD …
 * firewall WORD …
 * link PATH TARGET
 * absent PATH
 * </pre>
 */
record Expectation(String line, boolean negated, String verb, String rest) {
  static final Set<String> VERBS =
      Set.of(
          "unit",
          "network",
          "nspawn",
          "wireguard",
          "argv",
          "firewall",
          "link",
          "absent",
          "error",
          "warning");

  static Expectation parse(String line) {
    boolean negated = line.startsWith("!");
    String text = negated ? line.substring(1).strip() : line;
    int space = text.indexOf(' ');
    String verb = space < 0 ? text : text.substring(0, space);
    if (!VERBS.contains(verb)) {
      throw new IllegalArgumentException("unknown verb in: " + line);
    }
    return new Expectation(line, negated, verb, space < 0 ? "" : text.substring(space + 1).strip());
  }

  /** Whether the expectation is about findings. */
  boolean isFinding() {
    return verb.equals("error") || verb.equals("warning");
  }

  /** The code a finding is expected to have, or empty. */
  String code() {
    return isFinding() && !negated ? rest.split(" ", 2)[0] : "";
  }

  /** Whether the outcome is as expected. */
  boolean holds(Outcome outcome) {
    return negated != positive(outcome);
  }

  private boolean positive(Outcome outcome) {
    return switch (verb) {
      case "error", "warning" -> outcome.findings().stream().anyMatch(this::matches);
      case "unit" -> Units.holds(outcome.files(), Set.of("units", "mounts"), rest);
      case "network" -> Units.holds(outcome.files(), Set.of("network"), rest);
      case "wireguard" -> Units.holds(outcome.files(), Set.of("wireguard"), rest);
      case "nspawn" -> Units.holds(outcome.files(), Set.of("nspawn"), rest);
      case "argv" -> Units.argv(outcome.files(), rest);
      case "firewall" -> firewall(outcome.files());
      case "link" -> link(outcome.files());
      case "absent" -> outcome.files().keySet().stream().noneMatch(path -> under(path, rest));
      default -> throw new IllegalStateException(verb);
    };
  }

  /** Whether a finding is the one expected. */
  boolean matches(Diagnostic finding) {
    boolean error = finding.severity() == Severity.ERROR;
    if (error != verb.equals("error")) {
      return false;
    }
    String words = "";
    String place = rest;
    int colon = rest.indexOf(" : ");
    if (colon >= 0) {
      words = rest.substring(colon + 3);
      place = rest.substring(0, colon);
    }
    List<String> parts = new ArrayList<>(List.of(place.strip().split(" +")));
    if (parts.equals(List.of(""))) {
      return true;
    }
    if (!finding.code().name().equals(parts.removeFirst())) {
      return false;
    }
    if (!parts.isEmpty() && parts.removeFirst().equals("at")) {
      String file = parts.removeFirst();
      String pointer = parts.isEmpty() ? "" : parts.removeFirst();
      return at(finding.location(), file)
          && (pointer.isEmpty() || finding.location().pointer().equals(pointer))
          && TextRenderer.render(List.of(finding), false).contains(words);
    }
    return parts.isEmpty();
  }

  private static boolean at(Location location, String file) {
    String full = location.toString();
    String bare = location.path();
    String named = location.repository().isEmpty() ? bare : location.repository() + ":" + bare;
    String span = ":" + location.span().line() + ":" + location.span().column();
    return file.equals(full)
        || file.equals(bare)
        || file.equals(named)
        || file.equals(bare + span)
        || file.equals(named + span);
  }

  /** Whether a line of firewall.nft has the words; bridges and links have names of ours in it. */
  private boolean firewall(Map<String, FileTree.Node> files) {
    return files.get("firewall.nft") instanceof FileTree.Text(String text)
        && text.lines().anyMatch(line -> line.contains(rest));
  }

  private boolean link(Map<String, FileTree.Node> files) {
    String[] parts = rest.split(" +", 2);
    return files.entrySet().stream()
        .anyMatch(entry ->
            under(entry.getKey(), parts[0])
                && entry.getValue() instanceof FileTree.Link link
                && link.target().equals(parts[1]));
  }

  private static boolean under(String path, String wanted) {
    return path.equals(wanted) || path.endsWith("/" + wanted);
  }
}
