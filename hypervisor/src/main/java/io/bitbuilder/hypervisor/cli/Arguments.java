package io.bitbuilder.hypervisor.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A parsed command line of one verb.
 *
 * @param words the positional arguments, in order
 * @param options long names without dashes, to their values; a flag's value is empty
 */
public record Arguments(List<String> words, Map<String, String> options) {
  /** A verb typed alone. */
  public static final Arguments NONE = new Arguments(List.of(), Map.of());

  /** Between the values of an option that may be repeated: no argument of a program has it. */
  static final String BETWEEN = "\0";

  public Arguments {
    words = List.copyOf(words);
    options = Map.copyOf(options);
  }

  /** Whether an option was given. */
  public boolean has(String option) {
    return options.containsKey(option);
  }

  /** The value of an option; empty when it was not given. */
  public Optional<String> option(String option) {
    return Optional.ofNullable(options.get(option));
  }

  /** The values of an option that may be repeated, in order; none when it was not given. */
  List<String> all(String option) {
    return option(option).map(values -> List.of(values.split(BETWEEN, -1))).orElse(List.of());
  }

  /** The positional argument at an index; empty when it was not given. */
  public Optional<String> word(int index) {
    return index < words.size() ? Optional.of(words.get(index)) : Optional.empty();
  }

  /** Whether the output is for programs. */
  public boolean json() {
    return has("json");
  }
}
