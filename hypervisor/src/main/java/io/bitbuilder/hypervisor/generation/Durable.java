package io.bitbuilder.hypervisor.generation;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The few compound operations that leave either the old state or the new one. */
final class Durable {
  /** What is being written carries this prefix until it is complete; recovery deletes it. */
  static final String UNFINISHED = ".new-";

  private Durable() {}

  /** Replaces a file: written beside, made durable, renamed over, the directory made durable. */
  static void replace(Disk disk, Path file, String content) throws IOException {
    Path directory = parent(file);
    Path unfinished = directory.resolve(UNFINISHED + file.getFileName());
    disk.delete(unfinished);
    disk.write(unfinished, content.getBytes(StandardCharsets.UTF_8), false);
    disk.sync(unfinished);
    disk.rename(unfinished, file);
    disk.sync(directory);
  }

  /** Makes a directory and those above it that are missing, each durable in its parent. */
  static void ensureDirectory(Disk disk, Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path above = parent(directory);
    ensureDirectory(disk, above);
    disk.makeDirectory(directory);
    disk.sync(above);
  }

  /** Deletes a tree without following links, the top last. */
  static void deleteTree(Disk disk, Path top) throws IOException {
    if (!Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            disk.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            disk.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /**
   * Deletes a tree that is in use by its name: renamed out of the way first, so that a crash leaves
   * an unfinished name and never half of a generation.
   */
  static void retire(Disk disk, Path top) throws IOException {
    if (!Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Path directory = parent(top);
    Path retired = directory.resolve(UNFINISHED + "gone-" + top.getFileName());
    deleteTree(disk, retired);
    disk.rename(top, retired);
    deleteTree(disk, retired);
    disk.sync(directory);
  }

  /** The names in a directory, sorted; none when there is no such directory. */
  static List<String> names(Path directory) {
    String[] names = directory.toFile().list();
    if (names == null) {
      return List.of();
    }
    Arrays.sort(names);
    return List.of(names);
  }

  /** The text of one of our own files; empty when it does not exist. */
  static Optional<String> read(Path file) throws IOException {
    try {
      return Optional.of(Files.readString(file));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  static Path parent(Path path) {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IllegalArgumentException("path without a parent: " + path);
    }
    return parent;
  }

  /** The names of the directories in a directory. */
  static List<String> directories(Path directory) {
    return names(directory).stream()
        .filter(name -> new File(directory.toFile(), name).isDirectory())
        .toList();
  }
}
