package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.compiler.SecretUnits;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** {@code bitbuilder diff}: what differs between two generations of a tenant. */
final class DiffVerb implements Verb {
  private static final int LINE_LIMIT = 2000;

  @Override
  public Declaration declaration() {
    return new Declaration(
        "diff",
        "show the difference between two generations",
        List.of(
            "Compares the files of two generations, in the unified format. With no number: the"
                + " current generation and the one before it. With one: that generation and the"
                + " current one."),
        List.of(
            Declaration.Word.required("TENANT", Declaration.Kind.TENANT, "the tenant"),
            Declaration.Word.optional("N", Declaration.Kind.NUMBER, "the older generation"),
            Declaration.Word.optional("M", Declaration.Kind.NUMBER, "the newer generation")),
        List.of(),
        List.of(
            new Declaration.Example("bitbuilder diff acme", "what the last change did"),
            new Declaration.Example("bitbuilder diff acme 3 7", "from generation 3 to 7")),
        Declaration.Group.LOOK);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    Store store = new Store(context.state());
    Optional<TenantId> tenant =
        Target.id(arguments.word(0).orElseThrow(), store.tenants(), context);
    if (tenant.isEmpty()) {
      return ExitStatus.USAGE;
    }
    List<Generation> all = store.generations(tenant.get());
    Optional<Generation> current = store.current(tenant.get());
    Optional<Generation> after =
        arguments.word(2).isPresent()
            ? Target.generation(arguments.word(2).get(), tenant.get(), all, context)
            : current.or(() -> Optional.of(all.getLast()));
    if (after.isEmpty()) {
      return ExitStatus.USAGE;
    }
    Optional<Generation> before =
        arguments.word(1).isPresent()
            ? Target.generation(arguments.word(1).get(), tenant.get(), all, context)
            : older(after.get(), all, context);
    if (before.isEmpty()) {
      return ExitStatus.USAGE;
    }
    List<Change> changes = changes(before.get(), after.get());
    if (arguments.json()) {
      context.output().json(json(before.get(), after.get(), changes));
    } else {
      for (Change change : changes) {
        print(change, context.output());
      }
    }
    return ExitStatus.DONE;
  }

  private static Optional<Generation> older(
      Generation than, List<Generation> all, Context context) {
    Optional<Generation> older =
        all.stream().filter(one -> one.number() < than.number()).reduce((_, later) -> later);
    if (older.isEmpty()) {
      context
          .output()
          .error(
              "tenant `" + than.tenant() + "` has no generation before " + than.number(),
              "`bitbuilder describe " + than.tenant() + "` lists them");
    }
    return older;
  }

  /** A file that differs; a missing one has no lines. */
  private record Change(String path, String kind, List<String> lines) {}

  private static List<Change> changes(Generation before, Generation after) throws IOException {
    SortedMap<String, List<String>> olds = files(before.directory());
    SortedMap<String, List<String>> news = files(after.directory());
    List<Change> changes = new ArrayList<>();
    TreeSet<String> paths = new TreeSet<>(olds.keySet());
    paths.addAll(news.keySet());
    for (String path : paths) {
      List<String> one = olds.get(path);
      List<String> other = news.get(path);
      if (one == null || other == null || !one.equals(other)) {
        String kind = one == null ? "added" : other == null ? "removed" : "changed";
        changes.add(
            new Change(
                path,
                kind,
                TextDiff.unified(
                    one == null ? List.of() : one, other == null ? List.of() : other)));
      }
    }
    return changes;
  }

  /** All files and links by path; the manifest, which differs always, is left out. */
  private static SortedMap<String, List<String>> files(Path top) throws IOException {
    SortedMap<String, List<String>> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(top)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        String name = top.relativize(path).toString();
        if (Files.isSymbolicLink(path)) {
          files.put(name, List.of("-> " + Files.readSymbolicLink(path)));
        } else if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
            && !name.equals("manifest.json")) {
          String text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
          // Of a ciphertext one sees that it is another one, and no more is of use.
          files.put(
              name,
              name.startsWith(SecretUnits.DIRECTORY + "/")
                  ? List.of("ciphertext " + HexFormat.of().toHexDigits(text.hashCode()))
                  : text.lines().toList());
        }
      }
    }
    return files;
  }

  private static void print(Change change, Output output) {
    String path = Quote.escape(change.path(), LINE_LIMIT);
    String before = change.kind().equals("added") ? "/dev/null" : "a/" + path;
    String after = change.kind().equals("removed") ? "/dev/null" : "b/" + path;
    output.line(output.paint("--- " + before, Output.Style.BOLD));
    output.line(output.paint("+++ " + after, Output.Style.BOLD));
    for (String line : change.lines()) {
      Output.Style style =
          switch (line.charAt(0)) {
            case '-' -> Output.Style.BAD;
            case '+' -> Output.Style.GOOD;
            case '@' -> Output.Style.DIM;
            default -> Output.Style.PLAIN;
          };
      output.line(output.paint(Quote.escape(line, LINE_LIMIT), style));
    }
  }

  private static Map<String, Object> json(
      Generation before, Generation after, List<Change> changes) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("tenant", after.tenant().value());
    value.put("from", (long) before.number());
    value.put("to", (long) after.number());
    value.put(
        "files",
        changes.stream()
            .map(change -> {
              Map<String, Object> file = new LinkedHashMap<>();
              file.put("path", change.path());
              file.put("change", change.kind());
              file.put("diff", change.lines());
              return file;
            })
            .toList());
    return value;
  }
}
