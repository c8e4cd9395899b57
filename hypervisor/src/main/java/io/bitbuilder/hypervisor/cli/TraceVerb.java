package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.network.Answer;
import io.bitbuilder.hypervisor.network.Topology;
import io.bitbuilder.hypervisor.reconcile.PlanRun;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code bitbuilder network trace}: may a packet pass, and what decides. */
final class TraceVerb {
  private static final int LABEL = 12;

  private final Arguments arguments;
  private final String format;
  private final Context context;

  /** With the words of the command line, {@code trace} first. */
  TraceVerb(Arguments arguments, String format, Context context) {
    this.arguments = arguments;
    this.format = format;
    this.context = context;
  }

  int run() throws IOException {
    if (!format.equals("text") && !format.equals("json")) {
      return context.fail(
          ExitStatus.USAGE, "a trace is no picture", "use --format=text or --format=json");
    }
    Optional<String> file = arguments.option("questions");
    int words = file.isPresent() ? 2 : 4;
    if (arguments.words().size() != words) {
      return context.fail(
          ExitStatus.USAGE,
          arguments.words().size() < words ? "FROM or TO is missing" : "too many arguments",
          "bitbuilder network trace TENANT " + (file.isPresent() ? "--questions=FILE" : "FROM TO"));
    }
    HostState host = HostState.read(context);
    Optional<Target.Named> named = Target.find(arguments.words().get(1), host, context);
    if (named.isEmpty()) {
      return ExitStatus.USAGE;
    }
    if (named.get().container().isPresent()) {
      return context.fail(
          ExitStatus.USAGE,
          "a tenant comes first, then who sends",
          "bitbuilder network trace " + named.get().tenant().id() + " FROM TO");
    }
    TenantState tenant = named.get().tenant();
    Optional<Compiled> planned = Optional.empty();
    if (arguments.has("from")) {
      Wish wish = wish(tenant.id());
      if (wish.compiled().isEmpty()) {
        return wish.status();
      }
      planned = wish.compiled();
    }
    try {
      Tracer tracer = new Tracer(tenant, planned, host, context);
      return file.isPresent() ? many(file.get(), tracer) : one(tracer);
    } catch (Tracer.Unanswerable e) {
      return context.fail(ExitStatus.USAGE, String.valueOf(e.getMessage()), e.help());
    }
  }

  /** What a directory would become, or the exit status when it would not. */
  private record Wish(Optional<Compiled> compiled, int status) {}

  private Wish wish(TenantId tenant) throws IOException {
    Path path = Path.of(arguments.option("from").orElse(""));
    if (!Files.isDirectory(path)) {
      int status =
          context.fail(
              ExitStatus.USAGE,
              "no directory " + Quote.quote(path.toString()),
              "name the top of a checked-out repository");
      return new Wish(Optional.empty(), status);
    }
    PlanRun.Outcome outcome =
        PlanRun.on(context.root()).run(Optional.of(tenant), new PlanRun.Source.Directory(path));
    Optional<Compiled> compiled =
        outcome.prospects().stream()
            .filter(prospect -> prospect.tenant().equals(tenant))
            .findFirst()
            .flatMap(PlanRun.Prospect::compiled);
    if (compiled.isEmpty()) {
      List<Diagnostic> findings =
          outcome.findings().values().stream().flatMap(List::stream).toList();
      Findings.print(findings, context.output());
      return new Wish(compiled, Findings.status(findings));
    }
    return new Wish(compiled, ExitStatus.DONE);
  }

  private int one(Tracer tracer) throws IOException, Tracer.Unanswerable {
    Question question =
        question(
            arguments.words().get(2),
            arguments.words().get(3),
            arguments.option("protocol").orElse(""),
            arguments.has("ipv6"));
    Tracer.Traced traced = tracer.ask(question);
    if (format.equals("json")) {
      context.output().json(json(traced));
    } else {
      print(traced);
    }
    return status(traced.answer());
  }

  private Question question(String from, String to, String protocol, boolean six)
      throws Tracer.Unanswerable {
    String source = arguments.option("source").orElse("");
    return switch (Question.of(from, to, protocol, six, source)) {
      case Question.Result.Asked(var question) -> question;
      case Question.Result.Wrong(var message, var help) ->
          throw new Tracer.Unanswerable(message, help);
    };
  }

  private static int status(Answer answer) {
    return answer.passes() ? ExitStatus.DONE : ExitStatus.NO_WAY;
  }

