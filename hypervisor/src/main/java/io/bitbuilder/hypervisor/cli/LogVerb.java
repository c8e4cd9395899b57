package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.generation.Verdict;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;

/** {@code bitbuilder log}: the audit trail. */
final class LogVerb implements Verb {
  @Override
  public Declaration declaration() {
    return new Declaration(
        "log",
        "show what was switched to, when, and how it went",
        List.of(
            "Lists generations, newest first: number, commit, author, signer, verdict, how long it"
                + " took to come up, and why it failed. An asterisk marks the current generation."
                + " A newest commit that was rejected comes before them, with file, line, column"
                + " and help. Retention in the system repository decides how many are kept."),
        List.of(Declaration.Word.optional("TENANT", Declaration.Kind.TENANT, "only this tenant")),
        List.of(Declaration.Option.value("lines", "N", "show at most N generations")),
        List.of(
            new Declaration.Example("bitbuilder log acme", "one tenant"),
            new Declaration.Example("bitbuilder log --lines=20", "the newest of all tenants")),
        Declaration.Group.LOOK);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    HostState host = HostState.read(context);
    Store store = new Store(context.state());
    List<TenantId> tenants = new ArrayList<>(store.tenants());
    if (arguments.word(0).isPresent()) {
      List<TenantId> known = new ArrayList<>(host.tenants().keySet());
      known.addAll(tenants);
      Optional<TenantId> tenant = Target.id(arguments.word(0).get(), known, context);
      if (tenant.isEmpty()) {
        return ExitStatus.USAGE;
      }
      tenants = List.of(tenant.get());
    }
    int limit = Integer.MAX_VALUE;
    if (arguments.has("lines")) {
      String typed = arguments.option("lines").orElse("");
      Optional<Integer> lines = Numbers.positive(typed);
      if (lines.isEmpty()) {
        return context.fail(
            ExitStatus.USAGE, "--lines cannot be " + Quote.quote(typed), "use a number above 0");
      }
      limit = lines.get();
    }
    List<Generation> generations = new ArrayList<>();
    for (TenantId tenant : tenants) {
      generations.addAll(store.generations(tenant));
    }
    generations.sort(
        Comparator.comparing(LogVerb::time).thenComparingInt(Generation::number).reversed());
    List<Generation> shown = generations.subList(0, Math.min(limit, generations.size()));
    SortedMap<TenantId, Integer> selection = store.selection();
    if (arguments.json()) {
      context.output().json(json(shown, selection, tenants, host));
    } else {
      print(shown, selection, tenants, host, context.output());
    }
    return ExitStatus.DONE;
  }

  private static java.time.Instant time(Generation generation) {
    return generation.manifest().createdAt();
  }

  private static boolean isCurrent(Generation one, SortedMap<TenantId, Integer> selection) {
    return Objects.equals(selection.get(one.tenant()), one.number());
  }

  private static Map<String, Object> json(
      List<Generation> shown,
      SortedMap<TenantId, Integer> selection,
      List<TenantId> tenants,
      HostState host) {
    List<Object> rejected = new ArrayList<>();
    for (TenantId tenant : tenants) {
      rejected.addAll(Findings.json(host.findings().getOrDefault(tenant.value(), List.of())));
    }
    List<Object> generations = new ArrayList<>();
    for (Generation generation : shown) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("tenant", generation.tenant().value());
      value.put("current", isCurrent(generation, selection));
      value.putAll(TenantJson.generation(generation));
      generations.add(value);
    }
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("rejected", rejected);
    value.put("generations", generations);
    return value;
  }

  private static void print(
      List<Generation> shown,
      SortedMap<TenantId, Integer> selection,
      List<TenantId> tenants,
      HostState host,
      Output output) {
    for (TenantId tenant : tenants) {
      List<Diagnostic> findings = host.findings().getOrDefault(tenant.value(), List.of());
      if (Findings.haveErrors(findings)) {
        output.line(
            output.paint(tenant + ": its newest commit is not in effect", Output.Style.BAD));
        Findings.print(findings, output);
        output.line("");
      }
    }
    if (shown.isEmpty()) {
      output.line("no generation yet");
      return;
    }
    Table table =
        new Table(
            "TENANT",
            "GENERATION",
            "WHEN",
            "COMMIT",
            "VERDICT",
            "TOOK",
            "AUTHOR",
            "SIGNER",
            "SUBJECT");
    for (Generation one : shown) {
      Optional<Verdict> verdict = one.verdict();
      String reason = verdict.map(Verdict::reason).filter(text -> !text.isEmpty()).orElse("");
      table.row(
          new Table.Cell(one.tenant().value()),
          new Table.Cell(
              one.number()
                  + (isCurrent(one, selection) ? "*" : "")
                  + (one.pinned() ? " pinned" : "")),
          new Table.Cell(Times.exact(time(one))),
          new Table.Cell(TenantJson.abbreviated(one.manifest().commit())),
          new Table.Cell(verdict.map(LogVerb::word).orElse("never on"), style(verdict)),
          new Table.Cell(verdict.map(found -> Times.took(found.took())).orElse("")),
          new Table.Cell(Quote.escape(one.manifest().author())),
          new Table.Cell(one.manifest().signer().isEmpty() ? "-" : one.manifest().signer()),
          new Table.Cell(
              Quote.escape(one.manifest().subject())
                  + (reason.isEmpty() ? "" : " (" + reason + ")")));
    }
    table.print(output);
  }

  private static String word(Verdict verdict) {
    return verdict.state().name().toLowerCase(Locale.ROOT);
  }

  private static Output.Style style(Optional<Verdict> verdict) {
    return verdict.isEmpty()
        ? Output.Style.DIM
        : switch (verdict.get().state()) {
          case HEALTHY -> Output.Style.GOOD;
          case ACTIVATING -> Output.Style.BUSY;
          case DEGRADED, REFUSED -> Output.Style.BAD;
          case SUPERSEDED -> Output.Style.DIM;
        };
  }
}
