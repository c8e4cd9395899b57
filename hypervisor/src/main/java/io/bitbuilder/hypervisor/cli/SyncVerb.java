package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.discovery.HostFile;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.HostStore;
import io.bitbuilder.hypervisor.generation.Refused;
import io.bitbuilder.hypervisor.generation.Verdict;
import io.bitbuilder.hypervisor.host.Systemd;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.reconcile.Drain;
import io.bitbuilder.hypervisor.reconcile.FetchRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/** {@code bitbuilder sync}: fetch, compile and activate now, and say what came of it. */
final class SyncVerb implements Verb {
  private static final Duration LIMIT = Duration.ofHours(2);

  /** The scope of the host itself, which no tenant is named. */
  private static final String SYSTEM = "system";

  @Override
  public Declaration declaration() {
    return new Declaration(
        "sync",
        "fetch, compile and activate now",
        List.of(
            "Starts bitbuilder-fetch.service, bitbuilder-compile.service and"
                + " bitbuilder-activate.service in this order and waits for each, instead of waiting"
                + " for the timer. Prints one line for every tenant that changed or has a problem, and one for the host's own units and extensions;"
                + " nothing when nothing changed."),
        List.of(),
        List.of(),
        List.of(new Declaration.Example("bitbuilder sync", "after a push")),
        Declaration.Group.CHANGE);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    Report report = new Report();
    Optional<Path> credentials = Optional.of(context.root().resolve(HostFile.SYSTEM_CREDENTIALS));
    if (HostFile.read(context.root(), credentials, report).isEmpty()) {
      return rejected(report, arguments, context.output());
    }
    hurry(context.root());
    // What runs is read while fetch is under way, which changes nothing of it.
    FutureTask<HostState> reading = new FutureTask<>(() -> HostState.read(context));
    Thread.ofVirtual().start(reading);
    OptionalInt failed = fetch(context);
    HostState before = await(reading);
    if (failed.isEmpty()) {
      failed = compile(context);
    }
    if (failed.isEmpty()) {
      failed = activate(context);
    }
    if (failed.isPresent()) {
      return failed.getAsInt();
    }
    HostState after = HostState.read(context);
    List<Line> lines = lines(before, after);
    int status = Findings.status(after.systemFindings());
    for (Line line : lines) {
      status = Findings.worse(status, line.status());
    }
    if (arguments.json()) {
      context.output().json(json(after, lines));
    } else {
      print(after, lines, context.output());
    }
    return status;
  }

  /** A fetch that was under way may have looked before what was pushed came: then once more. */
  private static OptionalInt fetch(Context context) throws IOException {
    OptionalInt failed = step("fetch", context);
    return failed.isEmpty() && FetchRun.isAsked(context.root()) ? step("fetch", context) : failed;
  }

  /** A compile that was under way began without what was fetched since: then once more. */
  private static OptionalInt compile(Context context) throws IOException {
    OptionalInt failed = step("compile", context);
    return failed.isEmpty() && Files.exists(context.root().resolve(FetchRun.CHANGED))
        ? step("compile", context)
        : failed;
  }

  private static OptionalInt activate(Context context) throws IOException {
    return Drain.isOn(context.root())
        ? OptionalInt.of(
            context.fail(
                ExitStatus.TRY_LATER,
                "the host is drained, so nothing was activated",
                "`" + Drain.END + "` has its tenants run again, and activates"))
        : step("activate", context);
  }

  /** Runs one of the three units; gives the exit status when that is not possible. */
  private static OptionalInt step(String step, Context context) throws IOException {
    String unit = "bitbuilder-" + step + ".service";
    context.output().progress(step + " ...");
    Systemd.Done done = context.host().systemd().run(Systemd.Verb.RUN, List.of(unit), LIMIT);
    if (done.ok()) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(
        context.fail(
            done.timedOut() ? ExitStatus.TRY_LATER : ExitStatus.INTERNAL,
            unit
                + (done.timedOut() ? " takes too long" : " failed")
                + (done.message().isEmpty() ? "" : ": " + Quote.escape(done.message(), 400)),
            "see `journalctl --unit=" + unit + "`"));
  }

