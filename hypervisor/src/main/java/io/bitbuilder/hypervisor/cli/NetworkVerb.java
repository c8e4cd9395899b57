package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.network.Ways;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code bitbuilder network}: what is connected with what, and what may pass. */
final class NetworkVerb implements Verb {
  private static final String TRACE = "trace";
  private static final List<String> FORMATS = List.of("text", "json", "dot", "svg");

  @Override
  public Declaration declaration() {
    return new Declaration(
        "network",
        "show networks and rules, and say what may pass",
        List.of(
            "Without a tenant: the uplinks of the host, every network of every tenant, and the"
                + " ports that are published. With one: its networks with mode, interface,"
                + " addresses and policy; their members with addresses, state and lease; the ports"
                + " that lead to them; the ways from and to other networks and the outside; and"
                + " its rules, with what the kernel has counted for each. What cannot be read is"
                + " said at the end.",
            "--format=dot prints a graph for Graphviz, --format=svg a picture.",
            "network trace says whether the first packet of a connection may pass, and what"
                + " decides: a rule by file, position and name, the policy of a network, its mode,"
                + " a published port, or what the host keeps from all tenants. It reads the rules"
                + " that are applied, not the newest commit; --from asks about those of a directory"
                + " instead, before they are pushed. FROM and TO are names of containers"
                + " and machines, TENANT/NAME of another tenant, outside, host, gateway (the host"
                + " in the network of the other side), or addresses; an IPv6 address with a port"
                + " is in brackets. With a port the protocol is tcp, without one icmp.",
            "How many connections a tenant has already, and whether anybody listens at the other"
                + " end, is not asked. An address that is no tenant's is where the routes of the"
                + " host lead to. The exit status is 0 when the packet passes, and 6 when it does"
                + " not.",
            "--questions reads many questions, one to a line: FROM, TO[:PORT] and, when needed,"
                + " the protocol and 4 or 6. The exit status is 0 when all of them pass."),
        List.of(
            Declaration.Word.optional(
                "TENANT", Declaration.Kind.TENANT_OR_TRACE, "the tenant; all without one"),
            Declaration.Word.optional(
                "TENANT", Declaration.Kind.TENANT, "after trace: whose packet it is"),
            Declaration.Word.optional("FROM", Declaration.Kind.CONTAINER, "who sends"),
            Declaration.Word.optional("TO[:PORT]", Declaration.Kind.CONTAINER, "to whom")),
        List.of(
            Declaration.Option.value("format", "FORMAT", "text, json, dot or svg"),
            Declaration.Option.value("protocol", "NAME", "of the packet: tcp, udp or icmp"),
            Declaration.Option.flag("ipv6", "6", "trace a packet of IPv6"),
            Declaration.Option.value(
                "source", "ADDRESS", "trace a packet that claims to come from this address"),
            Declaration.Option.value("questions", "FILE", "trace what the lines of a file ask"),
            Declaration.Option.value(
                "from",
                "DIR",
                "trace by what a checked-out repository of the tenant would become")),
        List.of(
            new Declaration.Example("bitbuilder network acme", "the networks of a tenant"),
            new Declaration.Example(
                "bitbuilder network acme --format=svg >acme.svg", "a picture of them"),
            new Declaration.Example(
                "bitbuilder network trace acme outside web:443", "may the outside reach web?"),
            new Declaration.Example(
                "bitbuilder network trace acme web 192.0.2.1:53 --protocol=udp",
                "may web ask that server?")),
        Declaration.Group.LOOK,
        List.of("network [OPTION...] [TENANT]", "network trace [OPTION...] TENANT FROM TO[:PORT]"));
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    String format = arguments.option("format").orElse(arguments.json() ? "json" : "text");
    if (!FORMATS.contains(format)) {
      return context.fail(
          ExitStatus.USAGE,
          "--format cannot be " + Quote.quote(format),
          "use " + String.join(", ", FORMATS));
    }
    List<String> words = arguments.words();
    // A tenant may be called so; it is looked at alone, and a question has more words.
    if (words.size() > 1 && words.getFirst().equals(TRACE)) {
      return new TraceVerb(arguments, format, context).run();
    }
    for (String option : List.of("protocol", "ipv6", "source", "questions", "from")) {
      if (arguments.has(option) || words.size() > 1) {
        return context.fail(
            ExitStatus.USAGE,
            words.size() > 1
                ? "unexpected argument " + Quote.quote(words.get(1))
                : "--" + option + " is for `bitbuilder network trace`",
            "bitbuilder network trace TENANT FROM TO");
      }
    }
    HostState host = HostState.read(context);
    List<String> notes = new ArrayList<>();
    List<String> uplinks = Uplinks.read(context.root(), notes);
    if (words.isEmpty()) {
      return all(host, uplinks, notes, format, context);
    }
    Optional<Target.Named> named = Target.find(words.getFirst(), host, context);
    if (named.isEmpty()) {
      return ExitStatus.USAGE;
    }
    if (named.get().container().isPresent()) {
      return context.fail(
          ExitStatus.USAGE,
          "networks are those of a tenant",
          "bitbuilder network " + named.get().tenant().id());
    }
    boolean counters = format.equals("text") || format.equals("json");
    NetworkView view = NetworkView.read(named.get().tenant(), counters, context);
    switch (format) {
      case "json" -> context.output().json(NetworkJson.of(view));
      case "dot" -> context.output().out().print(NetworkDot.of(List.of(view), uplinks));
      case "svg" -> context.output().out().print(NetworkSvg.of(List.of(view), uplinks));
      default -> NetworkTree.print(view, context.output());
    }
    return ExitStatus.DONE;
  }

