package io.bitbuilder.hypervisor.template;

import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The templates of repositories under /usr/lib/bitbuilder/templates: files as they are, with {@code
 * @id@} and {@code @name@} replaced in their paths and contents.
 */
public final class Templates {
  /** What can be created. */
  public enum Kind {
    /** A system repository without a tenant. */
    SYSTEM,
    /** A tenant repository with one container that serves a page. */
    TENANT,
    /** One more container of a tenant repository. */
    CONTAINER,
    /** One more machine of a tenant repository. */
    MACHINE,
    /** One more user of a tenant repository. */
    USER;

    private List<String> parts() {
      return switch (this) {
        case SYSTEM -> List.of("system");
        case TENANT -> List.of("tenant-infra", "tenant-container");
        case CONTAINER -> List.of("tenant-container");
        case MACHINE -> List.of("tenant-machine");
        case USER -> List.of("tenant-homed");
      };
    }
  }

  private final Path templates;

  /**
   * Opens the templates.
   *
   * @param root the directory the host's files are under
   */
  public Templates(Path root) {
    this.templates = root.resolve("usr/lib/bitbuilder/templates");
  }

  /**
   * Writes a new repository, or adds to one.
   *
   * @param directory where to; it is made when it is missing
   * @param tenant the id of the tenant
   * @param name the name of the container, machine or user
   * @return the files written, relative to the directory, in byte order of their paths
   * @throws FileAlreadyExistsException when a file is there already; nothing is written then
   */
  public List<Path> write(Kind kind, Path directory, TenantId tenant, ResourceName name)
      throws IOException {
    Map<String, String> values = Map.of("@id@", tenant.value(), "@name@", name.value());
    Map<String, String> files = new TreeMap<>();
    for (String part : kind.parts()) {
      read(templates.resolve(part), values, files);
    }
    for (String path : files.keySet()) {
      if (Files.exists(directory.resolve(path), LinkOption.NOFOLLOW_LINKS)) {
        throw new FileAlreadyExistsException(directory.resolve(path).toString());
      }
    }
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path target = directory.resolve(file.getKey());
      Files.createDirectories(target.getParent());
      Files.writeString(target, file.getValue());
    }
    return files.keySet().stream().map(Path::of).toList();
  }

  private static void read(Path part, Map<String, String> values, Map<String, String> files)
      throws IOException {
    List<Path> sources;
    try (Stream<Path> tree = Files.walk(part)) {
      sources = tree.filter(Files::isRegularFile).toList();
    }
    for (Path source : sources) {
      String path = part.relativize(source).toString();
      String content = Files.readString(source, StandardCharsets.UTF_8);
      files.put(replace(path, values), replace(content, values));
    }
  }

  private static String replace(String text, Map<String, String> values) {
    String result = text;
    for (Map.Entry<String, String> value : values.entrySet()) {
      result = result.replace(value.getKey(), value.getValue());
    }
    return result;
  }
}
