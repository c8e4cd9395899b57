package io.bitbuilder.hypervisor.networkd;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.networkd.TemplateKind.Allowed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The reference page of templates says what the tables say. {@code -Dreference.update=true} writes
 * it anew, to be reviewed as a difference.
 */
class TemplatesPageTest {
  private static final Path PAGE = Path.of("../docs/reference/network-templates.md");
  private static final boolean UPDATE = Boolean.getBoolean("reference.update");

  private final StringBuilder out = new StringBuilder();

  @Test
  void thePageIsWhatTheTablesSay() throws IOException {
    String page = page();
    if (UPDATE) {
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE).content().isEqualTo(page);
  }

  private String page() {
    line(
        "<!-- Written from the model by TemplatesPageTest; change the model, then run it with"
            + " -Dreference.update=true. -->");
    line("# Templates of network files");
    line("");
    line(
        "What BitBuilder writes for systemd-networkd is made of two parts: what tenants are kept"
            + " apart by, which is always the same, and what an");
    line(
        "operator has a word in, which is in templates. Those of the package are in"
            + " /usr/lib/bitbuilder/network; a file of the same name in `network/`");
    line(
        "of the system repository takes the place of one, as a whole: what it does not set is as"
            + " the tables below say, whatever the package's one set.");
    line("[How to change one](../how-to/network-templates.md).");
    line("");
    line(
        "A template is a file of sections and settings (systemd.syntax(7)) of at most 64 KiB. Each"
            + " setting is one line, each key stands once, no value is");
    line(
        "empty. Comments begin with `#` or `;` and are not handed on. Settings are checked"
            + " against the list systemd itself has on the host; `bitbuilder");
    line("validate` on a machine without systemd 262 takes the list of the release.");
    line("");
    variables();
    for (TemplateKind kind : TemplateKind.values()) {
      kind(kind);
    }
    kept();
    return out.toString().stripTrailing() + "\n";
  }

  private void variables() {
    line("## Variables");
    line("");
    line(
        "A variable is a name in small letters between two `@`; it stands in a value, where its"
            + " type fits, alone or among text. `@@` is the sign itself. `%`");
    line(
        "is nothing here: systemd's specifiers are not variables, and are refused. What a template"
            + " says is checked with the longest value each variable");
    line("can have, so that it fits every tenant.");
    line("");
    line("| variable | what it is | stands for | in |");
    line("|---|---|---|---|");
    for (Variable variable : Variable.all()) {
      String kinds =
          Arrays.stream(TemplateKind.values())
              .filter(kind -> kind.variables().contains(variable))
              .map(kind -> kind.file().substring(0, 2))
              .distinct()
              .map(number -> "`" + number + "-`")
              .collect(Collectors.joining(", "));
      row("`" + variable.written() + "`", variable.type().text(), variable.doc(), kinds);
    }
    line("");
  }

  private void kind(TemplateKind kind) {
    line("## `" + kind.file() + "`");
    line("");
    line(kind.doc());
    line("");
    line("| section | key | value | variables | without it | what it does |");
    line("|---|---|---|---|---|---|");
    for (Allowed allowed : kind.allowed()) {
      List<String> fitting =
          kind.variables().stream()
              .filter(variable -> allowed.type().variables().contains(variable.type()))
              .map(Variable::written)
              .toList();
      String variables =
          fitting.isEmpty()
              ? "none"
              : fitting.size() == kind.variables().size()
                  ? "all"
                  : fitting.stream()
                      .map(word -> "`" + word + "`")
                      .collect(Collectors.joining(", "));
      row(
          "[" + allowed.section() + "]",
          "`" + allowed.key() + "`",
          allowed.type().expected(),
          variables,
          allowed.otherwise(),
          allowed.doc());
    }
    line("");
  }

  private void kept() {
    line("## What is BitBuilder's own");
    line("");
    line(
        "A template with one of these is refused ([BB214](errors/BB214.md)), and so is one with"
            + " anything else that no table above has.");
    line("");
    line("| file | section | key | because |");
    line("|---|---|---|---|");
    // Keys of a section that have the same reason share a line.
    Map<List<String>, List<String>> keys = new LinkedHashMap<>();
    for (Kept kept : Kept.all()) {
      keys.computeIfAbsent(
              List.of("." + kept.kind().suffix(), "[" + kept.section() + "]", kept.why()),
              _ -> new ArrayList<>())
          .add(kept.key().isEmpty() ? "all" : "`" + kept.key() + "`");
    }
    keys.forEach(
        (place, names) -> row(place.get(0), place.get(1), String.join(", ", names), place.get(2)));
  }

  private void row(String... cells) {
    line("| " + String.join(" | ", cells) + " |");
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
