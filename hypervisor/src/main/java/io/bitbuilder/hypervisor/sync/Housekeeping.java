package io.bitbuilder.hypervisor.sync;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.file.GC;
import org.eclipse.jgit.storage.pack.PackConfig;

/** Keeps object stores small: every fetch leaves a pack, and many of them become one. */
final class Housekeeping {
  /** Repacked from so many packs on. */
  static final int PACKS = 20;

  private Housekeeping() {}

  private record Size(int packs, long bytes) {}

  /** Why nothing more may be fetched into a store, after trying to make room; empty when it may. */
  static Optional<String> full(Path store, Limits limits) throws IOException {
    Size size = size(store);
    if (size.packs() < PACKS && size.bytes() <= limits.storeBytes()) {
      return Optional.empty();
    }
    if (size.packs() > 1) {
      repack(store);
      size = size(store);
    }
    return size.bytes() > limits.storeBytes()
        ? Optional.of("its history takes " + size.bytes() + " bytes")
        : Optional.empty();
  }

  /** Writes all that the tip reaches into one pack and drops the others. */
  private static void repack(Path store) throws IOException {
    try (FileRepository repository = new FileRepository(ObjectStore.files(store))) {
      GC gc = new GC(repository);
      PackConfig config = new PackConfig(repository);
      config.setThreads(1);
      config.setBuildBitmaps(false);
      gc.setPackConfig(config);
      gc.setExpireAgeMillis(0);
      gc.setPackExpireAgeMillis(0);
      gc.repack();
    }
  }

  private static Size size(Path store) throws IOException {
    int packs = 0;
    long bytes = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(store.resolve("objects/pack"))) {
      for (Path file : files) {
        packs += file.toString().endsWith(".pack") ? 1 : 0;
        bytes += Files.size(file);
      }
    } catch (NoSuchFileException | NotDirectoryException _) {
      return new Size(0, 0);
    }
    return new Size(packs, bytes);
  }
}
