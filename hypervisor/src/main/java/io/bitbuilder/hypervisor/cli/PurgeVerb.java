package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.reconcile.Busy;
import io.bitbuilder.hypervisor.reconcile.PurgeRun;
import io.bitbuilder.hypervisor.reconcile.TenantData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;

/** {@code bitbuilder purge}: what a removed tenant left is deleted before its time. */
final class PurgeVerb implements Verb {
  @Override
  public Declaration declaration() {
    return new Declaration(
        "purge",
        "delete what a removed tenant left",
        List.of(
            "Data of a tenant that was taken out of the registry is kept for"
                + " `retention.removedTenants`, should it come back. This deletes it now: what its"
                + " containers wrote, its volumes, its generations, and the addresses and UIDs that"
                + " were chosen for it. Nothing brings it back.",
            "Refuses for a tenant that is registered or still runs. Without --yes it only says what"
                + " would be deleted, and ends with status 2."),
        List.of(
            Declaration.Word.required(
                "TENANT", Declaration.Kind.REMOVED_TENANT, "the removed tenant")),
        List.of(Declaration.Option.flag("yes", "", "delete it")),
        List.of(
            new Declaration.Example("bitbuilder purge acme", "what would be deleted"),
            new Declaration.Example("bitbuilder purge acme --yes", "delete it")),
        Declaration.Group.CHANGE);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    HostState host = HostState.read(context);
    TreeSet<TenantId> known = new TreeSet<>(host.tenants().keySet());
    known.addAll(host.removed().keySet());
    Optional<TenantId> tenant = Target.id(arguments.word(0).orElseThrow(), known, context);
    if (tenant.isEmpty()) {
      return ExitStatus.USAGE;
    }
    Optional<Removed> removed = Optional.ofNullable(host.removed().get(tenant.get()));
    TenantData data = new TenantData(context.root(), tenant.get());
    OptionalLong bytes = data.bytes();
    if (removed.isPresent() && !arguments.has("yes")) {
      return preview(removed.get(), data.directories(), bytes, arguments, context);
    }
    Report report = new Report();
    List<String> problems;
    try {
      problems = new PurgeRun(context.root(), context.host()).run(tenant.get(), report);
    } catch (Busy e) {
      return context.busy(e);
    }
    List<Diagnostic> findings = report.sorted();
    boolean done = findings.isEmpty();
    if (arguments.json()) {
      Map<String, Object> value = json(tenant.get(), bytes, done);
      value.put("findings", Findings.json(findings));
      context.output().json(value);
    } else {
      Findings.print(findings, context.output());
      if (done) {
        context.output().line("tenant " + tenant.get() + ": " + amount(bytes) + " deleted");
      }
    }
    problems.forEach(problem -> context.output().error(problem, ""));
    return problems.isEmpty() ? Findings.status(findings) : ExitStatus.INTERNAL;
  }

  private static int preview(
      Removed removed,
      List<Path> directories,
      OptionalLong bytes,
      Arguments arguments,
      Context context) {
    if (arguments.json()) {
      Map<String, Object> value = json(removed.id(), bytes, false);
      value.putAll(removed.json());
      context.output().json(value);
    } else {
      Output output = context.output();
      output.line("tenant " + removed.id() + ": " + removed.sentence(context.clock().instant()));
      output.line(amount(bytes) + " would be deleted from");
      directories.forEach(directory -> output.line("  " + directory));
    }
    return context.fail(
        ExitStatus.USAGE,
        "nothing was deleted",
        "`bitbuilder purge " + removed.id() + " --yes` deletes it for good");
  }

  private static Map<String, Object> json(TenantId tenant, OptionalLong bytes, boolean done) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("id", tenant.value());
    value.put("purged", done);
    bytes.ifPresent(number -> value.put("bytes", number));
    return value;
  }

  private static String amount(OptionalLong bytes) {
    return bytes.isPresent() ? Removed.text(bytes) + " of data" : "data that only root may look at";
  }
}
