package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.template.Templates;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code bitbuilder init}: a repository to start from. */
final class InitVerb implements Verb {
  private static final String DEFAULT_ID = "tenant-001";

  @Override
  public Declaration declaration() {
    return new Declaration(
        "init",
        "write a system or tenant repository to start from",
        List.of(
            "Writes the files of a repository that is valid as it is. `tenant` has one container"
                + " that serves a page, `system` has no tenant yet, `container` adds a container to"
                + " a tenant repository. No file is overwritten.",
            "Commit the files, push them, and name the repository in /etc/bitbuilder/host.yaml"
                + " (system) or in tenants/registry.json of the system repository (tenant)."),
        List.of(
            Declaration.Word.choice(
                "KIND", List.of("tenant", "system", "container"), "tenant, system or container"),
            Declaration.Word.required("DIR", Declaration.Kind.DIRECTORY, "where to write it")),
        List.of(
            Declaration.Option.value(
                "id", "ID", "the id of the tenant; the directory's name when it can be one"),
            Declaration.Option.value("name", "NAME", "the name of the container; web by default")),
        List.of(
            new Declaration.Example("bitbuilder init system bitbuilder-system", "for a host"),
            new Declaration.Example("bitbuilder init tenant tenant-acme", "for a tenant")),
        Declaration.Group.WRITE);
  }

  @Override
  public int run(Arguments arguments, Context context) throws IOException {
    Path directory = Path.of(arguments.word(1).orElseThrow());
    String id = arguments.option("id").orElseGet(() -> idOf(directory));
    if (!TenantId.isValid(id)) {
      return context.fail(
          ExitStatus.USAGE, "--id cannot be " + Quote.quote(id), "use " + TenantId.EXPECTED);
    }
    String name = arguments.option("name").orElse("web");
    if (!ResourceName.isValid(name)) {
      return context.fail(
          ExitStatus.USAGE,
          "--name cannot be " + Quote.quote(name),
          "use " + ResourceName.EXPECTED);
    }
    Templates.Kind kind =
        Templates.Kind.valueOf(arguments.word(0).orElseThrow().toUpperCase(Locale.ROOT));
    List<Path> written;
    try {
      written =
          new Templates(context.root())
              .write(kind, directory, new TenantId(id), new ResourceName(name));
    } catch (FileAlreadyExistsException e) {
      return context.fail(
          ExitStatus.USAGE,
          "file exists: " + Quote.escape(String.valueOf(e.getFile())),
          "choose another directory; nothing was written");
    }
    Output output = context.output();
    if (arguments.json()) {
      Map<String, Object> value = new LinkedHashMap<>();
      value.put("directory", directory.toString());
      value.put("files", written.stream().map(Path::toString).toList());
      output.json(value);
    } else {
      written.forEach(path -> output.line(Quote.escape(directory.resolve(path).toString(), 400)));
      output.hint("see `bitbuilder validate " + Quote.escape(directory.toString()) + "`");
    }
    return ExitStatus.DONE;
  }

  private static String idOf(Path directory) {
    Path last = directory.toAbsolutePath().normalize().getFileName();
    String name = last == null ? "" : last.toString();
    return TenantId.isValid(name) ? name : DEFAULT_ID;
  }
}
