package io.bitbuilder.hypervisor.injection;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A commit in memory, of which one file is another or has another name. */
record Trees(String name, SortedMap<String, byte[]> files) implements SourceTree {
  /** All files of a directory. */
  static Trees read(String name, Path directory) throws IOException {
    SortedMap<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.put(directory.relativize(path).toString(), Files.readAllBytes(path));
      }
    }
    return new Trees(name, files);
  }

  String text(String path) {
    byte[] bytes = files.get(path);
    if (bytes == null) {
      throw new IllegalArgumentException("no file " + path);
    }
    return new String(bytes, UTF_8);
  }

  Trees with(String path, String content) {
    return with(path, content.getBytes(UTF_8));
  }

  Trees with(String path, byte[] content) {
    SortedMap<String, byte[]> changed = new TreeMap<>(files);
    changed.put(path, content);
    return new Trees(name, changed);
  }

  /** The same with all that is at or below a path at or below another. */
  Trees renamed(String from, String to) {
    SortedMap<String, byte[]> changed = new TreeMap<>();
    files.forEach((path, content) -> {
      boolean moved = path.equals(from) || path.startsWith(from + "/");
      changed.put(moved ? to + path.substring(from.length()) : path, content);
    });
    return new Trees(name, changed);
  }

  @Override
  public String repository() {
    return name;
  }

  @Override
  public Optional<CommitId> commit() {
    return Optional.empty();
  }

  @Override
  public List<Entry> list(String path) {
    SortedMap<String, Entry> found = new TreeMap<>();
    String prefix = path.isEmpty() ? "" : path + "/";
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      if (file.getKey().startsWith(prefix)) {
        String rest = file.getKey().substring(prefix.length());
        int slash = rest.indexOf('/');
        String child = slash < 0 ? rest : rest.substring(0, slash);
        found.put(
            child,
            slash < 0
                ? new Entry(child, prefix + child, kind(child), "", file.getValue().length)
                : new Entry(child, prefix + child, Kind.DIRECTORY, "", 0));
      }
    }
    return new ArrayList<>(found.values());
  }

  private static Kind kind(String file) {
    return file.endsWith(".sh") ? Kind.EXECUTABLE : Kind.FILE;
  }

  @Override
  public Optional<Entry> find(String path) {
    int slash = path.lastIndexOf('/');
    return list(slash < 0 ? "" : path.substring(0, slash)).stream()
        .filter(entry -> entry.path().equals(path))
        .findFirst();
  }

  @Override
  public byte[] read(Entry entry, long limit) throws IOException {
    byte[] content = files.get(entry.path());
    if (content == null || content.length > limit) {
      throw new IOException("not to be read: " + entry.path());
    }
    return content;
  }
}
