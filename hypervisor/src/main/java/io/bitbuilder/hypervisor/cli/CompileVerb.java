package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.reconcile.CompileRun;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code bitbuilder compile}: run by bitbuilder-compile.service. */
final class CompileVerb implements Verb {
  @Override
  public Declaration declaration() {
    return new Declaration(
        "compile",
        "compile what was fetched",
        List.of(
            "Reads the fetched repositories, plans what tenants get, and stages a generation for"
                + " every tenant whose inputs changed. Run by bitbuilder-compile.service as a user"
                + " of its own without network; by hand, `bitbuilder sync` starts it. A commit that"
                + " is rejected is no failure of the run: `bitbuilder status` tells of it."),
        List.of(),
        List.of(),
        List.of(new Declaration.Example("systemctl start bitbuilder-compile", "the usual way")),
        Declaration.Group.UNITS);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    if (!context.owns("staging")) {
      return context.notOwner("compile");
    }
    CompileRun.Outcome outcome = CompileRun.on(context.root(), context.credentials()).run();
    new JournalLines(context).tell(outcome.findings());
    if (arguments.json()) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("frozen", outcome.frozen());
      value.put("staged", outcome.staged().stream().map(Object::toString).toList());
      value.put("unchanged", outcome.unchanged().stream().map(Object::toString).toList());
      value.put("failed", outcome.failed().stream().map(Object::toString).toList());
      context.output().json(value);
    } else {
      context
          .output()
          .line(
              outcome.frozen()
                  ? "frozen: nothing changes"
                  : outcome.staged().size()
                      + " staged, "
                      + outcome.unchanged().size()
                      + " unchanged, "
                      + outcome.failed().size()
                      + " failed");
    }
    return ExitStatus.DONE;
  }
}
