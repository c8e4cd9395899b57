package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Refused;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.generation.Verdict;
import io.bitbuilder.hypervisor.limits.Limit;
import io.bitbuilder.hypervisor.model.Check;
import io.bitbuilder.hypervisor.sync.FetchState;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code bitbuilder describe}: all there is to know of one tenant or container. */
final class DescribeVerb implements Verb {
  private static final int LABEL = 12;

  @Override
  public Declaration declaration() {
    return new Declaration(
        "describe",
        "show everything about a tenant or a container",
        List.of(
            "For a tenant: where its repository stands, its current generation with author and"
                + " verdict, its limits and what the kernel says of them, every container, its tunnels with their public keys, all generations that are kept, every finding about"
                + " its newest commit, and the revisions that were refused. For a container: its unit, addresses, user ids"
                + " and health checks. Without an argument: the findings about the system"
                + " repository and the host."),
        List.of(
            Declaration.Word.optional(
                "TENANT[/CONTAINER]", Declaration.Kind.TENANT_OR_CONTAINER, "what to describe")),
        List.of(),
        List.of(
            new Declaration.Example("bitbuilder describe acme", "a tenant"),
            new Declaration.Example("bitbuilder describe acme/web", "one of its containers")),
        Declaration.Group.LOOK);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    HostState host = HostState.read(context);
    if (arguments.word(0).isEmpty()) {
      return system(host, arguments, context.output());
    }
    Optional<Target.Named> named = Target.find(arguments.word(0).get(), host, context);
    if (named.isEmpty()) {
      return ExitStatus.USAGE;
    }
    TenantState tenant = named.get().tenant();
    Output output = context.output();
    if (named.get().container().isPresent()) {
      Compiled.Resource container = named.get().container().get();
      if (arguments.json()) {
        Map<String, Object> value = TenantJson.guest(tenant, container);
        value.put("checks", container.checks().stream().map(Checks::text).toList());
        output.json(value);
      } else {
        boolean emulated = !Files.exists(context.root().resolve("dev/kvm"));
        guest(tenant, container, emulated, output);
      }
    } else if (arguments.json()) {
      Map<String, Object> value =
          json(tenant, limits(tenant, context), generations(tenant, context));
      value.put("tunnels", TenantTunnels.json(tunnels(tenant, context)));
      output.json(value);
    } else {
      tenant(tenant, limits(tenant, context), generations(tenant, context), context);
    }
    return ExitStatus.DONE;
  }

