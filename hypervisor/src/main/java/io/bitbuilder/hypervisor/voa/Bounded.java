package io.bitbuilder.hypervisor.voa;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.bitbuilder.hypervisor.voa.Warning.Rule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Files and directories that are read as a whole, if they are what they say, and not too much. */
final class Bounded {
  /** Bytes; a certificate with many signatures has some ten thousands. */
  static final int LIMIT = 1 << 20;

  private Bounded() {}

  /** What reading gave. */
  sealed interface Outcome {
    /** The content, one character for each byte. */
    record Text(String text) implements Outcome {}

    /** Nothing that counts. */
    record Broken(Rule rule, String sentence) implements Outcome {}
  }

  /** Reads a regular file of at most {@link #LIMIT} bytes that is no link and stays what it is. */
  static Outcome read(Path path) {
    try {
      BasicFileAttributes before = attributes(path);
      if (!before.isRegularFile()) {
        return new Outcome.Broken(Rule.CHANGED, "is no regular file any more");
      }
      if (before.size() > LIMIT) {
        return new Outcome.Broken(Rule.TOO_MUCH, "has more than " + LIMIT + " bytes");
      }
      ByteBuffer content = ByteBuffer.allocate((int) before.size() + 1);
      try (SeekableByteChannel channel =
          Files.newByteChannel(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
        while (content.hasRemaining() && channel.read(content) >= 0) {
          // Until the end, or one byte more than there may be.
        }
      }
      BasicFileAttributes after = attributes(path);
      if (content.position() != before.size()
          || after.size() != before.size()
          || !after.lastModifiedTime().equals(before.lastModifiedTime())
          || !Objects.equals(after.fileKey(), before.fileKey())) {
        return new Outcome.Broken(Rule.CHANGED, "was changed while it was read");
      }
      return new Outcome.Text(new String(content.array(), 0, content.position(), ISO_8859_1));
    } catch (IOException e) {
      return new Outcome.Broken(Rule.UNREADABLE, Walk.unreadable(e));
    }
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  /** What a directory has in it, if that is not too much. */
  sealed interface Listing {
    /** Entries of one directory. */
    int ENTRIES = 4096;

    /** The names, in order. */
    record Names(List<Path> names) implements Listing {}

    /** Nothing that counts. */
    record Broken(Rule rule, String sentence) implements Listing {}

    /** Of a directory. One with too many entries counts as a whole or not at all. */
    static Listing of(Path directory) {
      List<Path> names = new ArrayList<>();
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
        for (Path entry : entries) {
          if (names.size() == ENTRIES) {
            return new Broken(Rule.TOO_MUCH, "has more than " + ENTRIES + " entries");
          }
          names.add(entry.getFileName());
        }
      } catch (DirectoryIteratorException e) {
        IOException cause = e.getCause();
        return new Broken(
            Rule.UNREADABLE, cause == null ? "cannot be read" : Walk.unreadable(cause));
      } catch (IOException e) {
        return new Broken(Rule.UNREADABLE, Walk.unreadable(e));
      }
      names.sort(Path::compareTo);
      return new Names(List.copyOf(names));
    }
  }
}
