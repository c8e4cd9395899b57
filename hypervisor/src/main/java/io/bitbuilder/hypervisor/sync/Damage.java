package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.CommitId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;

/**
 * Where in the files of a commit something is wrong with them. Whoever sends objects names the one
 * it stumbled over by its id, if at all; of a repository on this host the path can be found, and
 * what is only too large is told from what is broken. Looks until it finds something, and no
 * further than the limits.
 */
final class Damage {
  private final ObjectReader reader;
  private final Limits limits;
  private final ObjectChecker checker = GitSettings.checker();
  private int entries;
  private long bytes;
  private final Set<ObjectId> seen = new HashSet<>();

  /** Whether files are opened; otherwise their sizes are asked for. */
  private final boolean whole;

  private Damage(ObjectReader reader, Limits limits, boolean whole) {
    this.reader = reader;
    this.limits = limits;
    this.whole = whole;
  }

  /**
   * What of a commit is too large, by what a repository says of it: before it is sent, which takes
   * time and memory. What is damaged is passed over.
   */
  static Optional<Result.Failed> tooLarge(Path directory, CommitId commit, Limits limits) {
    return look(directory, commit, limits, false, "").filter(found -> found.code() == Code.BB504);
  }

  /**
   * Looks at a commit of a repository of this host.
   *
   * @return what is wrong and where; empty when nothing is found
   */
  static Optional<Result.Failed> find(Path directory, CommitId commit, Limits limits, String mend) {
    return look(directory, commit, limits, true, mend);
  }

  private static Optional<Result.Failed> look(
      Path directory, CommitId commit, Limits limits, boolean whole, String mend) {
    try (Repository repository = ObjectStore.repository(directory);
        ObjectReader reader = repository.newObjectReader()) {
      new Damage(reader, limits, whole).commit(ObjectId.fromString(commit.value()));
      return Optional.empty();
    } catch (LimitExceeded e) {
      return Optional.of(Faults.limit(e.getMessage() + "", e.allowed(), ""));
    } catch (Broken e) {
      return Optional.of(Faults.unreachable("the repository is damaged: " + e.getMessage(), mend));
    } catch (IOException | RuntimeException _) {
      return Optional.empty();
    }
  }

  private void commit(ObjectId id) throws IOException {
    byte[] content = content(id, Constants.OBJ_COMMIT, "commit " + id.abbreviate(7).name());
    directory("", RevCommit.parse(content).getTree());
  }

  private void directory(String path, ObjectId id) throws IOException {
    long depth = path.isEmpty() ? 0 : path.chars().filter(c -> c == '/').count() + 1;
    if (depth > limits.depth()) {
      throw new LimitExceeded(
          "directory " + Quote.quote(path) + " is nested too deep", limits.depth() + " levels");
    }
    String what = Broken.directory(path);
    byte[] content = content(id, Constants.OBJ_TREE, what);
    try {
      checker.checkTree(id, content);
    } catch (CorruptObjectException e) {
      throw new Broken(what, e);
    }
    CanonicalTreeParser parser = new CanonicalTreeParser();
    for (parser.reset(content); !parser.eof(); parser.next()) {
      if (++entries > limits.treeEntries()) {
        throw new LimitExceeded("too many files and directories", limits.treeEntries() + "");
      }
      byte[] name = new byte[parser.getNameLength()];
      parser.getName(name, 0);
      String text = new String(name, StandardCharsets.UTF_8);
      entry(path.isEmpty() ? text : path + "/" + text, parser);
    }
  }

  private void entry(String path, CanonicalTreeParser parser) throws IOException {
    ObjectId id = parser.getEntryObjectId();
    switch (parser.getEntryRawMode() & FileMode.TYPE_MASK) {
      case FileMode.TYPE_TREE -> directory(path, id);
      case FileMode.TYPE_FILE, FileMode.TYPE_SYMLINK -> file(Broken.file(path), id);
      case FileMode.TYPE_GITLINK -> {}
      default -> throw new Broken(Quote.quote(path), "its mode is none");
    }
  }

  private void file(String what, ObjectId id) throws IOException {
    long size =
        whole
            ? open(id, Constants.OBJ_BLOB, what).getSize()
            : reader.getObjectSize(id, Constants.OBJ_BLOB);
    // A file that is there twice is stored once.
    bytes += seen.add(id) ? size : 0;
    if (size > limits.blobBytes()) {
      throw new LimitExceeded(what + " has " + size + " bytes", limits.blobBytes() + " bytes");
    }
    if (bytes > limits.storeBytes()) {
      throw new LimitExceeded(
          "its files have more than " + limits.storeBytes() + " bytes together",
          limits.storeBytes() + " bytes");
    }
  }

  private byte[] content(ObjectId id, int type, String what) throws IOException {
    ObjectLoader loader = open(id, type, what);
    if (loader.isLarge()) {
      throw new LimitExceeded(
          what + " has " + loader.getSize() + " bytes", GitSettings.STREAMED_FROM + " bytes");
    }
    return loader.getCachedBytes();
  }

  private ObjectLoader open(ObjectId id, int type, String what) throws IOException {
    try {
      return reader.open(id, type);
    } catch (LargeObjectException _) {
      throw new LimitExceeded(what + " is too large", limits.blobBytes() + " bytes");
    } catch (IOException e) {
      throw Broken.isMeant(e) ? new Broken(what, e) : e;
    }
  }
}