  private static int system(HostState host, Arguments arguments, Output output) {
    if (arguments.json()) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("commit", host.system().map(SystemState::commit).orElse(""));
      value.put("frozen", host.frozen());
      value.put("findings", Findings.json(host.systemFindings()));
      output.json(value);
      return ExitStatus.DONE;
    }
    field("commit", host.system().map(SystemState::commit).orElse("none yet"), output);
    field("frozen", host.frozen() ? "yes" : "no", output);
    if (!host.systemFindings().isEmpty()) {
      output.line("");
      Findings.print(host.systemFindings(), output);
    }
    return ExitStatus.DONE;
  }

  private static List<Generation> generations(TenantState tenant, Context context)
      throws IOException {
    return new Store(context.state()).generations(tenant.id());
  }

  private static List<Limit> limits(TenantState tenant, Context context) throws IOException {
    return tenant.current().isPresent()
        ? TenantLimits.read(tenant.current().get(), context.root())
        : List.of();
  }

  private static List<TenantTunnels.Tunnel> tunnels(TenantState tenant, Context context)
      throws IOException {
    return tenant.current().isPresent()
        ? TenantTunnels.read(tenant.current().get(), context.root(), context.commands())
        : List.of();
  }

  private static Map<String, Object> json(
      TenantState tenant, List<Limit> limits, List<Generation> generations) {
    Map<String, Object> value = TenantJson.brief(tenant);
    value.put("limits", TenantLimits.json(limits));
    value.put("generations", generations.stream().map(TenantJson::generation).toList());
    value.put(
        "refused",
        tenant.refused().stream()
            .map(entry -> {
              Map<String, Object> refused = new LinkedHashMap<>();
              refused.put("commit", entry.commit().value());
              refused.put("why", entry.why());
              refused.put("at", entry.at().toString());
              return refused;
            })
            .toList());
    return value;
  }

  private static void tenant(
      TenantState tenant, List<Limit> limits, List<Generation> generations, Context context)
      throws IOException {
    Output output = context.output();
    field("tenant", tenant.id().value(), output);
    field("state", output.paint(tenant.state().word(), tenant.state().style()), output);
    field("problem", Quote.escape(tenant.problem(), 400), output);
    field("registered", tenant.standing().map(DescribeVerb::standing).orElse("no"), output);
    tenant
        .source()
        .ifPresent(source ->
            field("repository", Quote.escape(source.url() + " " + source.ref(), 400), output));
    tenant.current().ifPresent(current -> generation(current, output));
    for (Limit limit : limits) {
      field(limit.kind().word(), TenantLimits.text(limit), output);
    }
    tenant
        .source()
        .flatMap(FetchState.Repository::tip)
        .filter(tip -> !isCurrent(tip, tenant))
        .ifPresent(
            tip -> field("newest", tip.commit() + "  " + Quote.escape(tip.subject()), output));
    if (!tenant.resources().isEmpty()) {
      output.line("");
      containers(tenant, output);
    }
    List<TenantTunnels.Tunnel> tunnels = tunnels(tenant, context);
    if (!tunnels.isEmpty()) {
      output.line("");
      TenantTunnels.print(tunnels, context.clock().instant(), output);
    }
    if (!generations.isEmpty()) {
      output.line("");
      Generations.print(generations, tenant.current(), output);
    }
    if (!tenant.refused().isEmpty()) {
      output.line("");
      output.line(output.paint("refused revisions", Output.Style.BOLD));
      for (Refused.Entry entry : tenant.refused().reversed()) {
        output.line(
            entry.commit().abbreviated()
                + "  "
                + Times.exact(entry.at())
                + "  "
                + Quote.escape(entry.why(), 400));
      }
    }
    if (!tenant.findings().isEmpty()) {
      output.line("");
      Findings.print(tenant.findings(), output);
      tenant
          .current()
          .filter(_ -> !tenant.errors().isEmpty())
          .ifPresent(
              current -> output.line("running generation " + current.number() + " is unchanged"));
    }
    output.hint("see `bitbuilder log " + tenant.id() + "` for its history");
  }

  private static boolean isCurrent(FetchState.Tip tip, TenantState tenant) {
    return tenant
        .current()
        .filter(current -> current.manifest().commit().equals(tip.commit().value()))
        .isPresent();
  }

  private static String standing(SystemState.Standing standing) {
    return "yes"
        + (standing.enabled() ? "" : ", disabled")
        + (standing.placed() ? "" : ", placed on another host");
  }

  private static void generation(Generation current, Output output) {
    field(
        "generation",
        current.number()
            + (current.pinned() ? ", pinned" : "")
            + ", made "
            + Times.exact(current.manifest().createdAt()),
        output);
    field(
        "commit",
        current.manifest().commit() + "  " + Quote.escape(current.manifest().subject()),
        output);
    field("author", Quote.escape(current.manifest().author()), output);
    if (!current.manifest().signer().isEmpty()) {
      field("signer", Quote.escape(current.manifest().signer()), output);
    }
    current.verdict().ifPresent(verdict -> field("verdict", verdict(verdict), output));
  }

  private static String verdict(Verdict verdict) {
    return Generations.word(verdict)
        + " after "
        + Times.took(verdict.took())
        + ", "
        + Times.exact(verdict.at())
        + (verdict.reason().isEmpty() ? "" : ": " + Quote.escape(verdict.reason(), 400));
  }

  private static void containers(TenantState tenant, Output output) {
    Table table =
        new Table("NAME", "KIND", "STATE", "ADDRESS", "IMAGE", "BRIDGE", "CHECKS", "UNIT");
    for (Compiled.Resource resource : tenant.resources()) {
      table.row(
          new Table.Cell(resource.name().value()),
          new Table.Cell(resource.kind().word()),
          new Table.Cell(
              tenant.activeState(resource),
              tenant.isWell(resource) ? Output.Style.GOOD : Output.Style.BAD),
          new Table.Cell(resource.address()),
          new Table.Cell(TenantJson.abbreviated(resource.image())),
          new Table.Cell(resource.bridge()),
          new Table.Cell(String.valueOf(resource.checks().size())),
          new Table.Cell(resource.unit()));
    }
    table.print(output);
  }

  private static void guest(
      TenantState tenant, Compiled.Resource container, boolean emulated, Output output) {
    field(container.kind().word(), tenant.id() + "/" + container.name(), output);
    field("state", tenant.activeState(container), output);
    field("unit", container.unit(), output);
    field("machine", container.machine(), output);
    field("address", Quote.escape(container.address()), output);
    field("address6", Quote.escape(container.port().address6()), output);
    field("mac", Quote.escape(container.mac()), output);
    field("network", Quote.escape(container.port().network()), output);
    field("bridge", Quote.escape(container.bridge()), output);
    field("image", Quote.escape(container.image()), output);
    if (container.kind() == Compiled.Resource.Kind.CONTAINER) {
      field("runs", container.boots() ? "an init of its own" : "a command", output);
    }
    if (container.kind() == Compiled.Resource.Kind.MACHINE) {
      field("runs", emulated ? "emulated, for the host has no /dev/kvm" : "with KVM", output);
    }
    field("autostart", container.autostart() ? "yes" : "no", output);
    field("user ids", container.uidBase() + " to " + (container.uidBase() + 65_535), output);
    for (Check check : container.checks()) {
      field("check", Quote.escape(Checks.text(check), 400), output);
    }
    output.hint(
        "see `bitbuilder logs " + tenant.id() + "/" + container.name() + "` for what it says");
  }

  private static void field(String name, String text, Output output) {
    if (!text.isEmpty()) {
      output.line(
          output.paint(name, Output.Style.BOLD)
              + " ".repeat(Math.max(1, LABEL - name.length()))
              + text);
    }
  }
}
