package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.reconcile.FetchRun;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code bitbuilder fetch}: run by bitbuilder-fetch.service. */
final class FetchVerb implements Verb {
  @Override
  public Declaration declaration() {
    return new Declaration(
        "fetch",
        "fetch the repositories of this host",
        List.of(
            "Fetches the system repository, the repositories its registry names, and the images of"
                + " its catalogue into bare object stores. Run by bitbuilder-fetch.service as a"
                + " user of its own; by hand, `bitbuilder sync` starts it. A repository that cannot"
                + " be fetched is no failure of the run: `bitbuilder status` tells of it."),
        List.of(),
        List.of(),
        List.of(new Declaration.Example("systemctl start bitbuilder-fetch", "the usual way")),
        Declaration.Group.UNITS);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    FetchRun.Outcome outcome = new FetchRun(context.root(), context.credentials()).run(false);
    new JournalLines(context).tell(outcome.findings());
    if (arguments.json()) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("status", outcome.status().name().toLowerCase(java.util.Locale.ROOT));
      value.put("moved", outcome.moved());
      value.put("changed", outcome.changed());
      context.output().json(value);
    }
    return switch (outcome.status()) {
      case DONE -> {
        if (!arguments.json() && outcome.changed()) {
          context.output().line(outcome.moved().size() + " repositories moved");
        }
        yield ExitStatus.DONE;
      }
      case BUSY -> context.fail(ExitStatus.TRY_LATER, "another fetch is running", "");
      case UNCONFIGURED -> ExitStatus.REJECTED;
    };
  }
}
