package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.activation.Change;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.reconcile.PlanRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** {@code bitbuilder plan}: what would be started, restarted, changed live or stopped, and why. */
final class PlanVerb implements Verb {
  @Override
  public Declaration declaration() {
    return new Declaration(
        "plan",
        "show what would be started, restarted, changed or stopped",
        List.of(
            "Reads, plans and compiles as a sync would, compares with what runs, and prints what"
                + " would happen to each container and why. Nothing is changed. Without options the"
                + " newest fetched commits are planned; nothing is printed when nothing would"
                + " change.",
            "live: applied in place. restart: the container stops and starts again."),
        List.of(Declaration.Word.optional("TENANT", Declaration.Kind.TENANT, "only this tenant")),
        List.of(
            Declaration.Option.value("commit", "COMMIT", "a fetched commit of the tenant, in full"),
            Declaration.Option.value(
                "from", "DIR", "a checked-out tenant or system repository on this host")),
        List.of(
            new Declaration.Example("bitbuilder plan", "what the next activation does"),
            new Declaration.Example(
                "bitbuilder plan --from=./tenant-acme", "before a change is pushed")),
        Declaration.Group.LOOK);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    Optional<String> tenant = arguments.word(0);
    if (tenant.isPresent() && !TenantId.isValid(tenant.get())) {
      return context.fail(
          ExitStatus.USAGE,
          Quote.quote(tenant.get()) + " is not a tenant id",
          "`bitbuilder tenants` lists them");
    }
    Optional<String> commit = arguments.option("commit");
    Optional<String> from = arguments.option("from");
    PlanRun.Source source = new PlanRun.Source.Newest();
    if (commit.isPresent() && from.isPresent()) {
      return context.fail(ExitStatus.USAGE, "--commit and --from exclude each other", "");
    }
    if (commit.isPresent()) {
      if (tenant.isEmpty() || !CommitId.isValid(commit.get())) {
        return context.fail(
            ExitStatus.USAGE,
            tenant.isEmpty()
                ? "--commit needs a tenant"
                : Quote.quote(commit.get()) + " is not a full commit id",
            "for example `bitbuilder plan acme --commit=$(git rev-parse HEAD)`");
      }
      source = new PlanRun.Source.Commit(new CommitId(commit.get()));
    }
    if (from.isPresent()) {
      Path path = Path.of(from.get());
      if (!Files.isDirectory(path)) {
        return context.fail(
            ExitStatus.USAGE,
            "no directory " + Quote.quote(from.get()),
            "name the top of a checked-out repository");
      }
      source = new PlanRun.Source.Directory(path);
    }
    PlanRun.Outcome outcome;
    try {
      outcome = PlanRun.on(context.root()).run(tenant.map(TenantId::new), source);
    } catch (NoSuchFileException e) {
      return context.fail(
          ExitStatus.TRY_LATER,
          "not fetched yet: " + Quote.escape(String.valueOf(e.getFile())),
          "bitbuilder sync");
    }
    if (arguments.json()) {
      context.output().json(json(outcome));
    } else {
      print(outcome, context.output());
    }
    return Findings.status(findings(outcome));
  }

  private static List<Diagnostic> findings(PlanRun.Outcome outcome) {
    return outcome.findings().values().stream().flatMap(List::stream).toList();
  }

  private static void print(PlanRun.Outcome outcome, Output output) {
    Table table = new Table("TENANT", "CONTAINER", "ACTION", "WHY");
    boolean any = !outcome.host().isEmpty();
    for (Change change : outcome.host()) {
      table.row(
          new Table.Cell("system"),
          new Table.Cell(change.resource()),
          new Table.Cell(word(change), style(change)),
          new Table.Cell(change.why()));
    }
    for (PlanRun.Prospect prospect : outcome.prospects()) {
      for (Change change : prospect.changes()) {
        if (change.kind() != Change.Kind.KEEP) {
          any = true;
          table.row(
              new Table.Cell(prospect.tenant().value()),
              new Table.Cell(change.resource()),
              new Table.Cell(word(change), style(change)),
              new Table.Cell(change.why()));
        }
      }
    }
    if (any) {
      table.print(output);
    }
    List<Diagnostic> findings = findings(outcome);
    if (any && !findings.isEmpty()) {
      output.line("");
    }
    Findings.print(findings, output);
    if (!any && findings.isEmpty()) {
      output.hint("nothing would change");
    }
  }

  private static String word(Change change) {
    return change.kind().name().toLowerCase(Locale.ROOT);
  }

  private static Output.Style style(Change change) {
    return switch (change.kind()) {
      case STOP -> Output.Style.BAD;
      case RESTART -> Output.Style.BUSY;
      case START -> Output.Style.GOOD;
      case LIVE, KEEP -> Output.Style.PLAIN;
    };
  }

  private static Map<String, Object> json(PlanRun.Outcome outcome) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put(
        "tenants",
        outcome.prospects().stream()
            .map(prospect -> {
              Map<String, Object> one = new LinkedHashMap<>();
              one.put("id", prospect.tenant().value());
              one.put("commit", prospect.commit());
              one.put("changes", prospect.changes().stream().map(PlanVerb::json).toList());
              return one;
            })
            .toList());
    if (!outcome.host().isEmpty()) {
      value.put("units", outcome.host().stream().map(PlanVerb::unit).toList());
    }
    value.put("findings", Findings.json(findings(outcome)));
    return value;
  }

  private static Map<String, Object> unit(Change change) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("unit", change.resource());
    value.put("action", word(change));
    value.put("why", change.why());
    return value;
  }

  private static Map<String, Object> json(Change change) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("container", change.resource());
    value.put("action", word(change));
    value.put("why", change.why());
    value.put("unit", change.unit());
    return value;
  }
}
