package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.host.Console;
import io.bitbuilder.hypervisor.host.Machine;
import io.bitbuilder.hypervisor.host.UnitState;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code bitbuilder console}: log in where a machine has its keyboard and screen. */
final class ConsoleVerb implements Verb {
  private static final String LEAVE = "Ctrl-] three times within a second leaves it";

  @Override
  public Declaration declaration() {
    return new Declaration(
        "console",
        "log in at the console of a machine",
        List.of(
            "Joins this terminal with a console of the machine: what is typed goes there, what it"
                + " writes is shown. Ctrl-] three times within a second leaves it. The machine runs"
                + " on, and who is logged in stays so: log out first. One can be there at a time.",
            "It is a serial line, ttyS0 in Linux, beside the console that `bitbuilder logs` shows."
                + " What the guest writes while nobody is there is lost, so the screen is empty at"
                + " first: press Enter. Nobody there holds up nothing; a terminal that has stopped"
                + " holds up what writes to the line, and nothing else.",
            "A guest with systemd asks for a name and a password; the account is the guest's own"
                + " affair. One that stays silent has no getty on this console, or has not come so"
                + " far: `bitbuilder logs` shows how it boots. The size of the window is not passed"
                + " on; `stty rows 50 cols 120` inside sets it.",
            "A console carries bytes and nothing else. To a terminal some of them are commands, and"
                + " the guest chooses which it sends: it can clear the screen, set the title, or"
                + " make the terminal answer, which it then reads as if typed. `reset` mends what"
                + " it left behind. The modes of the terminal are put back however this ends.",
            "A container that boots has a login as well (machinectl(1)), though `bitbuilder shell`"
                + " asks for no password. With --json it prints where the console is instead of"
                + " joining it."),
        List.of(
            Declaration.Word.required(
                "TENANT/MACHINE", Declaration.Kind.CONTAINER, "the machine, or the container")),
        List.of(),
        List.of(new Declaration.Example("bitbuilder console acme/db", "log in at a machine")),
        Declaration.Group.LOOK);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    Optional<Target.Named> named =
        Target.find(arguments.word(0).orElseThrow(), HostState.read(context), context);
    if (named.isEmpty()) {
      return ExitStatus.USAGE;
    }
    TenantId tenant = named.get().tenant().id();
    if (named.get().container().isEmpty()) {
      return context.fail(
          ExitStatus.USAGE,
          "a tenant has no console, its machines have",
          "`bitbuilder describe " + tenant + "` lists them");
    }
    Compiled.Resource guest = named.get().container().get();
    return switch (guest.kind()) {
      case SCRIPT ->
          context.fail(
              ExitStatus.USAGE,
              "a script has no console",
              "`bitbuilder logs " + tenant + "/" + guest.name() + "` shows what it wrote");
      case CONTAINER -> container(tenant, guest, arguments, context);
      case MACHINE -> machine(named.get().tenant(), guest, arguments, context);
    };
  }

  private static int container(
      TenantId tenant, Compiled.Resource guest, Arguments arguments, Context context)
      throws IOException {
    String name = tenant + "/" + guest.name();
    if (!guest.boots()) {
      return context.fail(
          ExitStatus.USAGE,
          "container `" + name + "` runs a command, and nobody can log in there",
          "bitbuilder shell " + name);
    }
    Machine machine = context.host().systemd().machines().get(guest.machine());
    if (machine == null || !machine.unit().equals(guest.unit())) {
      return notRunning("container", name, context);
    }
    List<String> command = List.of("machinectl", "login", guest.machine());
    if (arguments.json()) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("machine", guest.machine());
      value.put("command", command);
      context.output().json(value);
      return ExitStatus.DONE;
    }
    return context.commands().interactive(command);
  }

  private static int machine(
      TenantState tenant, Compiled.Resource guest, Arguments arguments, Context context)
      throws IOException {
    String name = tenant.id() + "/" + guest.name();
    Path socket = context.root().resolve(Compiled.console(tenant.id(), guest.name()).substring(1));
    Output output = context.output();
    if (arguments.json()) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("machine", guest.machine());
      value.put("socket", socket.toString());
      output.json(value);
      return ExitStatus.DONE;
    }
    if (!output.terminal()) {
      return context.fail(
          ExitStatus.USAGE, "a console needs a terminal", "programs find the socket by --json");
    }
    UnitState unit = tenant.units().get(guest.unit());
    return ended(
        attach(name, socket, guest, context), name, unit != null && unit.isActive(), context);
  }

  private static Console.End attach(
      String name, Path socket, Compiled.Resource guest, Context context) throws IOException {
    String greeting = "console of machine `" + name + "`; Enter shows a prompt, " + LEAVE;
    return context
        .console()
        .attach(socket, guest.uidBase(), () -> context.output().progress(greeting));
  }

  private static int ended(Console.End end, String name, boolean running, Context context) {
    Output output = context.output();
    return switch (end) {
      case Console.Left _ -> said("\r\nleft the console of machine `" + name + "`", output);
      case Console.Closed _ -> said("\r\nmachine `" + name + "` closed its console", output);
      case Console.Taken taken ->
          context.fail(
              ExitStatus.TRY_LATER,
              "somebody is at the console of machine `"
                  + name
                  + "` (process "
                  + taken.process()
                  + ")",
              "try again when they have left it");
      case Console.Absent absent ->
          running
              ? context.fail(
                  ExitStatus.TRY_LATER,
                  "the console of machine `"
                      + name
                      + "` does not answer: "
                      + Quote.escape(absent.reason(), 400),
                  "see `bitbuilder logs " + name + "`")
              : notRunning("machine", name, context);
    };
  }

  private static int said(String text, Output output) {
    output.progress(text);
    return ExitStatus.DONE;
  }

  private static int notRunning(String kind, String name, Context context) {
    return context.fail(
        ExitStatus.TRY_LATER,
        kind + " `" + name + "` does not run",
        "see `bitbuilder logs " + name + "`");
  }
}
