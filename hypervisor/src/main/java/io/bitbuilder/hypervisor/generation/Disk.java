package io.bitbuilder.hypervisor.generation;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The operations that change the store, one system call or so each. All writes of this package go
 * through here, so that a test can let any one of them fail, or be the last one before the power
 * goes.
 */
interface Disk {
  /** Makes one directory; its parent exists. */
  void makeDirectory(Path directory) throws IOException;

  /** Makes a new file with this content, not yet durable; fails when the path exists. */
  void write(Path file, byte[] content, boolean executable) throws IOException;

  /** Makes a new file with what is written to it, not yet durable; fails when the path exists. */
  void fill(Path file, Filling filling) throws IOException;

  /** Content that is too large to be held. */
  @FunctionalInterface
  interface Filling {
    /** Writes all of it. */
    void into(OutputStream out) throws IOException;
  }

  /** Makes a symbolic link. */
  void link(Path link, String target) throws IOException;

  /** Gives an existing link a second name (link(2), which does not follow it). */
  void linkAgain(Path link, Path existing) throws IOException;

  /** Makes a file's content, or a directory's entries, durable. */
  void sync(Path path) throws IOException;

  /** Renames, replacing a file or link at the target in one step (rename(2)). */
  void rename(Path from, Path to) throws IOException;

  /** Deletes a file, a link or an empty directory, if it exists. */
  void delete(Path path) throws IOException;

  /** The real disk. */
  Disk LOCAL =
      new Disk() {
        @Override
        public void makeDirectory(Path directory) throws IOException {
          Files.createDirectory(directory);
        }

        @Override
        public void write(Path file, byte[] content, boolean executable) throws IOException {
          Files.write(file, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
          if (executable) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
          }
        }

        @Override
        public void fill(Path file, Filling filling) throws IOException {
          try (OutputStream out =
              Files.newOutputStream(
                  file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            filling.into(out);
          }
        }

        @Override
        public void link(Path link, String target) throws IOException {
          Files.createSymbolicLink(link, Path.of(target));
        }

        @Override
        public void linkAgain(Path link, Path existing) throws IOException {
          Files.createLink(link, existing);
        }

        @Override
        public void sync(Path path) throws IOException {
          try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
          }
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
          Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void delete(Path path) throws IOException {
          Files.deleteIfExists(path);
        }
      };
}
