package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Command lines parsed by picocli as a verb declares them. Only the verb that was typed gets a
 * specification, and a verb typed alone needs none: that keeps the start short.
 */
final class Syntax {
  private final Declaration declaration;

  Syntax(Declaration declaration) {
    this.declaration = declaration;
  }

  /** A command line, or why it is none. */
  sealed interface Result {
    record Parsed(Arguments arguments) implements Result {}

    record Wrong(String message, String help) implements Result {}
  }

  /** Parses what follows the verb. */
  Result parse(List<String> arguments) {
    CommandLine parser = new CommandLine(specification());
    parser.setExpandAtFiles(false);
    parser.setTrimQuotes(false);
    try {
      return new Result.Parsed(arguments(parser.parseArgs(arguments.toArray(String[]::new))));
    } catch (CommandLine.UnmatchedArgumentException e) {
      return unmatched(e.getUnmatched().isEmpty() ? "" : e.getUnmatched().getFirst());
    } catch (CommandLine.MissingParameterException e) {
      String missing =
          e.getMissing().isEmpty()
              ? "an argument"
              : e.getMissing().getFirst() instanceof OptionSpec option
                  ? "a value of " + option.longestName()
                  : e.getMissing().getFirst().paramLabel();
      return wrong(missing + " is missing");
    } catch (CommandLine.OverwrittenOptionException e) {
      return wrong("an option is given twice: " + Quote.escape(String.valueOf(e.getMessage())));
    } catch (CommandLine.ParameterException e) {
      return wrong(Quote.escape(String.valueOf(e.getMessage())));
    }
  }

  private Result unmatched(String word) {
    if (!word.startsWith("-")) {
      return wrong("unexpected argument " + Quote.quote(word));
    }
    int end = word.indexOf('=');
    String name = end < 0 ? word : word.substring(0, end);
    List<String> known = options().stream().map(option -> "--" + option.name()).toList();
    Optional<String> similar = Similar.to(name, known);
    return new Result.Wrong(
        "unknown option " + Quote.quote(name),
        similar.map(option -> "an option with a similar name exists: " + option).orElse(help()));
  }

  private Result wrong(String message) {
    return new Result.Wrong(message, help());
  }

  private String help() {
    return "usage: bitbuilder " + String.join(", or bitbuilder ", declaration.synopses());
  }

  private List<Declaration.Option> options() {
    List<Declaration.Option> options = new ArrayList<>(declaration.options());
    options.addAll(Declaration.COMMON);
    options.add(Declaration.ROOT);
    return options;
  }

  private CommandSpec specification() {
    CommandSpec spec = CommandSpec.create().name("bitbuilder " + declaration.name());
    for (Declaration.Option option : options()) {
      OptionSpec.Builder builder =
          option.letter().isEmpty()
              ? OptionSpec.builder("--" + option.name())
              : OptionSpec.builder("-" + option.letter(), "--" + option.name());
      // Marked as help, an option makes picocli forgive missing arguments.
      builder.usageHelp(option.name().equals("help"));
      spec.addOption(
          option.isFlag()
              ? builder.arity("0").type(boolean.class).build()
              : builder
                  .arity("1")
                  .type(option.repeated() ? List.class : String.class)
                  .paramLabel(option.value())
                  .build());
    }
    int index = 0;
    for (Declaration.Word word : declaration.words()) {
      PositionalParamSpec.Builder builder =
          PositionalParamSpec.builder().paramLabel(word.label()).required(word.required());
      spec.addPositional(
          word.repeated()
              ? builder.index(index + "..*").arity("0..*").type(List.class).build()
              : builder.index(String.valueOf(index)).arity("1").type(String.class).build());
      index++;
    }
    return spec;
  }

  private Arguments arguments(CommandLine.ParseResult result) {
    Map<String, String> given = new LinkedHashMap<>();
    for (Declaration.Option option : options()) {
      String name = "--" + option.name();
      if (result.hasMatchedOption(name)) {
        given.put(
            option.name(),
            option.repeated()
                ? String.join(Arguments.BETWEEN, result.matchedOption(name).originalStringValues())
                : option.isFlag() ? "" : result.matchedOptionValue(name, ""));
      }
    }
    List<String> words =
        result.matchedPositionals().stream()
            .flatMap(positional -> positional.stringValues().stream())
            .toList();
    return new Arguments(words, given);
  }
}
