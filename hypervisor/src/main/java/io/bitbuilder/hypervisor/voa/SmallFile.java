package io.bitbuilder.hypervisor.voa;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;

/** Files that are read as a whole, if they are files and small. */
final class SmallFile {
  /** Bytes; a certificate with many signatures has some ten thousands. */
  static final int LIMIT = 1 << 20;

  private SmallFile() {}

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
}
