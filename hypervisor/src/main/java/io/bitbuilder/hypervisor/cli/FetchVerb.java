package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.reconcile.FetchRun;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code bitbuilder fetch}: run by bitbuilder-fetch.service. */
final class FetchVerb implements Verb {
  @Override
  public Declaration declaration() {
    return new Declaration(
        "fetch",
        "fetch the repositories of this host",
        List.of(
            "Fetches the system repository, then the repositories of all registered tenants and the"
                + " images of the catalogue. Run by bitbuilder-fetch.service as a user of its own;"
                + " by hand, `bitbuilder sync` starts it. A repository that cannot be reached is no"
                + " failure of the run: `bitbuilder status` tells of it, and it is tried again after"
                + " a while."),
        List.of(),
        List.of(Declaration.Option.flag("now", "", "also try what failed before and was put off")),
        List.of(new Declaration.Example("systemctl start bitbuilder-fetch", "the usual way")),
        Declaration.Group.UNITS);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    if (!context.owns("objects")) {
      return context.notOwner("fetch");
    }
    FetchRun.Outcome outcome =
        new FetchRun(context.root(), context.credentials()).run(arguments.has("now"));
    new JournalLines(context).tell(outcome.findings());
    if (arguments.json()) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("status", outcome.status().name().toLowerCase(Locale.ROOT));
      value.put("moved", outcome.moved());
      value.put("changed", outcome.changed());
      value.put("findings", Findings.json(outcome.findings()));
      context.output().json(value);
    } else if (!outcome.moved().isEmpty()) {
      context.output().line("new commits: " + String.join(" ", outcome.moved()));
    }
    return switch (outcome.status()) {
      case DONE -> ExitStatus.DONE;
      case BUSY -> context.fail(ExitStatus.TRY_LATER, "another fetch is under way", "");
      case UNCONFIGURED -> ExitStatus.REJECTED;
    };
  }
}
