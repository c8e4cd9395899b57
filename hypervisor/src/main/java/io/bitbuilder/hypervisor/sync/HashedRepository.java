package io.bitbuilder.hypervisor.sync;

import java.io.FilterInputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.LargeObjectException;
import org.eclipse.jgit.internal.storage.commitgraph.CommitGraph;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.AbbreviatedObjectId;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.AsyncObjectLoaderQueue;
import org.eclipse.jgit.lib.BaseRepositoryBuilder;
import org.eclipse.jgit.lib.BitmapIndex;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.ObjectStream;
import org.eclipse.jgit.util.sha1.SHA1;
import org.eclipse.jgit.util.sha1.Sha1CollisionException;
import org.jspecify.annotations.Nullable;

/**
 * A repository that believes nothing its files say about what is in them: each object is hashed
 * when it is read, and one that is not what its name says is damaged. Git does so when it receives
 * objects; whoever writes the store could put others in their place afterwards. What is signed is
 * the name of a commit's tree: without this, anything could lie under it.
 */
final class HashedRepository extends FileRepository {
  HashedRepository(BaseRepositoryBuilder<?, ?> options) throws IOException {
    super(options);
  }

  @Override
  public ObjectReader newObjectReader() {
    return new Reader(super.newObjectReader());
  }

  /** Nothing but objects: neither where history ends nor what it looks like is taken from files. */
  private static final class Reader extends ObjectReader.Filter {
    private final ObjectReader reader;

    Reader(ObjectReader reader) {
      this.reader = reader;
    }

    @Override
    protected ObjectReader delegate() {
      return reader;
    }

    @Override
    public ObjectReader newReader() {
      return new Reader(reader.newReader());
    }

    @Override
    public ObjectLoader open(AnyObjectId id) throws IOException {
      return open(id, OBJ_ANY);
    }

    @Override
    public ObjectLoader open(AnyObjectId id, int hint) throws IOException {
      ObjectLoader loader = reader.open(id, hint);
      if (loader.isLarge()) {
        return new Large(id.copy(), loader);
      }
      byte[] bytes = loader.getCachedBytes();
      SHA1 hash = begin(loader.getType(), bytes.length);
      hash.update(bytes);
      check(id, hash);
      return new ObjectLoader.SmallObject(loader.getType(), bytes);
    }

    @Override
    public <T extends ObjectId> AsyncObjectLoaderQueue<T> open(
        Iterable<T> ids, boolean reportMissing) {
      // Only the packing of a store asks so, and that has a repository of its own (Housekeeping).
      throw new UnsupportedOperationException("objects are read one by one");
    }

    @Override
    public Collection<ObjectId> resolve(AbbreviatedObjectId id) throws IOException {
      return reader.resolve(id);
    }

    @Override
    public Set<ObjectId> getShallowCommits() {
      return Set.of();
    }

    @Override
    public @Nullable BitmapIndex getBitmapIndex() {
      return null;
    }

    @Override
    public Optional<CommitGraph> getCommitGraph() {
      return Optional.empty();
    }
  }

  private static SHA1 begin(int type, long size) {
    SHA1 hash = SHA1.newInstance().setDetectCollision(true);
    hash.update(Constants.encodedTypeString(type));
    hash.update((byte) ' ');
    hash.update(Constants.encodeASCII(size));
    hash.update((byte) 0);
    return hash;
  }

  private static void check(AnyObjectId id, SHA1 hash) throws IOException {
    try {
      if (hash.toObjectId().equals(id)) {
        return;
      }
    } catch (Sha1CollisionException e) {
      throw new IOException("object " + id.name() + " was made to collide with another", e);
    }
    throw new CorruptObjectException(id, "it is not what its name says");
  }

  /**
   * Too large to be held: hashed while it is read, and no last byte of it is given if it is wrong.
   */
  private static final class Large extends ObjectLoader {
    private final ObjectId id;
    private final ObjectLoader loader;

    Large(ObjectId id, ObjectLoader loader) {
      this.id = id;
      this.loader = loader;
    }

    @Override
    public int getType() {
      return loader.getType();
    }

    @Override
    public long getSize() {
      return loader.getSize();
    }

    @Override
    public byte[] getCachedBytes() {
      throw new LargeObjectException(id);
    }

    @Override
    public ObjectStream openStream() throws IOException {
      ObjectStream stream = loader.openStream();
      return new ObjectStream.Filter(
          stream.getType(), stream.getSize(), new Hashing(id, stream, stream.getType()));
    }
  }

  private static final class Hashing extends FilterInputStream {
    private final ObjectId id;
    private final SHA1 hash;
    private long left;

    Hashing(ObjectId id, ObjectStream stream, int type) {
      super(stream);
      this.id = id;
      this.left = stream.getSize();
      this.hash = begin(type, left);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int count = in.read(into, offset, length);
      if (count > 0) {
        hash.update(into, offset, count);
        left -= count;
        if (left == 0) {
          check(id, hash);
        }
      }
      return count;
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    @Override
    public long skip(long count) {
      // What is not read would not be hashed.
      return 0;
    }
  }
}
