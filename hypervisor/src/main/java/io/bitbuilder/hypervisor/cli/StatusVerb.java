package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.reconcile.Drain;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code bitbuilder status}: the host and its tenants on one screen. */
final class StatusVerb implements Verb {
  /** Tenants whose findings are shown in full, and findings of each. */
  private static final int SHOWN_TENANTS = 5;

  private static final int SHOWN_FINDINGS = 3;

  @Override
  public Declaration declaration() {
    return new Declaration(
        "status",
        "show the host and its tenants on one screen",
        List.of(
            "Shows the commit of the system repository, then every tenant with its state, generation,"
                + " commit, containers that are up, addresses, and what is wrong with it.",
            "A tenant whose newest commit was rejected keeps running its last good generation; what"
                + " is wrong with the commit follows the table with file, line, column and help.",
            "States: running, exited (all its containers are commands that ended with 0), starting, degraded (some containers are down, or the health check fails), down, pending (nothing"
                + " could be compiled yet), disabled, elsewhere (its placement names another host).",
            "Tenants that were removed follow for as long as their data is kept; `bitbuilder tenants`"
                + " says how much it is."),
        List.of(),
        List.of(),
        List.of(
            new Declaration.Example("bitbuilder status", "one screen"),
            new Declaration.Example("bitbuilder status --json", "the same for programs")),
        Declaration.Group.LOOK);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    HostState host = HostState.read(context);
    if (arguments.json()) {
      context.output().json(json(host));
    } else {
      print(host, context);
    }
    return ExitStatus.DONE;
  }