  private static HostState await(Future<HostState> reading) throws IOException {
    try {
      return reading.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static int rejected(Report report, Arguments arguments, Output output) {
    List<Diagnostic> findings = report.sorted();
    if (arguments.json()) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("findings", Findings.json(findings));
      output.json(value);
    } else {
      Findings.print(findings, output);
    }
    return Findings.status(findings);
  }

  /** Somebody waits: what failed before is not put off. */
  private static void hurry(Path root) throws IOException {
    Files.createDirectories(root.resolve("run/bitbuilder"));
    Files.write(root.resolve(FetchRun.HURRY), new byte[0]);
  }

  /** What became of one tenant, or of the host's own units and extensions. */
  private record Line(String scope, String outcome, String text, int status) {}

  private static List<Line> lines(HostState before, HostState after) {
    TreeSet<TenantId> ids = new TreeSet<>(before.tenants().keySet());
    ids.addAll(after.tenants().keySet());
    List<Line> lines = new ArrayList<>();
    host(before, after).ifPresent(lines::add);
    for (TenantId id : ids) {
      line(
              id,
              Optional.ofNullable(before.tenants().get(id)),
              Optional.ofNullable(after.tenants().get(id)))
          .ifPresent(lines::add);
    }
    return lines;
  }

  private static Optional<Line> host(HostState before, HostState after) {
    int old = before.units().map(HostStore.Made::number).orElse(0);
    int now = after.units().map(HostStore.Made::number).orElse(0);
    if (after.refused().isPresent() && !after.refused().equals(before.refused())) {
      HostStore.Refusal refusal = after.refused().get();
      return Optional.of(
          new Line(
              SYSTEM,
              "rolled-back",
              "units and extensions of the host in commit "
                  + refusal.commit().abbreviated()
                  + " refused: "
                  + Quote.escape(refusal.reason(), 300),
              ExitStatus.ROLLED_BACK));
    }
    return old == now
        ? Optional.empty()
        : Optional.of(
            new Line(
                SYSTEM,
                now == 0 ? "stopped" : old == 0 ? "started" : "updated",
                now == 0
                    ? "no units or extensions of the host any more"
                    : "units and extensions of the host, generation " + now,
                ExitStatus.DONE));
  }

  private static Optional<Line> line(
      TenantId id, Optional<TenantState> before, Optional<TenantState> after) {
    Optional<Generation> old = before.flatMap(TenantState::current);
    Optional<Generation> now = after.flatMap(TenantState::current);
    Optional<Refused.Entry> refused =
        after
            .map(TenantState::refused)
            .filter(entries -> entries.size() > before.map(one -> one.refused().size()).orElse(0))
            .map(List::getLast);
    if (refused.isPresent()) {
      return Optional.of(
          new Line(
              id.value(),
              "rolled-back",
              "commit "
                  + refused.get().commit().abbreviated()
                  + " refused: "
                  + refused.get().why()
                  + now.map(one -> "; generation " + one.number() + " runs").orElse(""),
              ExitStatus.ROLLED_BACK));
    }
    List<Diagnostic> errors = after.map(TenantState::errors).orElse(List.of());
    if (!errors.isEmpty()) {
      return Optional.of(
          new Line(
              id.value(),
              "rejected",
              Findings.oneLine(errors)
                  + now.map(one -> "; generation " + one.number() + " is unchanged").orElse(""),
              Findings.status(errors)));
    }
    if (now.isEmpty()) {
      return old.map(_ -> new Line(id.value(), "stopped", "not running any more", ExitStatus.DONE));
    }
    if (old.isPresent() && old.get().number() == now.get().number()) {
      return Optional.empty();
    }
    return Optional.of(changed(id, old.isEmpty() ? "started" : "updated", now.get()));
  }

  private static Line changed(TenantId id, String outcome, Generation now) {
    String what =
        "generation "
            + now.number()
            + " from commit "
            + TenantJson.abbreviated(now.manifest().commit());
    Optional<Verdict> unhealthy =
        now.verdict().filter(verdict -> verdict.state() == Verdict.State.DEGRADED);
    if (unhealthy.isPresent()) {
      return new Line(
          id.value(), "unhealthy", what + ": " + unhealthy.get().reason(), ExitStatus.ROLLED_BACK);
    }
    return new Line(
        id.value(),
        outcome,
        what + now.verdict().map(verdict -> " in " + Times.took(verdict.took())).orElse(""),
        ExitStatus.DONE);
  }

  private static void print(HostState after, List<Line> lines, Output output) {
    if (!after.systemFindings().isEmpty()) {
      Findings.print(after.systemFindings(), output);
    }
    Table table = new Table();
    for (Line line : lines) {
      Output.Style style = line.status() == ExitStatus.DONE ? Output.Style.GOOD : Output.Style.BAD;
      table.row(
          new Table.Cell(line.scope()),
          new Table.Cell(line.outcome(), style),
          new Table.Cell(line.text()));
    }
    table.print(output);
    lines.stream()
        .filter(line -> line.status() != ExitStatus.DONE)
        .findFirst()
        .ifPresent(line ->
            output.hint(
                "see `bitbuilder "
                    + (line.scope().equals(SYSTEM) ? "log " : "describe ")
                    + line.scope()
                    + "`"));
  }

  private static Map<String, Object> json(HostState after, List<Line> lines) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("frozen", after.frozen());
    value.put("findings", Findings.json(after.systemFindings()));
    List<Object> tenants = new ArrayList<>();
    for (Line line : lines) {
      Map<String, Object> one = new LinkedHashMap<>();
      boolean host = line.scope().equals(SYSTEM);
      if (!host) {
        one.put("id", line.scope());
      }
      one.put("outcome", line.outcome());
      one.put("text", line.text());
      if (host) {
        value.put("units", one);
      } else {
        TenantState tenant = after.tenants().get(new TenantId(line.scope()));
        one.put("findings", tenant == null ? List.of() : Findings.json(tenant.findings()));
        tenants.add(one);
      }
    }
    value.put("tenants", tenants);
    return value;
  }
}
