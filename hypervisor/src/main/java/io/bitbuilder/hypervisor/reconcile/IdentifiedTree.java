package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.SourceTree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * A plain directory as Git would see it: every entry with the object id it would have, and without
 * directories that hold nothing. What is compiled from it then equals what is compiled from a
 * commit of the same files (gitformat-index(5) names the modes, git-hash-object(1) the ids).
 */
final class IdentifiedTree implements SourceTree {
  /** What the Git client takes of one object. */
  private static final long LIMIT = 100L << 20;

  private final SourceTree files;

  IdentifiedTree(SourceTree files) {
    this.files = files;
  }

  @Override
  public String repository() {
    return files.repository();
  }

  @Override
  public Optional<CommitId> commit() {
    return files.commit();
  }

  @Override
  public List<Entry> list(String path) throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Entry entry : files.list(path)) {
      if (entry.kind() != Kind.DIRECTORY || !list(entry.path()).isEmpty()) {
        entries.add(identified(entry));
      }
    }
    return List.copyOf(entries);
  }

  @Override
  public Optional<Entry> find(String path) throws IOException {
    Optional<Entry> found = files.find(path);
    return found.isPresent() ? Optional.of(identified(found.get())) : Optional.empty();
  }

  @Override
  public byte[] read(Entry entry, long limit) throws IOException {
    return files.read(entry, limit);
  }

  /** The object id of the whole tree: 40 digits, like a commit's. */
  String id() throws IOException {
    return treeId("");
  }

  private Entry identified(Entry entry) throws IOException {
    return switch (entry.kind()) {
      case FILE, EXECUTABLE, SYMLINK -> with(entry, hash("blob", files.read(entry, LIMIT)));
      case DIRECTORY -> with(entry, treeId(entry.path()));
      case SUBMODULE, OTHER -> entry;
    };
  }

  private static Entry with(Entry entry, String id) {
    return new Entry(entry.name(), entry.path(), entry.kind(), id, entry.size());
  }

  private String treeId(String path) throws IOException {
    List<Entry> entries = new ArrayList<>(list(path));
    // Git compares a directory as if its name ended in a slash.
    entries.sort(Comparator.comparing(IdentifiedTree::sortName, IdentifiedTree::compareBytes));
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (Entry entry : entries) {
      String mode =
          switch (entry.kind()) {
            case FILE, OTHER -> "100644";
            case EXECUTABLE -> "100755";
            case SYMLINK -> "120000";
            case DIRECTORY -> "40000";
            case SUBMODULE -> "160000";
          };
      content.writeBytes((mode + " " + entry.name() + "\0").getBytes(StandardCharsets.UTF_8));
      content.writeBytes(HexFormat.of().parseHex(entry.id()));
    }
    return hash("tree", content.toByteArray());
  }

  private static String sortName(Entry entry) {
    return entry.kind() == Kind.DIRECTORY ? entry.name() + "/" : entry.name();
  }

  private static int compareBytes(String a, String b) {
    return java.util.Arrays.compareUnsigned(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  private static String hash(String type, byte[] content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      digest.update((type + " " + content.length + "\0").getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }
}
