package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.SourceTree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;

/**
 * The files of one commit, read by object id. Safe for use by several threads while its {@link
 * ObjectStore} is open; a directory is read once.
 */
final class GitTree implements SourceTree {
  private final Repository repository;
  private final String scope;
  private final CommitId commit;
  private final ObjectId root;
  private final Limits limits;
  private final Map<String, List<Entry>> directories = new ConcurrentHashMap<>();
  private final AtomicInteger entries = new AtomicInteger();

  GitTree(Repository repository, String scope, CommitId commit, ObjectId root, Limits limits) {
    this.repository = repository;
    this.scope = scope;
    this.commit = commit;
    this.root = root;
    this.limits = limits;
  }

  @Override
  public String repository() {
    return scope;
  }

  @Override
  public Optional<CommitId> commit() {
    return Optional.of(commit);
  }

  @Override
  public List<Entry> list(String path) throws IOException {
    List<Entry> known = directories.get(path);
    if (known != null) {
      return known;
    }
    ObjectId tree = root;
    if (!path.isEmpty()) {
      Optional<Entry> entry = find(path);
      if (entry.isEmpty() || entry.get().kind() != Kind.DIRECTORY) {
        return List.of();
      }
      tree = ObjectId.fromString(entry.get().id());
    }
    List<Entry> read = read(path, tree);
    List<Entry> first = directories.putIfAbsent(path, read);
    return first == null ? read : first;
  }

  @Override
  public Optional<Entry> find(String path) throws IOException {
    int slash = path.lastIndexOf('/');
    String name = path.substring(slash + 1);
    for (Entry entry : list(slash < 0 ? "" : path.substring(0, slash))) {
      if (entry.name().equals(name)) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  @Override
  public byte[] read(Entry entry, long limit) throws IOException {
    switch (entry.kind()) {
      case FILE, EXECUTABLE, SYMLINK -> {}
      case DIRECTORY, SUBMODULE, OTHER ->
          throw new IOException(Quote.quote(entry.path()) + " is not a file");
    }
    try (ObjectReader reader = repository.newObjectReader()) {
      ObjectLoader blob = open(reader, entry);
      if (blob.getSize() > limit) {
        throw new IOException(
            Quote.quote(entry.path())
                + " has "
                + blob.getSize()
                + " bytes, more than the "
                + limit
                + " allowed");
      }
      return blob.getBytes((int) Math.min(limit, Integer.MAX_VALUE - 8));
    }
  }

  @Override
  public void copy(Entry entry, OutputStream into) throws IOException {
    if (entry.kind() != Kind.FILE && entry.kind() != Kind.EXECUTABLE) {
      throw new IOException(Quote.quote(entry.path()) + " is not a file");
    }
    try (ObjectReader reader = repository.newObjectReader()) {
      open(reader, entry).copyTo(into);
    }
  }

  private static ObjectLoader open(ObjectReader reader, Entry entry) throws IOException {
    try {
      return reader.open(ObjectId.fromString(entry.id()), Constants.OBJ_BLOB);
    } catch (IOException e) {
      throw Broken.isMeant(e) ? new Broken(Broken.file(entry.path()), e) : e;
    }
  }

  /**
   * Visits the whole tree, so that one that breaks a limit is found before it is accepted.
   *
   * @throws LimitExceeded when there are too many entries, they nest too deep, or a file is too big
   */
  void check() throws IOException {
    check("");
  }

  private void check(String path) throws IOException {
    for (Entry entry : list(path)) {
      if (entry.size() > limits.blobBytes()) {
        throw new LimitExceeded(
            "file " + Quote.quote(entry.path()) + " has " + entry.size() + " bytes",
            limits.blobBytes() + " bytes");
      }
      if (entry.kind() == Kind.DIRECTORY) {
        check(entry.path());
      }
    }
  }

  private List<Entry> read(String path, ObjectId tree) throws IOException {
    long depth = path.isEmpty() ? 0 : path.chars().filter(c -> c == '/').count() + 1;
    if (depth > limits.depth()) {
      throw new LimitExceeded(
          "directory " + Quote.quote(path) + " is nested too deep", limits.depth() + " levels");
    }
    List<Entry> list = new ArrayList<>();
    try (ObjectReader reader = repository.newObjectReader()) {
      CanonicalTreeParser parser = new CanonicalTreeParser();
      try {
        parser.reset(reader, tree);
      } catch (IOException e) {
        throw Broken.isMeant(e) ? new Broken(Broken.directory(path), e) : e;
      }
      for (; !parser.eof(); parser.next()) {
        if (entries.incrementAndGet() > limits.treeEntries()) {
          throw new LimitExceeded("too many files and directories", limits.treeEntries() + "");
        }
        list.add(entry(path, parser, reader));
      }
    }
    // Git orders a directory as if its name ended in a slash.
    list.sort(DirectoryTree.BYTE_ORDER);
    return List.copyOf(list);
  }

  private static Entry entry(String directory, CanonicalTreeParser parser, ObjectReader reader)
      throws IOException {
    byte[] bytes = new byte[parser.getNameLength()];
    parser.getName(bytes, 0);
    String name;
    try {
      name = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException _) {
      // Without the cause, which is all that would be told of it.
      throw new IOException("a name in " + Quote.quote(directory) + " is not valid UTF-8");
    }
    if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0) {
      throw new IOException("a name in " + Quote.quote(directory) + " is " + Quote.quote(name));
    }
    ObjectId id = parser.getEntryObjectId();
    Kind kind = kind(parser.getEntryFileMode());
    String path = directory.isEmpty() ? name : directory + "/" + name;
    boolean file = kind == Kind.FILE || kind == Kind.EXECUTABLE;
    return new Entry(name, path, kind, id.name(), file ? size(reader, id, path) : 0);
  }

  private static long size(ObjectReader reader, ObjectId id, String path) throws IOException {
    try {
      return reader.getObjectSize(id, Constants.OBJ_BLOB);
    } catch (IOException e) {
      throw Broken.isMeant(e) ? new Broken(Broken.file(path), e) : e;
    }
  }

  private static Kind kind(FileMode mode) {
    return switch (mode.getBits() & FileMode.TYPE_MASK) {
      case FileMode.TYPE_TREE -> Kind.DIRECTORY;
      case FileMode.TYPE_SYMLINK -> Kind.SYMLINK;
      case FileMode.TYPE_GITLINK -> Kind.SUBMODULE;
      case FileMode.TYPE_FILE ->
          mode.equals(FileMode.EXECUTABLE_FILE) ? Kind.EXECUTABLE : Kind.FILE;
      default -> Kind.OTHER;
    };
  }
}
