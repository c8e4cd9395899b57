package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.activation.Result;
import io.bitbuilder.hypervisor.reconcile.ActivateRun;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code bitbuilder activate}: run by bitbuilder-activate.service. */
final class ActivateVerb implements Verb {
  @Override
  public Declaration declaration() {
    return new Declaration(
        "activate",
        "switch to what was compiled",
        List.of(
            "Takes in the staged generations, switches to them with the smallest set of stops,"
                + " restarts and starts, watches every tenant until it is healthy or its deadline"
                + " is over, and goes back to the generation before where it is not. Takes up what"
                + " an earlier run was cut short in, and waits for another that is under way. Run by bitbuilder-activate.service as root; by"
                + " hand, `bitbuilder sync` starts it."),
        List.of(),
        List.of(),
        List.of(new Declaration.Example("systemctl start bitbuilder-activate", "the usual way")),
        Declaration.Group.UNITS);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    JournalLines journal = new JournalLines(context);
    ActivateRun.Outcome outcome =
        new ActivateRun(context.root(), context.credentials(), context.host())
            .run(other -> journal.line(5, other + ": waiting for it to end"));
    outcome.problems().forEach(problem -> journal.line(3, problem));
    outcome.host().ifPresent(why -> journal.line(4, "units and extensions of the host: " + why));
    if (arguments.json()) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("frozen", outcome.frozen());
      value.put("results", outcome.results().values().stream().map(ActivateVerb::json).toList());
      value.put("host", outcome.host().orElse(""));
      value.put("problems", outcome.problems());
      context.output().json(value);
    } else {
      Table table = new Table();
      for (Result result : outcome.results().values()) {
        table.row(
            new Table.Cell(result.tenant().value()),
            new Table.Cell(word(result), result.succeeded() ? Output.Style.GOOD : Output.Style.BAD),
            new Table.Cell(result.generation() == 0 ? "off" : "generation " + result.generation()),
            new Table.Cell(result.reason()));
      }
      table.print(context.output());
    }
    if (!outcome.problems().isEmpty()) {
      return ExitStatus.INTERNAL;
    }
    return outcome.succeeded() ? ExitStatus.DONE : ExitStatus.ROLLED_BACK;
  }

  /** Where a tenant ended, for programs. */
  static Map<String, Object> json(Result result) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("tenant", result.tenant().value());
    value.put("event", word(result));
    value.put("generation", (long) result.generation());
    value.put("reason", result.reason());
    value.put("succeeded", result.succeeded());
    return value;
  }

  private static String word(Result result) {
    return result.event().name().toLowerCase(Locale.ROOT);
  }
}