  private static Map<String, Object> json(HostState host) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("commit", host.system().map(SystemState::commit).orElse(""));
    value.put("frozen", host.frozen());
    value.put("drained", host.drained());
    if (host.fetched().checkedAt().isAfter(Instant.EPOCH)) {
      value.put("checkedAt", host.fetched().checkedAt().toString());
    }
    host.fetched()
        .system()
        .ifPresent(source -> value.put("repository", TenantJson.repository(source)));
    value.put("findings", Findings.json(host.systemFindings()));
    host.units().ifPresent(units -> value.put("units", HostUnitsJson.made(units)));
    host.refused().ifPresent(refusal -> value.put("refused", HostUnitsJson.refused(refusal)));
    value.put("tenants", host.tenants().values().stream().map(TenantJson::brief).toList());
    value.put("removed", host.removed().values().stream().map(Removed::json).toList());
    return value;
  }

  private static void print(HostState host, Context context) {
    Output output = context.output();
    output.line("host     " + hostLine(host, context));
    if (host.frozen()) {
      output.line(
          "         "
              + output.paint("frozen", Output.Style.BAD)
              + ": nothing changes until the system repository is mended");
    }
    if (host.drained()) {
      output.line(
          "         "
              + output.paint("drained", Output.Style.BAD)
              + ": no tenant runs until the next boot, or `"
              + Drain.END
              + "`");
    }
    host.refused()
        .ifPresent(refusal ->
            output.line(
                "         units and extensions of the host: "
                    + output.paint("refused", Output.Style.BAD)
                    + " commit "
                    + refusal.commit().abbreviated()
                    + ": "
                    + Quote.escape(refusal.reason(), 300)));
    if (host.tenants().isEmpty()) {
      output.line("tenants  none");
    } else {
      output.line("tenants  " + counts(host));
      output.line("");
      table(host, context);
    }
    Removed.print(host.removed().values(), false, context);
    details(host, output);
    hints(host, output);
  }

  private static String hostLine(HostState host, Context context) {
    StringBuilder line = new StringBuilder();
    String commit = host.system().map(SystemState::commit).orElse("");
    if (host.system().isEmpty()) {
      line.append(context.output().paint("nothing compiled yet", Output.Style.BUSY));
      line.append(", see `bitbuilder doctor` and `bitbuilder sync`");
    } else if (commit.isEmpty()) {
      line.append("no commit of the system repository");
    } else {
      line.append("system commit ").append(TenantJson.abbreviated(commit));
    }
    Instant checked = host.fetched().checkedAt();
    if (checked.isAfter(Instant.EPOCH)) {
      line.append(", fetched ").append(Times.ago(checked, context.clock().instant()));
      host.fetched()
          .system()
          .ifPresent(source -> line.append(" from ").append(Quote.escape(source.url())));
    }
    return line.toString();
  }

  private static String counts(HostState host) {
    Map<TenantState.State, Long> counts =
        host.tenants().values().stream()
            .collect(Collectors.groupingBy(TenantState::state, Collectors.counting()));
    List<String> parts = new ArrayList<>();
    for (TenantState.State state : TenantState.State.values()) {
      long count = counts.getOrDefault(state, 0L);
      if (count > 0) {
        parts.add(count + " " + state.word());
      }
    }
    List<String> up = new ArrayList<>();
    for (Compiled.Resource.Kind kind : Compiled.Resource.Kind.values()) {
      String word = up(host, kind);
      if (!word.isEmpty()) {
        up.add(word);
      }
    }
    return host.tenants().size()
        + " ("
        + String.join(", ", parts)
        + ")"
        + (up.isEmpty() ? "" : ", " + String.join(", ", up) + " up");
  }

  private static String up(HostState host, Compiled.Resource.Kind kind) {
    long all = 0;
    long up = 0;
    for (TenantState tenant : host.tenants().values()) {
      for (Compiled.Resource resource : tenant.guests()) {
        if (resource.kind() == kind) {
          all++;
          up += tenant.isUp(resource) ? 1 : 0;
        }
      }
    }
    return all == 0 ? "" : up + " of " + all + " " + kind.word() + "s";
  }

  private static void table(HostState host, Context context) {
    Table table =
        new Table("TENANT", "STATE", "GENERATION", "COMMIT", "UP", "ADDRESSES", "SINCE", "PROBLEM");
    Instant now = context.clock().instant();
    for (TenantState tenant : host.tenants().values()) {
      TenantState.State state = tenant.state();
      table.row(
          new Table.Cell(tenant.id().value()),
          new Table.Cell(state.word(), state.style()),
          new Table.Cell(tenant.current().map(StatusVerb::generation).orElse("")),
          new Table.Cell(
              tenant
                  .current()
                  .map(one -> TenantJson.abbreviated(one.manifest().commit()))
                  .orElse("")),
          new Table.Cell(
              tenant.current().isEmpty() ? "" : tenant.up() + "/" + tenant.guests().size()),
          new Table.Cell(addresses(tenant.addresses())),
          new Table.Cell(tenant.since().map(since -> Times.ago(since, now)).orElse("")),
          new Table.Cell(tenant.problem(), Output.Style.BAD));
    }
    table.print(context.output());
  }

  private static String generation(Generation generation) {
    return generation.number()
        + generation.verdict().map(verdict -> " " + Generations.word(verdict)).orElse("");
  }

  private static String addresses(List<String> addresses) {
    return addresses.size() <= 2
        ? String.join(" ", addresses)
        : addresses.get(0) + " " + addresses.get(1) + " +" + (addresses.size() - 2);
  }

  private static void details(HostState host, Output output) {
    List<Diagnostic> system = host.systemFindings();
    if (!system.isEmpty()) {
      output.line("");
      Findings.print(system.subList(0, Math.min(system.size(), SHOWN_FINDINGS)), output);
      more(system.size(), "system", output);
    }
    List<TenantState> failing =
        host.tenants().values().stream().filter(tenant -> !tenant.errors().isEmpty()).toList();
    for (TenantState tenant : failing.subList(0, Math.min(failing.size(), SHOWN_TENANTS))) {
      List<Diagnostic> errors = tenant.errors();
      output.line("");
      Findings.print(errors.subList(0, Math.min(errors.size(), SHOWN_FINDINGS)), output);
      more(errors.size(), tenant.id().value(), output);
      tenant
          .current()
          .ifPresent(
              current -> output.line("running generation " + current.number() + " is unchanged"));
    }
  }

  private static void more(int findings, String scope, Output output) {
    if (findings > SHOWN_FINDINGS) {
      String where =
          scope.equals("system")
              ? "`bitbuilder describe`"
              : Quote.quote("bitbuilder describe " + scope);
      output.line(findings - SHOWN_FINDINGS + " more, see " + where);
    }
  }

  private static void hints(HostState host, Output output) {
    host.tenants().values().stream()
        .filter(tenant -> !tenant.problem().isEmpty())
        .findFirst()
        .ifPresent(tenant -> {
          output.line("");
          output.hint("see `bitbuilder describe " + tenant.id() + "`");
        });
  }
}
