package io.bitbuilder.hypervisor.sync;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** The few operations on files that are either done or not, also when the power goes. */
final class DurableFiles {
  private DurableFiles() {}

  /** Replaces a file in one step: written beside, made durable, renamed over. */
  static void replace(Path file, String content) throws IOException {
    Path unfinished = file.resolveSibling(".new-" + file.getFileName());
    Files.writeString(unfinished, content);
    sync(unfinished);
    move(unfinished, file);
  }

  /** Renames in one step, replacing what is there, and makes the new name durable. */
  static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    sync(parent(to));
  }

  /** Makes a file's content, or a directory's names, durable. */
  static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Makes a directory and those above it that are missing, each durable in its parent. */
  static void ensureDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Path above = parent(directory);
      ensureDirectory(above);
      Files.createDirectories(directory);
      sync(above);
    }
  }

  /** Deletes a tree, if it exists, without following links. */
  static void deleteTree(Path top) throws IOException {
    if (!Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IllegalArgumentException("path without a parent: " + path);
    }
    return parent;
  }
}
