package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.voa.LoadPath;
import io.bitbuilder.hypervisor.voa.Lookup;
import io.bitbuilder.hypervisor.voa.Scopes;
import io.bitbuilder.hypervisor.voa.Verifier;
import io.bitbuilder.hypervisor.voa.Voa;
import io.bitbuilder.hypervisor.voa.Warning;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code bitbuilder voa list}: what counts, and with {@code --explain} why. */
final class VoaList {
  private static final int LIMIT = 400;

  private final Voa voa;
  private final VoaScope scope;
  private final Output output;

  /** Of one scope. */
  VoaList(Voa voa, VoaScope scope, Context context) {
    this.voa = voa;
    this.scope = scope;
    this.output = context.output();
  }

  /** A lookup and what for; the os is the first one asked for. */
  private record Found(Voa.Scope scope, Lookup lookup) {}

  int run(Arguments arguments) {
    if (arguments.words().size() > 1) {
      output.error(
          "unexpected argument " + Quote.quote(arguments.words().get(1)),
          "usage: bitbuilder voa list [OPTION...]");
      return ExitStatus.USAGE;
    }
    Scopes scopes = voa.scopes(scope.oses());
    Set<Warning> warnings = new LinkedHashSet<>(scopes.warnings());
    List<Found> found = new ArrayList<>();
    for (Voa.Scope one : wanted(scopes)) {
      Lookup lookup = voa.lookup(scope.oses(), one.purpose(), one.context(), one.technology());
      warnings.addAll(lookup.warnings());
      found.add(new Found(one, lookup));
    }
    boolean explain = arguments.has("explain");
    if (arguments.json()) {
      output.json(json(found, warnings, explain));
      return ExitStatus.DONE;
    }
    table(found);
    if (explain) {
      explain(found);
    }
    for (Warning warning : warnings) {
      output.line(output.paint("warning", Output.Style.BUSY) + "  " + warning.text());
    }
    return ExitStatus.DONE;
  }

  /** What to look up, each once: all os are looked up together. */
  private Set<Voa.Scope> wanted(Scopes scopes) {
    Set<Voa.Scope> wanted = new LinkedHashSet<>();
    if (scope.purpose().isPresent()
        && scope.context().isPresent()
        && scope.technology().isPresent()) {
      wanted.add(
          new Voa.Scope(
              scope.oses().getFirst(),
              scope.purpose().get(),
              scope.context().get(),
              scope.technology().get()));
      return wanted;
    }
    for (Voa.Scope one : scopes.scopes()) {
      if (scope.purpose().orElse(one.purpose()).equals(one.purpose())
          && scope.context().orElse(one.context()).equals(one.context())
          && scope.technology().orElse(one.technology()).equals(one.technology())) {
        wanted.add(
            new Voa.Scope(scope.oses().getFirst(), one.purpose(), one.context(), one.technology()));
      }
    }
    return wanted;
  }

  private void table(List<Found> found) {
    Table table = new Table("OS", "PURPOSE", "CONTEXT", "TECHNOLOGY", "COPIES", "FILE");
    boolean any = false;
    for (Found one : found) {
      for (Verifier verifier : one.lookup().verifiers()) {
        any = true;
        table.row(
            verifier.os().value(),
            one.scope().purpose().value(),
            one.scope().context().value(),
            one.scope().technology().value(),
            String.valueOf(verifier.copies().size()),
            verifier.copies().getFirst().path().toString());
      }
    }
    if (any) {
      table.print(output);
    } else {
      output.line("no certificate or key counts");
    }
  }

  private void explain(List<Found> found) {
    output.line("");
    Branch paths = new Branch("load paths, the first one has the highest priority");
    for (LoadPath path : voa.loadPaths().paths()) {
      paths.add(
          Quote.escape(path.toString(), LIMIT)
              + (path.writable() ? ", writable" : "")
              + (path.ephemeral() ? ", until the next boot" : ""));
    }
    paths.print(output);
    for (Found one : found) {
      output.line("");
      Branch looked =
          new Branch(
              one.scope().purpose() + " " + one.scope().context() + " " + one.scope().technology());
      for (Lookup.LookedFor directory : one.lookup().directories()) {
        Branch below =
            looked.add(
                Quote.escape(directory.path().toString(), LIMIT)
                    + (directory.found() ? "" : ": nothing there"));
        for (Lookup.LookedAt file : one.lookup().files()) {
          if (directory.path().equals(file.path().getParent())) {
            below.add(
                Quote.escape(String.valueOf(file.path().getFileName()), LIMIT) + ": " + text(file));
          }
        }
      }
      looked.print(output);
    }
    output.line("");
  }

