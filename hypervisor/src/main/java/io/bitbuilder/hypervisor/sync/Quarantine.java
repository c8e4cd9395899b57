package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.CommitId;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.BaseRepositoryBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.ObjectWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.PackParser;

/**
 * Where a fetch puts what it receives: a directory of its own that sees the accepted objects and is
 * dropped on any failure. What passed every check is moved into the store by renames, the reference
 * last, so that a crash leaves the old tip or the new one.
 */
final class Quarantine implements AutoCloseable {
  private static final String DIRECTORY = "quarantine";

  private final Path place;
  private final Path store;
  private final String scope;
  private final Optional<CommitId> accepted;
  private final Limits limits;
  private final FileRepository repository;

  private Quarantine(
      Path place,
      Path store,
      String scope,
      Optional<CommitId> accepted,
      Limits limits,
      long largest)
      throws IOException {
    this.place = place;
    this.store = store;
    this.scope = scope;
    this.accepted = accepted;
    this.limits = limits;
    this.repository =
        new Limited(
            new FileRepositoryBuilder()
                .setBare()
                .setGitDir(place.toFile())
                .setObjectDirectory(place.resolve("objects").toFile())
                .setup(),
            limits.objects(),
            largest);
  }

  /** Drops what earlier runs left behind; no fetch may be running. */
  static void clear(Path objects) throws IOException {
    DurableFiles.deleteTree(objects.resolve(DIRECTORY));
  }

  /**
   * Makes an empty one.
   *
   * @param largest object in bytes that is let in
   */
  static Quarantine open(
      Path objects, String scope, Optional<CommitId> accepted, Limits limits, long largest)
      throws IOException {
    GitSettings.apply();
    Path place = objects.resolve(DIRECTORY).resolve(scope + ".git");
    Path store = ObjectStore.directory(objects, scope);
    DurableFiles.deleteTree(place);
    layout(place, accepted);
    Files.createDirectories(place.resolve("objects/info"));
    if (Files.isDirectory(store.resolve("objects"))) {
      Files.writeString(
          place.resolve("objects/info/alternates"),
          store.resolve("objects").toAbsolutePath() + "\n");
    }
    return new Quarantine(place, store, scope, accepted, limits, largest);
  }

  /** What JGit fetches into. */
  FileRepository repository() {
    return repository;
  }

  /**
   * Checks that a received commit is complete and keeps the limits.
   *
   * @throws LimitExceeded when it breaks one
   * @throws IOException when something of it is missing or damaged
   */
  void check(CommitId tip) throws IOException {
    try (ObjectWalk walk = new ObjectWalk(repository)) {
      // A branch may be at a tag as far as JGit is concerned, which it would look through.
      walk.getObjectReader().open(ObjectId.fromString(tip.value()), Constants.OBJ_COMMIT);
      walk.markStart(walk.parseCommit(ObjectId.fromString(tip.value())));
      if (accepted.isPresent()) {
        walk.markUninteresting(walk.parseCommit(ObjectId.fromString(accepted.get().value())));
      }
      connected(walk);
      ObjectId root = walk.parseCommit(ObjectId.fromString(tip.value())).getTree().copy();
      new GitTree(repository, scope, tip, root, limits).check();
    }
  }

  private static void connected(ObjectWalk walk) throws IOException {
    try {
      walk.checkConnectivity();
    } catch (IOException e) {
      String path = walk.getPathString();
      throw path == null || !Broken.isMeant(e) ? e : new Broken(Quote.quote(path), e);
    }
  }

  /** Moves what was received into the store and makes the commit its tip. */
  void publish(CommitId tip) throws IOException {
    repository.close();
    if (!Files.isDirectory(store)) {
      DurableFiles.ensureDirectory(store);
      layout(store, Optional.empty());
    }
    Path packs = store.resolve("objects/pack");
    List<Path> received = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(place.resolve("objects/pack"), "pack-*.{pack,idx}")) {
      files.forEach(received::add);
    }
    // A pack counts from the moment its index is there, so the index comes last.
    received.sort((a, b) -> Boolean.compare(isIndex(a), isIndex(b)));
    for (Path file : received) {
      DurableFiles.sync(file);
      DurableFiles.move(file, packs.resolve(file.getFileName()));
    }
    DurableFiles.replace(store.resolve(ObjectStore.TIP), tip.value() + "\n");
  }

  @Override
  public void close() throws IOException {
    repository.close();
    DurableFiles.deleteTree(place);
  }

  private static boolean isIndex(Path file) {
    return file.toString().endsWith(".idx");
  }

  /** The least that JGit and git both take for a repository. */
  private static void layout(Path directory, Optional<CommitId> tip) throws IOException {
    Files.createDirectories(directory.resolve("objects/pack"));
    Files.createDirectories(directory.resolve("refs/bitbuilder"));
    Files.writeString(directory.resolve("HEAD"), "ref: " + ObjectStore.TIP + "\n");
    if (tip.isPresent()) {
      Files.writeString(directory.resolve(ObjectStore.TIP), tip.get().value() + "\n");
    }
  }

  /** A repository that parses packs within limits. */
  private static final class Limited extends FileRepository {
    private final long objects;
    private final long largest;

    Limited(BaseRepositoryBuilder<?, ?> options, long objects, long largest) throws IOException {
      super(options);
      this.objects = objects;
      this.largest = largest;
    }

    @Override
    public ObjectInserter newObjectInserter() {
      return new LimitedInserter(super.newObjectInserter(), objects, largest);
    }
  }

  private static final class LimitedInserter extends ObjectInserter.Filter {
    private final ObjectInserter inserter;
    private final long objects;
    private final long largest;

    LimitedInserter(ObjectInserter inserter, long objects, long largest) {
      this.inserter = inserter;
      this.objects = objects;
      this.largest = largest;
    }

    @Override
    protected ObjectInserter delegate() {
      return inserter;
    }

    @Override
    public ObjectReader newReader() {
      return inserter.newReader();
    }

    @Override
    public PackParser newPackParser(InputStream in) throws IOException {
      PackParser parser = inserter.newPackParser(new CountedPack(in, objects));
      parser.setMaxObjectSizeLimit(largest);
      return parser;
    }
  }

  /** Refuses a pack by the number of objects its header tells, before JGit makes room for them. */
  private static final class CountedPack extends FilterInputStream {
    private static final int HEADER = 12;

    private final long limit;
    private long count;
    private int seen;

    CountedPack(InputStream in, long limit) {
      super(in);
      this.limit = limit;
    }

    @Override
    public int read() throws IOException {
      int c = super.read();
      if (c >= 0) {
        look(c);
      }
      return c;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      for (int i = 0; i < read && seen < HEADER; i++) {
        look(bytes[offset + i] & 0xff);
      }
      return read;
    }

    private void look(int c) throws LimitExceeded {
      if (seen >= HEADER) {
        return;
      }
      seen++;
      if (seen > HEADER - 4) {
        count = count << 8 | c;
      }
      if (seen == HEADER && count > limit) {
        throw new LimitExceeded("a pack of " + count + " objects", limit + " objects");
      }
    }
  }
}
