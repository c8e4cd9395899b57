package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.host.Pace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The right to change what runs, held by one process at a time and given up by the kernel when the
 * process ends, however it does.
 */
final class Exclusive implements AutoCloseable {
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final FileChannel channel;

  private Exclusive(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes it without waiting.
   *
   * @param root the directory the host's files are under
   * @throws Busy when another process has it
   */
  static Exclusive take(Path root) throws IOException {
    Path file = root.resolve("run/bitbuilder/activate.lock");
    Files.createDirectories(root.resolve("run/bitbuilder"));
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (lock(channel) == null) {
        throw new Busy("another activation is under way (process " + holder(channel) + ")");
      }
      channel.truncate(0);
      String pid = ProcessHandle.current().pid() + "\n";
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
      return new Exclusive(channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Takes it as soon as nobody has it.
   *
   * @param waits told once, in our words, when somebody has
   */
  static Exclusive await(Path root, Pace pace, Consumer<String> waits) throws IOException {
    boolean told = false;
    while (true) {
      try {
        return take(root);
      } catch (Busy e) {
        if (!told) {
          waits.accept(String.valueOf(e.getMessage()));
          told = true;
        }
        pace.pause(LOOK);
      }
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException _) {
      return null;
    }
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(20);
    channel.read(bytes, 0);
    StringBuilder digits = new StringBuilder();
    for (byte b : bytes.flip().array()) {
      if (b >= '0' && b <= '9') {
        digits.append((char) b);
      }
    }
    return digits.isEmpty() ? "unknown" : digits.toString();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
