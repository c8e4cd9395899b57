package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.activation.Result;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.reconcile.Busy;
import io.bitbuilder.hypervisor.reconcile.RollbackRun;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code bitbuilder rollback}: an older generation becomes current. */
final class RollbackVerb implements Verb {
  @Override
  public Declaration declaration() {
    return new Declaration(
        "rollback",
        "go back to an older generation",
        List.of(
            "Activates an older generation of a tenant, by default the newest healthy one before the"
                + " current. The commit that was current is refused from then on, so that the next"
                + " sync does not bring it back; a commit on top of it is taken. The lasting way is"
                + " `git revert` in the tenant's repository."),
        List.of(
            Declaration.Word.required("TENANT", Declaration.Kind.TENANT, "the tenant"),
            Declaration.Word.optional("N", Declaration.Kind.NUMBER, "the generation to go to")),
        List.of(),
        List.of(
            new Declaration.Example("bitbuilder rollback acme", "to the one before"),
            new Declaration.Example("bitbuilder rollback acme 12", "to generation 12")),
        Declaration.Group.CHANGE);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    Store store = new Store(context.state());
    Optional<TenantId> tenant =
        Target.id(arguments.word(0).orElseThrow(), store.tenants(), context);
    if (tenant.isEmpty()) {
      return ExitStatus.USAGE;
    }
    OptionalInt wanted = OptionalInt.empty();
    if (arguments.word(1).isPresent()) {
      Optional<Integer> number = Numbers.positive(arguments.word(1).get());
      if (number.isEmpty() || store.generation(tenant.get(), number.get()).isEmpty()) {
        return context.fail(
            ExitStatus.USAGE,
            "tenant `"
                + tenant.get()
                + "` has no generation "
                + Quote.quote(arguments.word(1).get()),
            "`bitbuilder describe " + tenant.get() + "` lists them");
      }
      wanted = OptionalInt.of(number.get());
    }
    Report report = new Report();
    Optional<Result> result;
    try {
      result = new RollbackRun(context.root(), context.host()).run(tenant.get(), wanted, report);
    } catch (Busy e) {
      return context.busy(e);
    }
    List<Diagnostic> findings = report.sorted();
    if (arguments.json()) {
      Map<String, Object> value = new LinkedHashMap<>();
      result.ifPresent(done -> value.put("result", ActivateVerb.json(done)));
      value.put("findings", Findings.json(findings));
      context.output().json(value);
    } else {
      Findings.print(findings, context.output());
      result.ifPresent(done -> print(done, context.output()));
    }
    return result
        .map(done -> done.succeeded() ? ExitStatus.DONE : ExitStatus.ROLLED_BACK)
        .orElse(Findings.status(findings));
  }

  private static void print(Result result, Output output) {
    output.line(
        "tenant "
            + result.tenant()
            + " runs generation "
            + result.generation()
            + (result.reason().isEmpty() ? "" : ": " + Quote.escape(result.reason(), 400)));
    output.hint(
        "`git revert` in its repository makes it last, see `bitbuilder describe "
            + result.tenant()
            + "`");
  }
}
