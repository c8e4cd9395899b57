package io.bitbuilder.hypervisor.discovery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.SourceTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** A commit in memory. It can hold what a directory cannot: submodules, huge files, odd names. */
final class MemoryTree implements SourceTree {
  private final TreeMap<String, Entry> entries = new TreeMap<>();
  private final TreeMap<String, byte[]> contents = new TreeMap<>();
  private int reads;

  MemoryTree file(String path, String content) {
    contents.put(path, content.getBytes(UTF_8));
    return put(path, Kind.FILE, contents.get(path).length);
  }

  /** A file that claims to be of a size; reading it is a mistake. */
  MemoryTree huge(String path, long size) {
    return put(path, Kind.FILE, size);
  }

  MemoryTree put(String path, Kind kind, long size) {
    int slash = path.lastIndexOf('/');
    if (slash > 0 && !entries.containsKey(path.substring(0, slash))) {
      put(path.substring(0, slash), Kind.DIRECTORY, 0);
    }
    entries.put(path, new Entry(path.substring(slash + 1), path, kind, "", size));
    return this;
  }

  int reads() {
    return reads;
  }

  @Override
  public String repository() {
    return "acme";
  }

  @Override
  public Optional<CommitId> commit() {
    return Optional.of(new CommitId("0123456789abcdef0123456789abcdef01234567"));
  }

  @Override
  public List<Entry> list(String path) {
    List<Entry> found = new ArrayList<>();
    for (Entry entry : entries.values()) {
      int slash = entry.path().lastIndexOf('/');
      if (path.equals(slash < 0 ? "" : entry.path().substring(0, slash))) {
        found.add(entry);
      }
    }
    return found;
  }

  @Override
  public Optional<Entry> find(String path) {
    return Optional.ofNullable(entries.get(path));
  }

  @Override
  public byte[] read(Entry entry, long limit) throws IOException {
    reads++;
    byte[] content = contents.get(entry.path());
    if (content == null || content.length > limit) {
      throw new IOException("not to be read: " + entry.path());
    }
    return content;
  }
}
