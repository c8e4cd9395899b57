package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.discovery.RepositoryKind;
import io.bitbuilder.hypervisor.discovery.Systems;
import io.bitbuilder.hypervisor.discovery.Tenants;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.networkd.Networkd;
import io.bitbuilder.hypervisor.sync.DirectoryTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** {@code bitbuilder validate}: all that can be said of a repository without a host. */
final class ValidateVerb implements Verb {
  @Override
  public Declaration declaration() {
    return new Declaration(
        "validate",
        "check a checked-out repository",
        List.of(
            "Reads a tenant or system repository from a plain directory and reports everything that"
                + " is wrong with it, each with file, line, column and help. Needs neither root nor"
                + " a host. Silent when all is well, except on a terminal.",
            "What depends on a host, such as quotas, is checked by `bitbuilder plan --from`."),
        List.of(
            Declaration.Word.optional(
                "PATH", Declaration.Kind.DIRECTORY, "the directory; the current one by default")),
        List.of(),
        List.of(
            new Declaration.Example("bitbuilder validate .", "before a commit"),
            new Declaration.Example("bitbuilder validate --json tenant-acme", "for an editor")),
        Declaration.Group.WRITE);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    Path path = Path.of(arguments.word(0).orElse("."));
    if (!Files.isDirectory(path)) {
      return context.fail(
          ExitStatus.USAGE,
          "no directory " + Quote.quote(path.toString()),
          "name the top of a checked-out repository");
    }
    SourceTree tree = new DirectoryTree(path);
    RepositoryKind kind = RepositoryKind.of(tree);
    Report report = new Report();
    Optional<?> model =
        switch (kind) {
          case TENANT -> Tenants.read(tree, Optional.empty(), report);
          case SYSTEM -> Systems.read(tree, new Networkd(context.root()), report);
          case NEITHER -> Optional.empty();
        };
    if (kind == RepositoryKind.NEITHER) {
      return context.fail(
          ExitStatus.USAGE,
          Quote.quote(path.toString()) + " is neither a tenant nor a system repository",
          "a tenant repository has metadata.json, a system repository .gitops/config.yaml or"
              + " tenants/registry.json; `bitbuilder init` writes one");
    }
    List<Diagnostic> findings = report.sorted();
    Output output = context.output();
    if (arguments.json()) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("path", path.toString());
      value.put("kind", word(kind));
      value.put("valid", model.isPresent());
      value.put("findings", Findings.json(findings));
      output.json(value);
    } else {
      Findings.print(findings, output);
      if (model.isPresent()) {
        output.hint(
            "OK: " + Quote.escape(path.toString()) + " is a valid " + word(kind) + " repository");
      }
    }
    return model.isPresent() ? ExitStatus.DONE : ExitStatus.REJECTED;
  }

  private static String word(RepositoryKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