  /** What became of a file, for people. Escaped. */
  static String text(Lookup.LookedAt file) {
    return switch (file.fate()) {
      case Lookup.Fate.Taken(var canonical) when canonical.equals(file.path()) -> "taken";
      case Lookup.Fate.Taken(var canonical) ->
          "taken from " + Quote.escape(canonical.toString(), LIMIT);
      case Lookup.Fate.Shadowed(var by) -> "shadowed by " + Quote.escape(by.toString(), LIMIT);
      case Lookup.Fate.Masked(var by) -> "masked by " + Quote.escape(by.toString(), LIMIT);
      case Lookup.Fate.Masks() -> "a mask";
      case Lookup.Fate.Ignored(var rule, var sentence) ->
          "ignored, " + sentence + " (" + rule.word() + ")";
    };
  }

  private Map<String, Object> json(List<Found> found, Set<Warning> warnings, boolean explain) {
    Map<String, Object> value = new LinkedHashMap<>();
    List<Map<String, Object>> verifiers = new ArrayList<>();
    for (Found one : found) {
      for (Verifier verifier : one.lookup().verifiers()) {
        verifiers.add(json(one.scope(), verifier));
      }
    }
    value.put("verifiers", verifiers);
    value.put("warnings", warnings.stream().map(VoaList::json).toList());
    if (explain) {
      value.put("loadPaths", voa.loadPaths().paths().stream().map(VoaList::json).toList());
      value.put(
          "directories",
          found.stream()
              .flatMap(one -> one.lookup().directories().stream())
              .map(VoaList::json)
              .toList());
      value.put(
          "files",
          found.stream().flatMap(one -> one.lookup().files().stream()).map(VoaList::json).toList());
    }
    return value;
  }

  private static Map<String, Object> json(Voa.Scope scope, Verifier verifier) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("os", verifier.os().value());
    value.put("purpose", scope.purpose().value());
    value.put("context", scope.context().value());
    value.put("technology", scope.technology().value());
    value.put("name", verifier.name());
    List<Map<String, Object>> copies = new ArrayList<>();
    for (Verifier.Copy copy : verifier.copies()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("path", copy.path().toString());
      one.put("canonical", copy.canonical().toString());
      copies.add(one);
    }
    value.put("copies", copies);
    return value;
  }

  private static Map<String, Object> json(Warning warning) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("path", warning.path().toString());
    value.put("rule", warning.rule().word());
    value.put("message", warning.sentence());
    return value;
  }

  private static Map<String, Object> json(LoadPath path) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("path", path.path().toString());
    value.put("writable", path.writable());
    value.put("ephemeral", path.ephemeral());
    return value;
  }

  private static Map<String, Object> json(Lookup.LookedFor directory) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("path", directory.path().toString());
    value.put("found", directory.found());
    return value;
  }

  private static Map<String, Object> json(Lookup.LookedAt file) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("path", file.path().toString());
    switch (file.fate()) {
      case Lookup.Fate.Taken(var canonical) -> put(value, "taken", "canonical", canonical);
      case Lookup.Fate.Shadowed(var by) -> put(value, "shadowed", "by", by);
      case Lookup.Fate.Masked(var by) -> put(value, "masked", "by", by);
      case Lookup.Fate.Masks() -> value.put("fate", "mask");
      case Lookup.Fate.Ignored(var rule, var sentence) -> {
        value.put("fate", "ignored");
        value.put("rule", rule.word());
        value.put("message", sentence);
      }
    }
    return value;
  }

  private static void put(Map<String, Object> value, String fate, String name, Path path) {
    value.put("fate", fate);
    value.put(name, path.toString());
  }
}
