package io.bitbuilder.hypervisor.cli;

import java.util.ArrayList;
import java.util.List;

/** What {@code --help} prints. */
final class Help {
  private static final int WIDTH = 80;

  private Help() {}

  /** All verbs, by group. */
  static int overview(Output output) {
    output.line("Usage: bitbuilder VERB [OPTION...] [ARGUMENT...]");
    output.line("");
    output.line("Turns Git repositories into isolated tenants of this host.");
    List<Declaration> declarations = Verbs.declarations();
    for (Declaration.Group group : Declaration.Group.values()) {
      List<Declaration> verbs =
          declarations.stream().filter(verb -> verb.group() == group).toList();
      if (!verbs.isEmpty()) {
        output.line("");
        output.line(output.paint(group.heading() + ":", Output.Style.BOLD));
        verbs.forEach(verb -> output.line("  " + padded(verb.name(), 12) + verb.summary()));
      }
    }
    output.line("");
    output.line("See `bitbuilder help VERB` or man bitbuilder-VERB.");
    return ExitStatus.DONE;
  }

  /** One verb. */
  static int of(Declaration declaration, Output output) {
    String before = "Usage: ";
    for (String form : declaration.synopses()) {
      output.line(before + "bitbuilder " + form);
      before = "       ";
    }
    for (String paragraph : declaration.description()) {
      output.line("");
      wrap(paragraph, WIDTH).forEach(output::line);
    }
    if (!declaration.words().isEmpty()) {
      output.line("");
      output.line(output.paint("Arguments:", Output.Style.BOLD));
      declaration.words().forEach(word -> entry(word.label(), word.help(), output));
    }
    output.line("");
    output.line(output.paint("Options:", Output.Style.BOLD));
    declaration.options().forEach(option -> entry(option.synopsis(), option.help(), output));
    Declaration.COMMON.forEach(option -> entry(option.synopsis(), option.help(), output));
    if (!declaration.examples().isEmpty()) {
      output.line("");
      output.line(output.paint("Examples:", Output.Style.BOLD));
      for (Declaration.Example example : declaration.examples()) {
        output.line("  " + example.line());
        output.line("      " + example.what());
      }
    }
    return ExitStatus.DONE;
  }

  private static void entry(String name, String help, Output output) {
    int column = 22;
    String left = "  " + name;
    List<String> lines = wrap(help, WIDTH - column);
    if (left.length() + 2 > column) {
      output.line(left);
      left = "";
    }
    for (String line : lines) {
      output.line(padded(left, column) + line);
      left = "";
    }
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
