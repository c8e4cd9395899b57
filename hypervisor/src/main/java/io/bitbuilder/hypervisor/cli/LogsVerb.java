package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code bitbuilder logs}: the journal of a tenant or a container. */
final class LogsVerb implements Verb {
  @Override
  public Declaration declaration() {
    return new Declaration(
        "logs",
        "show the journal of a tenant, a container or a machine",
        List.of(
            "For a container or a machine: what it wrote to its console and what the service manager says of its"
                + " unit. For a tenant: the same of all of them, its network and its setup,"
                + " and what activation recorded for it. journalctl(1) does the work; with --json"
                + " it prints one object per entry.",
            "--inside reads the journal a container that boots keeps itself."),
        List.of(
            Declaration.Word.required(
                "TENANT[/CONTAINER]", Declaration.Kind.TENANT_OR_CONTAINER, "whose journal")),
        List.of(
            Declaration.Option.flag("follow", "f", "show new entries as they come"),
            Declaration.Option.value("lines", "N", "show the newest N entries"),
            Declaration.Option.value("since", "TIME", "show entries from this time on"),
            Declaration.Option.flag("inside", "", "read the journal inside the container")),
        List.of(
            new Declaration.Example("bitbuilder logs acme/web -f", "follow one container"),
            new Declaration.Example("bitbuilder logs acme --since=-1h", "the last hour")),
        Declaration.Group.LOOK);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    Optional<Target.Named> named =
        Target.find(arguments.word(0).orElseThrow(), HostState.read(context), context);
    if (named.isEmpty()) {
      return ExitStatus.USAGE;
    }
    List<String> command = new ArrayList<>(List.of("journalctl", "--quiet"));
    if (arguments.has("follow")) {
      command.add("--follow");
    }
    if (arguments.has("lines")) {
      String lines = arguments.option("lines").orElse("");
      if (Numbers.positive(lines).isEmpty()) {
        return context.fail(
            ExitStatus.USAGE, "--lines cannot be " + Quote.quote(lines), "use a number above 0");
      }
      command.add("--lines=" + lines);
    }
    arguments.option("since").ifPresent(since -> command.add("--since=" + since));
    if (arguments.json()) {
      command.add("--output=json");
    }
    Optional<Compiled.Resource> container = named.get().container();
    if (arguments.has("inside")) {
      if (container.isEmpty()) {
        return context.fail(
            ExitStatus.USAGE, "--inside needs a container", "name it as TENANT/CONTAINER");
      }
      if (container.get().kind() != Compiled.Resource.Kind.CONTAINER) {
        return context.fail(
            ExitStatus.USAGE,
            "only a container has a journal inside that the host can read",
            "`bitbuilder logs` without --inside shows what it says");
      }
      command.add("--machine=" + container.get().machine());
    } else if (container.isPresent()) {
      command.add("--unit=" + container.get().unit());
    } else {
      command.addAll(matches(named.get().tenant()));
    }
    return context.commands().interactive(command);
  }

  /** Matches of journalctl(1): what units wrote, what is said of them, what is marked as theirs. */
  private static List<String> matches(TenantState tenant) {
    List<String> units = new ArrayList<>();
    for (Compiled.Resource resource : tenant.resources()) {
      units.add(resource.unit());
    }
    units.add("setup-tenant@" + escaped(tenant.id()) + ".service");
    units.add("tenant-network@" + escaped(tenant.id()) + ".service");
    List<String> matches = new ArrayList<>();
    for (String unit : units) {
      matches.addAll(List.of("_SYSTEMD_UNIT=" + unit, "+", "_PID=1", "UNIT=" + unit, "+"));
    }
    // Nobody but root can claim to speak of a tenant.
    matches.addAll(List.of("_UID=0", "TENANT=" + tenant.id()));
    return matches;
  }

  /** As systemd-escape(1) does; an id has no other character that needs it. */
  private static String escaped(TenantId id) {
    return id.value().replace("-", "\\x2d");
  }
}
