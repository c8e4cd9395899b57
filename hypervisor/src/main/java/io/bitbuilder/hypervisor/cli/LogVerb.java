package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.generation.AuditLog;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** {@code bitbuilder log}: the audit trail. */
final class LogVerb implements Verb {
  /** The scope of the system repository, which no tenant is named. */
  private static final String SYSTEM = "system";

  @Override
  public Declaration declaration() {
    return new Declaration(
        "log",
        "show what became of every commit",
        List.of(
            "Prints the audit trail, newest first: when, whose, what happened, generation, commit,"
                + " how long it took, author, signer, subject and reason. A newest commit that is"
                + " not in effect comes before it, with file, line, column and help.",
            "Events: accepted (nothing that does not descend from it is accepted any more; of an image nothing older), healthy, degraded, refused, returned (back on the generation before),"
                + " superseded, stopped, removed, purged, rejected (it never became a generation),"
                + " failed.",
            "Each line has a number and the hash of the line before. --verify checks that no line"
                + " is changed, missing, added or moved, and says how many there are, and number"
                + " and hash of the newest: the head. Whoever keeps the head elsewhere can give it"
                + " as --head later, and learns of lines that are missing at the end; the journal"
                + " has it with each entry, as BITBUILDER_LEDGER_HASH. With a FILE it checks what"
                + " --export printed. The status is 4 when something does not fit."),
        List.of(
            Declaration.Word.optional(
                "TENANT",
                Declaration.Kind.TENANT,
                "only this tenant, or `system`; with --verify a file")),
        List.of(
            Declaration.Option.value("lines", "N", "show at most N entries"),
            Declaration.Option.flag("verify", "", "check that nothing is changed or missing"),
            Declaration.Option.value(
                "head", "HASH", "with --verify: a line with this hash must be there"),
            Declaration.Option.flag(
                "export", "", "print the lines as they are, oldest first, to keep elsewhere")),
        List.of(
            new Declaration.Example("bitbuilder log acme", "one tenant"),
            new Declaration.Example(
                "bitbuilder log system",
                "the system repository, and the host's own units and extensions"),
            new Declaration.Example("bitbuilder log --lines=20", "the newest of all"),
            new Declaration.Example("bitbuilder log --verify", "nothing was changed"),
            new Declaration.Example(
                "bitbuilder log --verify --head=HASH archive.jsonl",
                "nor is anything missing that was there")),
        Declaration.Group.LOOK,
        List.of("log [OPTION...] [TENANT]", "log --verify [--head=HASH] [FILE]", "log --export"));
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    if (LogCheck.isAsked(arguments)) {
      return LogCheck.run(arguments, context);
    }
    HostState host = HostState.read(context);
    List<AuditLog.Entry> entries = new ArrayList<>(new AuditLog(context.state()).entries());
    SortedMap<String, List<Diagnostic>> findings = new TreeMap<>(host.findings());
    if (arguments.word(0).isPresent()) {
      String scope = arguments.word(0).get();
      if (!scope.equals(SYSTEM)
          && Target.id(scope, known(host, entries, context), context).isEmpty()) {
        return ExitStatus.USAGE;
      }
      entries.removeIf(entry -> !entry.scope().equals(scope));
      findings.keySet().removeIf(other -> !other.equals(scope));
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
    List<AuditLog.Entry> newest = entries.reversed();
    List<AuditLog.Entry> shown = newest.subList(0, Math.min(limit, newest.size()));
    findings.values().removeIf(list -> !Findings.haveErrors(list));
    if (arguments.json()) {
      context.output().json(json(shown, findings));
    } else {
      print(shown, findings, context.output());
    }
    return ExitStatus.DONE;
  }

  /** Also who is gone may be asked for. */
  private static SortedSet<TenantId> known(
      HostState host, List<AuditLog.Entry> entries, Context context) {
    SortedSet<TenantId> known = new TreeSet<>(host.tenants().keySet());
    known.addAll(new Store(context.state()).tenants());
    entries.stream()
        .map(AuditLog.Entry::scope)
        .filter(TenantId::isValid)
        .forEach(scope -> known.add(new TenantId(scope)));
    return known;
  }

  private static void print(
      List<AuditLog.Entry> shown, SortedMap<String, List<Diagnostic>> findings, Output output) {
    findings.forEach((scope, list) -> {
      output.line(output.paint(scope + ": its newest commit is not in effect", Output.Style.BAD));
      Findings.print(list, output);
      output.line("");
    });
    if (shown.isEmpty()) {
      output.line("nothing happened yet");
      return;
    }
    Table table =
        new Table(
            "WHEN", "TENANT", "EVENT", "GENERATION", "COMMIT", "TOOK", "AUTHOR", "SIGNER", "WHAT");
    for (AuditLog.Entry entry : shown) {
      boolean timed = !entry.durations().isEmpty();
      table.row(
          new Table.Cell(Times.exact(entry.time())),
          new Table.Cell(entry.scope()),
          new Table.Cell(word(entry), style(entry)),
          new Table.Cell(entry.generation() == 0 ? "" : String.valueOf(entry.generation())),
          new Table.Cell(TenantJson.abbreviated(entry.commit())),
          new Table.Cell(timed ? Times.took(entry.took()) : ""),
          new Table.Cell(Quote.escape(entry.author())),
          new Table.Cell(entry.signer().isEmpty() ? "-" : Quote.escape(entry.signer())),
          new Table.Cell(what(entry)));
    }
    table.print(output);
  }

  private static String what(AuditLog.Entry entry) {
    String subject = Quote.escape(entry.subject());
    if (entry.verified().isPresent()) {
      AuditLog.Policy how = entry.verified().get();
      String policy = TenantJson.abbreviated(how.policy());
      return subject
          + (subject.isEmpty() ? "" : " ")
          + "(verify: "
          + how.mode()
          + ", by "
          + policy
          + ")";
    }
    return entry.reason().isEmpty()
        ? subject
        : subject.isEmpty() ? entry.reason() : subject + " (" + entry.reason() + ")";
  }

  private static String word(AuditLog.Entry entry) {
    return entry.event().name().toLowerCase(Locale.ROOT);
  }

  private static Output.Style style(AuditLog.Entry entry) {
    return switch (entry.event()) {
      case HEALTHY -> Output.Style.GOOD;
      case ACCEPTED -> Output.Style.PLAIN;
      case RETURNED -> Output.Style.BUSY;
      case DEGRADED, REFUSED, REJECTED, FAILED -> Output.Style.BAD;
      case SUPERSEDED, STOPPED, REMOVED, PURGED -> Output.Style.DIM;
    };
  }

  private static Map<String, Object> json(
      List<AuditLog.Entry> shown, SortedMap<String, List<Diagnostic>> findings) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("findings", Findings.json(findings.values().stream().flatMap(List::stream).toList()));
    value.put("entries", shown.stream().map(LogVerb::json).toList());
    return value;
  }

  private static Map<String, Object> json(AuditLog.Entry entry) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("time", entry.time().toString());
    value.put("scope", entry.scope());
    value.put("event", word(entry));
    value.put("generation", (long) entry.generation());
    value.put("commit", entry.commit());
    value.put("author", entry.author());
    value.put("signer", entry.signer());
    value.put("subject", entry.subject());
    value.put("reason", entry.reason());
    value.put("tookMillis", entry.took().toMillis());
    Map<String, Object> phases = new LinkedHashMap<>();
    for (Map.Entry<String, Duration> phase : entry.durations().entrySet()) {
      phases.put(phase.getKey(), phase.getValue().toMillis());
    }
    value.put("phasesMillis", phases);
    entry
        .verified()
        .ifPresent(how -> {
          value.put("verify", how.mode());
          value.put("policy", how.policy());
        });
    return value;
  }
}
