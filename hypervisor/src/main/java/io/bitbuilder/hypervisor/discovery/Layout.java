package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.model.SourceTree.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What lies where in a tenant repository. Each directory is listed once, and what is not one of
 * ours is a warning.
 */
final class Layout {
  private static final String TOP =
      "metadata.json, infrastructure/, network/, machines/, containers/, extensions/, services/,"
          + " credentials/, users/, scripts/";

  private final Repository repository;
  private final Map<String, Entry> files = new HashMap<>();
  private final Map<String, List<Entry>> directories = new HashMap<>();

  private Layout(Repository repository) {
    this.repository = repository;
  }

  static Layout read(Repository repository) throws IOException {
    Layout layout = new Layout(repository);
    for (Entry entry : repository.list("")) {
      layout.top(entry);
    }
    return layout;
  }

  /** A document that was found. */
  Optional<Entry> file(String path) {
    return Optional.ofNullable(files.get(path));
  }

  /** The entries of a directory that was found. */
  List<Entry> in(String path) {
    return directories.getOrDefault(path, List.of());
  }

  private void top(Entry entry) throws IOException {
    switch (entry.name()) {
      case "metadata.json" -> files.put(entry.path(), entry);
      case "infrastructure" -> {
        for (Entry child : repository.directory(entry)) {
          switch (child.name()) {
            case "config.yaml", "resource-limits.yaml" -> files.put(child.path(), child);
            default -> repository.unexpected(child, "config.yaml, resource-limits.yaml");
          }
        }
      }
      case "network" -> {
        for (Entry child : repository.directory(entry)) {
          switch (child.name()) {
            case "topology.yaml" -> files.put(child.path(), child);
            case "wireguard", "firewall" -> directories.put(child.path(), filesOf(child, ".yaml"));
            default -> repository.unexpected(child, "topology.yaml, wireguard/, firewall/");
          }
        }
      }
      case "machines", "containers", "users" -> directories.put(entry.path(), directoriesOf(entry));
      case "extensions" -> {
        for (Entry child : repository.directory(entry)) {
          switch (child.name()) {
            case "sysext", "confext" ->
                directories.put(child.path(), filesOf(child, "." + child.name() + ".raw"));
            default -> repository.unexpected(child, "sysext/, confext/");
          }
        }
      }
      case "services" -> directories.put(entry.path(), filesOf(entry, ".portable.raw"));
      case "credentials" -> directories.put(entry.path(), filesOf(entry, Secrets.SUFFIX));
      case "scripts" -> directories.put(entry.path(), filesOf(entry, ".sh"));
      default -> repository.unexpected(entry, TOP);
    }
  }

  private List<Entry> filesOf(Entry directory, String suffix) throws IOException {
    List<Entry> found = new ArrayList<>();
    for (Entry child : repository.directory(directory)) {
      if (!child.name().endsWith(suffix) || child.name().length() == suffix.length()) {
        repository.unexpected(child, "files that end in " + suffix);
      } else if (repository.isFile(child)) {
        found.add(child);
      }
    }
    return found;
  }

  private List<Entry> directoriesOf(Entry directory) throws IOException {
    List<Entry> found = new ArrayList<>();
    for (Entry child : repository.directory(directory)) {
      switch (child.kind()) {
        case DIRECTORY -> found.add(child);
        case SYMLINK, SUBMODULE, OTHER -> repository.wrongKind(child, "a directory");
        case FILE, EXECUTABLE ->
            repository.unexpected(child, "one directory for each name in " + directory.name());
      }
    }
    return found;
  }
}
