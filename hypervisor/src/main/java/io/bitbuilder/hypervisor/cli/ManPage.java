package io.bitbuilder.hypervisor.cli;

import java.util.List;

/**
 * Man pages in the language of man(7), made from what the verbs declare. The pages under {@code
 * host/usr/share/man} are checked against this.
 */
final class ManPage {
  private static final List<String[]> STATUSES =
      List.of(
          new String[] {"0", "done, or nothing to do"},
          new String[] {"1", "a failure of the host or of bitbuilder itself"},
          new String[] {"2", "the command line is wrong or names something that does not exist"},
          new String[] {"3", "a configuration was rejected; what runs is unchanged"},
          new String[] {"4", "a commit, a signature or the audit trail could not be verified"},
          new String[] {"5", "a generation did not come up and the one before runs again"},
          new String[] {"6", "`bitbuilder network trace`: the packet does not pass"},
          new String[] {"75", "something is away for now; try later"});

  private final StringBuilder out = new StringBuilder();

  private ManPage() {}

  /** bitbuilder(1). */
  static String overview() {
    ManPage page = new ManPage();
    page.head("bitbuilder");
    page.section("NAME").text("bitbuilder \\- turn Git repositories into isolated tenants");
    page.section("SYNOPSIS");
    page.raw(".B bitbuilder").raw(".I VERB").text("[OPTION...] [ARGUMENT...]");
    page.section("DESCRIPTION");
    page.text(
        "A host fetches its system repository and the repositories of its tenants, compiles them to"
            + " generations of systemd's own files, switches to a generation in one step, watches it"
            + " come up, and goes back by itself when it does not. There is no daemon: three units,"
            + " bitbuilder-fetch.service, bitbuilder-compile.service and"
            + " bitbuilder-activate.service, do the work, started by bitbuilder-sync.timer.");
    for (Declaration.Group group : Declaration.Group.values()) {
      List<Declaration> verbs =
          Verbs.declarations().stream().filter(verb -> verb.group() == group).toList();
      if (!verbs.isEmpty()) {
        page.section(group.heading().toUpperCase(java.util.Locale.ROOT));
        for (Declaration verb : verbs) {
          page.raw(".TP").raw(".BR bitbuilder\\-" + verb.name() + " (1)").text(verb.summary());
        }
      }
    }
    page.section("OPTIONS");
    Declaration.COMMON.forEach(page::option);
    page.raw(".TP").raw(".B \\-\\-version").text("print the version");
    page.exitStatus();
    page.section("ENVIRONMENT");
    page.raw(".TP").raw(".B NO_COLOR").text("when set and not empty, no colours are used");
    page.raw(".TP")
        .raw(".B BITBUILDER_DEBUG")
        .text("when set and not empty, a failure prints where in the program it happened");
    page.section("FILES");
    page.raw(".TP")
        .raw(".I /etc/bitbuilder/host.yaml")
        .text("where the system repository is and how it is verified");
    page.raw(".TP")
        .raw(".I /var/lib/bitbuilder")
        .text("fetched objects, generations and what was chosen for tenants");
    page.raw(".TP").raw(".I /var/lib/tenants").text("what tenants' containers write");
    page.section("SEE ALSO");
    page.raw(".BR systemd\\-nspawn (1),").raw(".BR machinectl (1),").raw(".BR journalctl (1)");
    return page.out.toString();
  }

  /** bitbuilder-VERB(1). */
  static String of(Declaration verb) {
    ManPage page = new ManPage();
    page.head("bitbuilder-" + verb.name());
    page.section("NAME").text("bitbuilder-" + verb.name() + " \\- " + escape(verb.summary()), true);
    page.section("SYNOPSIS");
    boolean further = false;
    for (String form : verb.synopses()) {
      if (further) {
        page.raw(".br");
      }
      further = true;
      page.raw(".B bitbuilder " + escape(verb.name()))
          .text(form.substring(verb.name().length() + 1));
    }
    page.section("DESCRIPTION");
    boolean first = true;
    for (String paragraph : verb.description()) {
      if (!first) {
        page.raw(".PP");
      }
      first = false;
      page.text(paragraph);
    }
    if (!verb.words().isEmpty()) {
      page.section("ARGUMENTS");
      for (Declaration.Word word : verb.words()) {
        page.raw(".TP").raw(".I " + escape(word.label())).text(word.help());
      }
    }
    page.section("OPTIONS");
    verb.options().forEach(page::option);
    Declaration.COMMON.forEach(page::option);
    page.exitStatus();
    if (!verb.examples().isEmpty()) {
      page.section("EXAMPLES");
      for (Declaration.Example example : verb.examples()) {
        page.raw(".TP").raw(".B " + escape(example.line())).text(example.what());
      }
    }
    page.section("SEE ALSO");
    page.raw(".BR bitbuilder (1)");
    return page.out.toString();
  }

  private void head(String name) {
    raw(".\\\" Made from what the verbs declare; see docs/reference/cli.md.");
    raw(".TH " + name.toUpperCase(java.util.Locale.ROOT) + " 1 2026-01-01 BitBuilder");
  }

  private ManPage section(String name) {
    return raw(".SH " + name);
  }

  private ManPage raw(String line) {
    out.append(line).append('\n');
    return this;
  }

  private void text(String text) {
    text(text, false);
  }

  /** One sentence or more, wrapped; a line may not begin with a control character of roff. */
  private void text(String text, boolean escaped) {
    int column = 0;
    for (String word : text.split(" ", -1)) {
      String shown = escaped ? word : escape(word);
      if (column > 0 && column + shown.length() > 78) {
        out.append('\n');
        column = 0;
      }
      if (column == 0 && (shown.startsWith(".") || shown.startsWith("'"))) {
        out.append("\\&");
      }
      out.append(column == 0 ? "" : " ").append(shown);
      column += shown.length() + 1;
    }
    out.append('\n');
  }

  private void option(Declaration.Option option) {
    String names =
        option.letter().isEmpty()
            ? "\\-\\-" + escape(option.name())
            : "\\-" + option.letter() + ", \\-\\-" + escape(option.name());
    raw(".TP").raw(".B " + names + (option.isFlag() ? "" : "=" + option.value()));
    text(option.help());
  }

  private void exitStatus() {
    section("EXIT STATUS");
    for (String[] status : STATUSES) {
      raw(".TP").raw(".B " + status[0]).text(status[1]);
    }
  }

  private static String escape(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga");
  }
}
