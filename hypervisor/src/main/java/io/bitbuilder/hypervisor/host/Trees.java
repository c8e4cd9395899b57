package io.bitbuilder.hypervisor.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** Deletes whole trees, and nothing but these trees. */
public final class Trees {
  private Trees() {}

  /**
   * Deletes a file, a link or a directory with all that is in it; nothing when it does not exist.
   * No link is followed: every step opens relative to the directory above (openat(2)).
   */
  public static void delete(Path top) throws IOException {
    Path directory = top.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IllegalArgumentException("path without a parent");
    }
    try (DirectoryStream<Path> opened = Files.newDirectoryStream(directory)) {
      if (!(opened instanceof SecureDirectoryStream<Path> secure)) {
        throw new IOException("this system cannot open files relative to a directory");
      }
      delete(secure, top.getFileName());
    } catch (NoSuchFileException _) {
      // Nothing to delete.
    }
  }

  private static void delete(SecureDirectoryStream<Path> directory, Path name) throws IOException {
    BasicFileAttributeView view =
        directory.getFileAttributeView(
            name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (!view.readAttributes().isDirectory()) {
      directory.deleteFile(name);
      return;
    }
    try (SecureDirectoryStream<Path> inner =
        directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
      List<Path> names = new ArrayList<>();
      inner.forEach(entry -> names.add(entry.getFileName()));
      for (Path entry : names) {
        delete(inner, entry);
      }
    }
    directory.deleteDirectory(name);
  }

  /**
   * The bytes in all regular files of a tree; 0 when it does not exist. No link is followed.
   *
   * @throws IOException when a part of it may not be looked at
   */
  public static long bytes(Path top) throws IOException {
    if (!Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
      return 0;
    }
    long[] sum = new long[1];
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            sum[0] += attributes.isRegularFile() ? attributes.size() : 0;
            return FileVisitResult.CONTINUE;
          }
        });
    return sum[0];
  }

  /**
   * Whether anything is mounted on a directory or below it.
   *
   * @param mountinfo the file of proc_pid_mountinfo(5)
   */
  public static boolean hasMounts(Path directory, Path mountinfo) throws IOException {
    String prefix = directory.toString();
    for (String line : Files.readString(mountinfo, StandardCharsets.ISO_8859_1).split("\n", -1)) {
      String[] fields = line.split(" ", 6);
      if (fields.length > 4 && (fields[4].equals(prefix) || fields[4].startsWith(prefix + "/"))) {
        return true;
      }
    }
    return false;
  }
}
