package io.bitbuilder.hypervisor.sync;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.pack.PackWriter;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.revwalk.DepthWalk;
import org.eclipse.jgit.storage.pack.PackConfig;

/** One commit of a repository as a repository of its own, for a tenant to read. */
final class ShallowCopy {
  /** As large as one file of a layer may be. */
  private static final long PACK_LIMIT = 64L << 20;

  private ShallowCopy() {}

  static void write(FileRepository repository, ObjectId commit, Path into) throws IOException {
    PackConfig config = new PackConfig(repository);
    // By one thread, from nothing but the objects: the same bytes whatever packs they lie in now.
    config.setThreads(1);
    config.setReuseDeltas(false);
    config.setReuseObjects(false);
    config.setDeltaCompress(false);
    config.setBuildBitmaps(false);
    config.setIndexVersion(2);
    Path packs = into.resolve("objects/pack");
    Files.createDirectories(packs);
    Path unnamed = packs.resolve("new.pack");
    try (PackWriter writer = new PackWriter(config, repository.newObjectReader());
        DepthWalk.ObjectWalk walk = new DepthWalk.ObjectWalk(repository, 0)) {
      writer.setShallowPack(1, Set.of());
      writer.preparePack(
          NullProgressMonitor.INSTANCE, walk, Set.of(walk.parseCommit(commit)), Set.of(), Set.of());
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(unnamed))) {
        writer.writePack(NullProgressMonitor.INSTANCE, NullProgressMonitor.INSTANCE, out);
      }
      long size = Files.size(unnamed);
      if (size > PACK_LIMIT) {
        throw new LimitExceeded(
            "its files take " + size + " bytes packed, to be seen from its infrastructure instance",
            PACK_LIMIT + " bytes");
      }
      String name = "pack-" + writer.computeName().name();
      Files.move(unnamed, packs.resolve(name + ".pack"));
      try (OutputStream out =
          new BufferedOutputStream(Files.newOutputStream(packs.resolve(name + ".idx")))) {
        writer.writeIndex(out);
      }
    }
    Files.createDirectories(into.resolve("refs/heads"));
    Files.writeString(into.resolve("refs/heads/main"), commit.name() + "\n");
    Files.writeString(into.resolve("HEAD"), "ref: refs/heads/main\n");
    Files.writeString(into.resolve("shallow"), commit.name() + "\n");
    Files.writeString(
        into.resolve("config"), "[core]\n\trepositoryformatversion = 0\n\tbare = true\n");
  }
}
