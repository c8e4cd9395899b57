package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads a directory that an unprivileged process wrote and may still be writing. Every step opens
 * relative to the directory above and never follows a link (openat(2) with O_NOFOLLOW), so that
 * nothing outside can be reached by exchanging a directory for a link at the right moment.
 */
final class StagedTree {
  private static final int MAX_DEPTH = 64;

  private final Limits limits;
  private final SortedMap<String, Node> nodes = new TreeMap<>();
  private long total;

  private StagedTree(Limits limits) {
    this.limits = limits;
  }

  /**
   * What is accepted.
   *
   * @param entries files, links and directories together
   * @param fileBytes the largest file
   * @param totalBytes all files together
   */
  record Limits(int entries, long fileBytes, long totalBytes) {}

  /** What was found at a path. */
  sealed interface Node {
    /** A regular file, read. */
    final class Content implements Node {
      private final byte[] bytes;
      private final boolean executable;

      Content(byte[] bytes, boolean executable) {
        this.bytes = bytes.clone();
        this.executable = executable;
      }

      byte[] bytes() {
        return bytes.clone();
      }

      boolean executable() {
        return executable;
      }
    }

    /** A symbolic link, not followed. */
    record Link(String target) implements Node {}

    /** A directory. */
    record Directory() implements Node {}
  }

  /**
   * All entries under a directory, by path relative to it, directories before what they contain.
   *
   * @throws IOException also when there is anything but files, links and directories, or a limit is
   *     broken
   */
  static SortedMap<String, Node> read(Path top, Limits limits) throws IOException {
    StagedTree tree = new StagedTree(limits);
    try (DirectoryStream<Path> directory = Files.newDirectoryStream(notALink(top))) {
      tree.walk(secure(directory), top, "", 0);
    }
    return Collections.unmodifiableSortedMap(tree.nodes);
  }

  /** One file directly in a directory; nothing when it does not exist. */
  static java.util.Optional<byte[]> readFile(Path directory, String name, long limit)
      throws IOException {
    try (DirectoryStream<Path> opened = Files.newDirectoryStream(notALink(directory))) {
      SecureDirectoryStream<Path> stream = secure(opened);
      PosixFileAttributes attributes = attributes(stream, Path.of(name));
      if (!attributes.isRegularFile()) {
        throw refuse(name, "is not a regular file");
      }
      return java.util.Optional.of(content(stream, Path.of(name), name, limit));
    } catch (NoSuchFileException _) {
      return java.util.Optional.empty();
    }
  }

  private void walk(SecureDirectoryStream<Path> directory, Path path, String prefix, int depth)
      throws IOException {
    if (depth > MAX_DEPTH) {
      throw refuse(prefix, "is nested too deep");
    }
    List<Path> names = new ArrayList<>();
    for (Path entry : directory) {
      names.add(entry.getFileName());
      if (nodes.size() + names.size() > limits.entries()) {
        throw refuse(prefix, "has more than " + limits.entries() + " entries");
      }
    }
    Collections.sort(names);
    for (Path name : names) {
      take(directory, path, prefix, name, depth);
    }
  }

  private void take(
      SecureDirectoryStream<Path> directory, Path path, String prefix, Path name, int depth)
      throws IOException {
    String relative = prefix + name;
    PosixFileAttributes attributes = attributes(directory, name);
    if (attributes.isDirectory()) {
      nodes.put(relative, new Node.Directory());
      try (SecureDirectoryStream<Path> inner =
          directory.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
        walk(inner, path.resolve(name), relative + "/", depth + 1);
      }
    } else if (attributes.isSymbolicLink()) {
      // Only the text of the link is taken. There is no readlinkat in this API; the worst a swapped
      // parent achieves is the text of another link, which is judged like any other.
      nodes.put(relative, new Node.Link(Files.readSymbolicLink(path.resolve(name)).toString()));
    } else if (attributes.isRegularFile()) {
      byte[] bytes = content(directory, name, relative, limits.fileBytes());
      total += bytes.length;
      if (total > limits.totalBytes()) {
        throw refuse(relative, "exceeds " + limits.totalBytes() + " bytes in total");
      }
      boolean executable = attributes.permissions().contains(PosixFilePermission.OWNER_EXECUTE);
      nodes.put(relative, new Node.Content(bytes, executable));
    } else {
      throw refuse(relative, "is neither a file nor a link nor a directory");
    }
  }

  private static byte[] content(
      SecureDirectoryStream<Path> directory, Path name, String shown, long limit)
      throws IOException {
    try (SeekableByteChannel channel =
        directory.newByteChannel(
            name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      long size = channel.size();
      if (size > limit) {
        throw refuse(shown, "is larger than " + limit + " bytes");
      }
      ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(size));
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // until the size seen at the start is read: a file that grows meanwhile is cut there
      }
      return java.util.Arrays.copyOf(buffer.array(), buffer.position());
    }
  }

  private static PosixFileAttributes attributes(SecureDirectoryStream<Path> directory, Path name)
      throws IOException {
    PosixFileAttributeView view =
        directory.getFileAttributeView(
            name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    return view.readAttributes();
  }

  /** The top itself lies in a directory only the operator and compile can write. */
  private static Path notALink(Path path) throws IOException {
    if (Files.isSymbolicLink(path)) {
      throw refuse(path.toString(), "is a link");
    }
    return path;
  }

  private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream)
      throws IOException {
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    throw new IOException("this system cannot open files relative to a directory");
  }

  private static IOException refuse(String path, String why) {
    return new IOException("staged entry " + Quote.quote(path) + " " + why);
  }
}
