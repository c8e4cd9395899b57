package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code bitbuilder VERB [OPTION...] [ARGUMENT...]}: from a command line to an exit status. */
public final class Cli {
  private final Context context;

  /** With everything verbs need. */
  public Cli(Context context) {
    this.context = context;
  }

  /**
   * Runs one command line.
   *
   * @return the exit status ({@link ExitStatus})
   * @throws IOException when the host's files or programs fail us
   */
  public int run(List<String> arguments) throws IOException {
    int at = verbIndex(arguments);
    if (at == arguments.size()) {
      return withoutVerb(arguments);
    }
    String name = arguments.get(at);
    List<String> rest = new ArrayList<>(arguments.subList(at + 1, arguments.size()));
    // Options before the verb mean the same as behind it; behind "--" there are no options.
    rest.addAll(0, arguments.subList(0, at));
    if (name.equals("help")) {
      return rest.isEmpty()
          ? Help.overview(context.output())
          : run(List.of(rest.getLast(), "--help"));
    }
    Optional<Verb> verb = Verbs.find(name);
    if (verb.isEmpty()) {
      return context.fail(
          ExitStatus.USAGE,
          "unknown verb " + Quote.quote(name),
          Similar.to(name, Verbs.NAMES)
              .map(similar -> "a verb with a similar name exists: " + similar)
              .orElse("see `bitbuilder help`"));
    }
    Declaration declaration = verb.get().declaration();
    if (rest.isEmpty() && declaration.runsAlone()) {
      return verb.get().run(Arguments.NONE, context);
    }
    return switch (new Syntax(declaration).parse(rest)) {
      case Syntax.Result.Wrong(String message, String help) ->
          context.fail(ExitStatus.USAGE, message, help);
      case Syntax.Result.Parsed(Arguments parsed) -> run(verb.get(), parsed);
    };
  }

  private int run(Verb verb, Arguments arguments) throws IOException {
    if (arguments.has("help")) {
      return Help.of(verb.declaration(), context.output());
    }
    Context used = arguments.option("root").map(root -> context.at(Path.of(root))).orElse(context);
    Optional<String> colour = arguments.option("color");
    if (colour.isPresent()) {
      switch (colour.get()) {
        case "always" -> used = used.with(used.output().withColour(true));
        case "never" -> used = used.with(used.output().withColour(false));
        case "auto" -> {}
        default -> {
          return context.fail(
              ExitStatus.USAGE,
              "--color cannot be " + Quote.quote(colour.get()),
              "use always, never or auto");
        }
      }
    }
    for (int i = 0; i < verb.declaration().words().size(); i++) {
      Declaration.Word word = verb.declaration().words().get(i);
      Optional<String> given = arguments.word(i);
      if (!word.choices().isEmpty() && given.isPresent() && !word.choices().contains(given.get())) {
        return context.fail(
            ExitStatus.USAGE,
            word.label() + " cannot be " + Quote.quote(given.get()),
            "use " + String.join(" or ", word.choices()));
      }
    }
    return verb.run(arguments, used);
  }

  private int withoutVerb(List<String> arguments) {
    if (arguments.contains("--version")) {
      return new VersionVerb().run(Arguments.NONE, context);
    }
    if (arguments.contains("--help") || arguments.contains("-h")) {
      return Help.overview(context.output());
    }
    String help = "see `bitbuilder help`";
    return arguments.isEmpty()
        ? context.fail(ExitStatus.USAGE, "a verb is missing", help)
        : context.fail(
            ExitStatus.USAGE, "no verb after " + Quote.quote(arguments.getFirst()), help);
  }

  /** Where the verb is: the first word that is neither an option nor an option's value. */
  private static int verbIndex(List<String> arguments) {
    int at = 0;
    while (at < arguments.size() && arguments.get(at).startsWith("-")) {
      at += arguments.get(at).equals("--root") || arguments.get(at).equals("--color") ? 2 : 1;
    }
    return Math.min(at, arguments.size());
  }
}
