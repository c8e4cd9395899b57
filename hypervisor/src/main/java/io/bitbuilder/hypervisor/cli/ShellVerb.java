package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.host.Machine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code bitbuilder shell}: a shell, or one command, inside a container. */
final class ShellVerb implements Verb {
  @Override
  public Declaration declaration() {
    return new Declaration(
        "shell",
        "open a shell inside a container",
        List.of(
            "Opens a shell as root of the container, or runs a command there and gives back its exit"
                + " status. A container that boots is entered through its own login session"
                + " (machinectl(1)); one that runs a command, through its namespaces"
                + " (nsenter(1)), on a terminal of its own.",
            "What is changed by hand is gone with the next restart of an ephemeral container, and"
                + " never finds its way into Git. With --json the command line is printed instead"
                + " of run."),
        List.of(
            Declaration.Word.required(
                "TENANT/CONTAINER", Declaration.Kind.CONTAINER, "the container"),
            Declaration.Word.rest("COMMAND", "what to run instead of a shell")),
        List.of(),
        List.of(
            new Declaration.Example("bitbuilder shell acme/web", "a shell"),
            new Declaration.Example("bitbuilder shell acme/web -- ss -lt", "one command")),
        Declaration.Group.LOOK);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    Optional<Target.Named> named =
        Target.find(arguments.word(0).orElseThrow(), HostState.read(context), context);
    if (named.isEmpty()) {
      return ExitStatus.USAGE;
    }
    String tenant = named.get().tenant().id().value();
    if (named.get().container().isEmpty()) {
      return context.fail(
          ExitStatus.USAGE,
          "a tenant has no shell, its containers have",
          "`bitbuilder describe " + tenant + "` lists them");
    }
    Compiled.Resource container = named.get().container().get();
    if (container.kind() == Compiled.Resource.Kind.SCRIPT) {
      return context.fail(
          ExitStatus.USAGE,
          "a script has no shell, the instance it runs in has",
          "bitbuilder shell " + tenant + "/infra");
    }
    if (container.kind() == Compiled.Resource.Kind.MACHINE) {
      return context.fail(
          ExitStatus.USAGE,
          "the host does not enter machine `" + tenant + "/" + container.name() + "`",
          "`bitbuilder console %s/%s` logs in at its console%s"
              .formatted(
                  tenant,
                  container.name(),
                  container.address().isEmpty()
                      ? ""
                      : ", `ssh " + container.address() + "` with a key the machine knows"));
    }
    Machine machine = context.host().systemd().machines().get(container.machine());
    if (machine == null || !machine.unit().equals(container.unit())) {
      return context.fail(
          ExitStatus.TRY_LATER,
          "container `" + tenant + "/" + container.name() + "` does not run",
          "see `bitbuilder logs " + tenant + "/" + container.name() + "`");
    }
    List<String> inside =
        arguments.words().size() > 1
            ? arguments.words().subList(1, arguments.words().size())
            : List.of();
    List<String> command =
        command(container, machine.leader(), inside, context.output().terminal());
    if (arguments.json()) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("machine", container.machine());
      value.put("leader", machine.leader());
      value.put("command", command);
      context.output().json(value);
      return ExitStatus.DONE;
    }
    return context.commands().interactive(command);
  }

  private static List<String> command(
      Compiled.Resource container, long leader, List<String> inside, boolean terminal) {
    List<String> command = new ArrayList<>();
    if (container.boots()) {
      command.addAll(
          inside.isEmpty()
              ? List.of("machinectl", "shell", "--quiet", "root@" + container.machine())
              // Its exit status comes back, unlike that of machinectl.
              : List.of(
                  "systemd-run",
                  "--quiet",
                  "--machine=" + container.machine(),
                  "--wait",
                  "--collect",
                  "--service-type=exec",
                  terminal ? "--pty" : "--pipe",
                  "--"));
      command.addAll(inside);
    } else {
      // A terminal of its own, for what runs inside must not get hold of the operator's.
      command.addAll(
          List.of(
              "systemd-run",
              "--quiet",
              "--wait",
              "--collect",
              "--service-type=exec",
              terminal ? "--pty" : "--pipe",
              "--",
              "nsenter",
              "--target=" + leader,
              "--all",
              "--join-cgroup",
              "--wdns=/",
              "--"));
      command.addAll(inside.isEmpty() ? List.of("/bin/sh") : inside);
    }
    return command;
  }
}