  /** The questions of a file; {@code #} begins a comment. */
  private int many(String file, Tracer tracer) throws IOException, Tracer.Unanswerable {
    List<String> lines;
    try {
      lines = Files.readAllLines(Path.of(file));
    } catch (NoSuchFileException | MalformedInputException e) {
      throw new Tracer.Unanswerable(
          "cannot read " + Quote.quote(file),
          e instanceof NoSuchFileException ? "no such file" : "not text");
    }
    List<Tracer.Traced> all = new ArrayList<>();
    int number = 0;
    for (String line : lines) {
      number++;
      String asked = line.split("#", 2)[0].strip();
      if (!asked.isEmpty()) {
        try {
          all.add(tracer.ask(question(asked)));
        } catch (Tracer.Unanswerable e) {
          throw new Tracer.Unanswerable("line " + number + ": " + e.getMessage(), e.help());
        }
      }
    }
    if (format.equals("json")) {
      context.output().json(Map.of("answers", all.stream().map(TraceVerb::json).toList()));
    } else {
      table(all);
    }
    return all.stream().allMatch(one -> one.answer().passes())
        ? ExitStatus.DONE
        : ExitStatus.NO_WAY;
  }

  private Question question(String line) throws Tracer.Unanswerable {
    String[] words = line.split("\\s+", -1);
    String protocol = "";
    boolean six = arguments.has("ipv6");
    for (int i = 2; i < words.length; i++) {
      switch (words[i]) {
        case "4" -> six = false;
        case "6" -> six = true;
        default -> protocol = words[i];
      }
    }
    if (words.length < 2) {
      throw new Tracer.Unanswerable("a question has two sides", "FROM TO[:PORT] [PROTOCOL] [6]");
    }
    return question(words[0], words[1], protocol, six);
  }

  private void print(Tracer.Traced traced) {
    Output output = context.output();
    Answer answer = traced.answer();
    field(
        "verdict",
        output.paint(verdict(answer), answer.passes() ? Output.Style.GOOD : Output.Style.BAD));
    field("packet", packet(traced) + " from " + traced.from().text() + " to " + traced.to().text());
    field("decided by", answer.reason().text());
    answer
        .reason()
        .rule()
        .ifPresent(rule ->
            field(
                "which says",
                Quote.escape(rule.sentence(), 400)
                    + " ("
                    + Quote.escape(rule.file(), 400)
                    + ":"
                    + rule.line()
                    + ")"));
    answer.steps().forEach(step -> field("on the way", step));
    boolean sender = traced.question().from() instanceof Question.Name.Outside;
    traced
        .others()
        .forEach((range, other) ->
            field(
                "but",
                (sender ? "from " : "to ")
                    + range
                    + " it "
                    + verdict(other)
                    + ": "
                    + other.reason().text()));
    traced.notes().forEach(note -> field("note", note));
  }

  private static String verdict(Answer answer) {
    return answer.passes()
        ? "passes"
        : answer.told() ? "is refused, and the sender is told" : "does not pass";
  }

  private static String packet(Tracer.Traced traced) {
    Question question = traced.question();
    return (question.six() ? "IPv6 " : "IPv4 ")
        + question.protocol().word()
        + (question.port() == 0 ? "" : " port " + question.port());
  }

  private void field(String name, String text) {
    Output output = context.output();
    output.line(output.paint(name, Output.Style.BOLD) + " ".repeat(LABEL - name.length()) + text);
  }

  private void table(List<Tracer.Traced> all) {
    Table table = new Table("VERDICT", "PACKET", "FROM", "TO", "DECIDED BY");
    for (Tracer.Traced one : all) {
      table.row(
          new Table.Cell(
              one.answer().passes() ? "passes" : "no",
              one.answer().passes() ? Output.Style.GOOD : Output.Style.BAD),
          new Table.Cell(packet(one)),
          new Table.Cell(one.from().text()),
          new Table.Cell(one.to().text()),
          new Table.Cell(one.answer().reason().text()));
    }
    table.print(context.output());
  }

  private static Map<String, Object> json(Tracer.Traced traced) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("from", who(traced.from()));
    value.put("to", who(traced.to()));
    value.put("family", traced.question().six() ? "ipv6" : "ipv4");
    value.put("protocol", traced.question().protocol().word());
    value.put("port", (long) traced.question().port());
    put(traced.answer(), value);
    value.put("steps", traced.answer().steps());
    List<Map<String, Object>> others = new ArrayList<>();
    traced
        .others()
        .forEach((range, answer) -> {
          Map<String, Object> other = new LinkedHashMap<>();
          other.put("range", range.toString());
          put(answer, other);
          others.add(other);
        });
    value.put("others", others);
    value.put("notes", traced.notes());
    return value;
  }

  private static Map<String, Object> who(Tracer.Who who) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("name", who.name());
    value.put("address", who.address());
    return value;
  }

  private static void put(Answer answer, Map<String, Object> value) {
    value.put("passes", answer.passes());
    value.put("told", answer.told());
    Map<String, Object> reason = new LinkedHashMap<>();
    reason.put("kind", answer.reason().kind().word());
    reason.put("text", answer.reason().text());
    Optional<Topology.Rule> rule = answer.reason().rule();
    rule.ifPresent(
        written -> reason.put("rule", NetworkJson.rule(answer.reason().number(), written)));
    value.put("decidedBy", reason);
  }
}
