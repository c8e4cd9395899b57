package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.voa.Os;
import io.bitbuilder.hypervisor.voa.Purpose;
import io.bitbuilder.hypervisor.voa.Technology;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What a command line of {@code bitbuilder voa} is about.
 *
 * @param oses at least one
 */
record VoaScope(
    List<Os> oses,
    Optional<Purpose> purpose,
    Optional<io.bitbuilder.hypervisor.voa.Context> context,
    Optional<Technology> technology) {
  VoaScope {
    oses = List.copyOf(oses);
  }

  /** A scope, or what is wrong with an option. */
  sealed interface Result {
    record Asked(VoaScope scope) implements Result {}

    record Wrong(String message, String help) implements Result {}
  }

  /** The context, or the one that stands for none. */
  io.bitbuilder.hypervisor.voa.Context contextOrDefault() {
    return context.orElse(io.bitbuilder.hypervisor.voa.Context.DEFAULT);
  }

  /** From the options. */
  static Result of(Arguments arguments) {
    List<String> oses = arguments.all("os");
    for (String os : oses) {
      if (!Os.isValid(os)) {
        return wrong("os", os, Os.EXPECTED);
      }
    }
    Optional<Result> wrong =
        check(arguments, "purpose", Purpose::isValid, Purpose.EXPECTED)
            .or(() ->
                check(
                    arguments,
                    "context",
                    io.bitbuilder.hypervisor.voa.Context::isValid,
                    io.bitbuilder.hypervisor.voa.Context.EXPECTED))
            .or(() -> check(arguments, "technology", Technology::isValid, Technology.EXPECTED));
    return wrong.orElseGet(() ->
        new Result.Asked(
            new VoaScope(
                oses.isEmpty() ? List.of(Os.BITBUILDER) : oses.stream().map(Os::new).toList(),
                made(arguments, "purpose", Purpose::of),
                made(arguments, "context", io.bitbuilder.hypervisor.voa.Context::new),
                made(arguments, "technology", Technology::new))));
  }

  private static Optional<Result> check(
      Arguments arguments, String option, Predicate<String> valid, String expected) {
    return arguments
        .option(option)
        .filter(value -> !valid.test(value))
        .map(value -> wrong(option, value, expected));
  }

  private static Result wrong(String option, String value, String expected) {
    return new Result.Wrong("--" + option + " cannot be " + Quote.quote(value), "use " + expected);
  }

  private static <T> Optional<T> made(
      Arguments arguments, String option, Function<String, T> maker) {
    return arguments.option(option).map(maker);
  }
}
