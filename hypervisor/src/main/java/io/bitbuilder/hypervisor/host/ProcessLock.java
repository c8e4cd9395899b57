package io.bitbuilder.hypervisor.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A right that one process has at a time, given up by the kernel when the process ends, however it
 * does. The file says who has it.
 */
public final class ProcessLock implements AutoCloseable {
  private final FileChannel channel;

  private ProcessLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Another process has it. */
  public static final class Held extends IOException {
    private static final long serialVersionUID = 1L;

    private final String process;

    private Held(Path file, String process) {
      super(file + " is held by process " + process);
      this.process = process;
    }

    /** Its process ID in digits, or {@code unknown}. */
    public String process() {
      return process;
    }
  }

  /**
   * Takes it without waiting.
   *
   * @param file in a directory where nobody but us may write; made when it is not there
   * @throws Held when another process has it
   */
  public static ProcessLock take(Path file) throws IOException {
    Files.createDirectories(Objects.requireNonNull(file.toAbsolutePath().getParent()));
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (lock(channel) == null) {
        throw new Held(file, holder(channel));
      }
      channel.truncate(0);
      String pid = ProcessHandle.current().pid() + "\n";
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
      return new ProcessLock(channel);
    } catch (IOException e) {
      channel.close();
      throw e;
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
