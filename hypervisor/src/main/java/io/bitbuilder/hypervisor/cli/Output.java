package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.document.Json;
import java.io.PrintStream;
import java.util.Map;

/**
 * Where a verb writes: results to one stream, errors and progress to the other. Whoever puts
 * untrusted text into a line escapes it first ({@link Quote#escape}).
 *
 * @param out standard output
 * @param err standard error
 * @param terminal whether standard output is a terminal
 * @param colour whether to colour standard output
 * @param progress whether standard error is a terminal, so that progress may be shown
 */
public record Output(
    PrintStream out, PrintStream err, boolean terminal, boolean colour, boolean progress) {
  /** How a piece of text looks. */
  enum Style {
    PLAIN(""),
    BOLD("1"),
    DIM("2"),
    GOOD("32"),
    BUSY("33"),
    BAD("1;31");

    private final String code;

    Style(String code) {
      this.code = code;
    }
  }

  Output withColour(boolean on) {
    return new Output(out, err, terminal, on, progress);
  }

  /** One line of the result. */
  void line(String text) {
    out.print(text + "\n");
  }

  /** The result for programs. */
  void json(Map<String, ?> value) {
    out.print(Json.pretty(value));
  }

  /** The text in a style, where colours are on. */
  String paint(String text, Style style) {
    return !colour || style == Style.PLAIN || text.isEmpty()
        ? text
        : "\u001b[" + style.code + "m" + text + "\u001b[0m";
  }

  /** An error and, when not empty, how to mend it. */
  public void error(String message, String help) {
    out.flush();
    boolean paint = colour && progress;
    err.print((paint ? "\u001b[1;31merror\u001b[0m: " : "error: ") + message + "\n");
    if (!help.isEmpty()) {
      err.print((paint ? "\u001b[1;36mhelp\u001b[0m: " : "help: ") + help + "\n");
    }
    err.flush();
  }

  /** What to do next, only on a terminal. */
  void hint(String text) {
    if (terminal) {
      line(paint(text, Style.DIM));
    }
  }

  /** What is going on, only on a terminal. */
  void progress(String text) {
    if (progress) {
      err.print(text + "\n");
      err.flush();
    }
  }
}