  private static int all(
      HostState host, List<String> uplinks, List<String> notes, String format, Context context)
      throws IOException {
    List<NetworkView> views = new ArrayList<>();
    for (TenantState tenant : host.tenants().values()) {
      NetworkView view = NetworkView.read(tenant, false, context);
      views.add(view);
      view.notes().forEach(text -> notes.add("tenant " + tenant.id() + ": " + text));
    }
    Output output = context.output();
    switch (format) {
      case "json" -> {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("uplinks", uplinks);
        value.put("tenants", views.stream().map(NetworkJson::brief).toList());
        value.put("notes", notes);
        output.json(value);
      }
      case "dot" -> output.out().print(NetworkDot.of(views, uplinks));
      case "svg" -> output.out().print(NetworkSvg.of(views, uplinks));
      default -> table(views, uplinks, notes, output);
    }
    return ExitStatus.DONE;
  }

  private static void table(
      List<NetworkView> views, List<String> uplinks, List<String> notes, Output output) {
    String links = uplinks.isEmpty() ? "none" : Quote.escape(String.join(" ", uplinks));
    output.line("uplinks  " + links);
    Table table = new Table("TENANT", "NETWORK", "MODE", "BRIDGE", "IPV4", "IPV6", "UP", "PORTS");
    boolean any = false;
    for (NetworkView view : views) {
      for (NetworkView.Net network : view.networks()) {
        any = true;
        long up =
            network.members().stream().filter(one -> view.tenant().isUp(one.resource())).count();
        table.row(
            view.tenant().id().value(),
            network.name(),
            network.net().mode().word(),
            network.net().bridge(),
            network.net().address(),
            network.net().address6(),
            up + "/" + network.members().size(),
            ports(view, network));
      }
    }
    if (any) {
      output.line("");
      table.print(output);
    }
    notes(notes, output);
  }

  private static String ports(NetworkView view, NetworkView.Net network) {
    return network.members().stream()
        .flatMap(member ->
            view.ways().ports().stream()
                .filter(port -> port.address().equals(member.resource().address()))
                .map(port -> port(port, member)))
        .collect(Collectors.joining(", "));
  }

  private static String port(Ways.Port port, NetworkView.Member member) {
    return port.host() + "/" + port.protocol() + " to " + member.name() + ":" + port.guest();
  }

  static void notes(Iterable<String> notes, Output output) {
    for (String line : notes) {
      output.line(output.paint("note", Output.Style.BUSY) + "     " + line);
    }
  }
}
