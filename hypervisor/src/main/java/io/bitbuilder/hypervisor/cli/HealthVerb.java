package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.activation.Subjects;
import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.health.Finding;
import io.bitbuilder.hypervisor.health.Probe;
import io.bitbuilder.hypervisor.health.Subject;
import io.bitbuilder.hypervisor.host.Pace;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code bitbuilder health}: the declared checks, tried now. */
final class HealthVerb implements Verb {
  private static final Duration PERIOD = Duration.ofSeconds(2);

  @Override
  public Declaration declaration() {
    return new Declaration(
        "health",
        "try the health checks now",
        List.of(
            "Asks for the unit of every container that starts by itself and tries each of its checks"
                + " once. Exits with 1 when one does not pass. --watch tries again every two seconds"
                + " until it is interrupted."),
        List.of(Declaration.Word.optional("TENANT", Declaration.Kind.TENANT, "only this tenant")),
        List.of(Declaration.Option.flag("watch", "w", "try again every two seconds")),
        List.of(
            new Declaration.Example("bitbuilder health acme", "one tenant"),
            new Declaration.Example("bitbuilder health acme --watch", "while it comes up")),
        Declaration.Group.LOOK);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    Store store = new Store(context.state());
    List<TenantId> tenants = List.copyOf(store.selection().keySet());
    if (arguments.word(0).isPresent()) {
      Optional<TenantId> tenant = Target.id(arguments.word(0).get(), tenants, context);
      if (tenant.isEmpty()) {
        return ExitStatus.USAGE;
      }
      tenants = List.of(tenant.get());
    }
    Pace pace = context.host().pace();
    Probe probe = new Probe(context.host().systemd(), context.host().inside(), pace);
    while (true) {
      SortedMap<TenantId, List<Finding>> findings = look(tenants, store, probe);
      print(findings, arguments, context.output());
      if (!arguments.has("watch")) {
        return findings.values().stream().flatMap(List::stream).allMatch(Finding::passed)
            ? ExitStatus.DONE
            : ExitStatus.INTERNAL;
      }
      context.output().out().flush();
      try {
        pace.pause(PERIOD);
      } catch (InterruptedIOException _) {
        return ExitStatus.DONE;
      }
    }
  }

  /** All at once, so that slow checks of one tenant do not hold up another. */
  private static SortedMap<TenantId, List<Finding>> look(
      List<TenantId> tenants, Store store, Probe probe) throws IOException {
    SortedMap<TenantId, List<Subject>> subjects = new TreeMap<>();
    List<Subject> all = new ArrayList<>();
    for (TenantId tenant : tenants) {
      Optional<Generation> current = store.current(tenant);
      if (current.isPresent()) {
        List<Subject> own = Subjects.of(current.get().manifest());
        subjects.put(tenant, own);
        all.addAll(own);
      }
    }
    // The findings come in the order of the subjects: the unit of each, then its checks.
    List<Finding> found = probe.once(all);
    SortedMap<TenantId, List<Finding>> findings = new TreeMap<>();
    int at = 0;
    for (Map.Entry<TenantId, List<Subject>> entry : subjects.entrySet()) {
      int count = entry.getValue().stream().mapToInt(one -> 1 + one.checks().size()).sum();
      findings.put(entry.getKey(), found.subList(at, at + count));
      at += count;
    }
    return findings;
  }

  private static void print(
      SortedMap<TenantId, List<Finding>> findings, Arguments arguments, Output output) {
    if (arguments.json()) {
      Map<String, Object> value = json(findings);
      if (arguments.has("watch")) {
        output.line(Json.write(value));
      } else {
        output.json(value);
      }
      return;
    }
    if (arguments.has("watch") && output.terminal()) {
      output.out().print("\u001b[H\u001b[J");
    }
    Table table = new Table("TENANT", "CONTAINER", "CHECK", "STATE", "DETAIL");
    findings.forEach((tenant, list) -> {
      for (Finding finding : list) {
        table.row(
            new Table.Cell(tenant.value()),
            new Table.Cell(finding.container()),
            new Table.Cell(finding.check()),
            new Table.Cell(word(finding), style(finding)),
            new Table.Cell(finding.detail()));
      }
    });
    table.print(output);
  }

  private static String word(Finding finding) {
    return finding.state().name().toLowerCase(Locale.ROOT);
  }

  private static Output.Style style(Finding finding) {
    return switch (finding.state()) {
      case PASSED -> Output.Style.GOOD;
      case PENDING -> Output.Style.BUSY;
      case FAILED -> Output.Style.BAD;
    };
  }

  private static Map<String, Object> json(SortedMap<TenantId, List<Finding>> findings) {
    List<Object> checks = new ArrayList<>();
    findings.forEach((tenant, list) -> {
      for (Finding finding : list) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("tenant", tenant.value());
        one.put("container", finding.container());
        one.put("check", finding.check());
        one.put("state", word(finding));
        one.put("detail", finding.detail());
        checks.add(one);
      }
    });
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("checks", checks);
    return value;
  }
}
