package io.bitbuilder.hypervisor.host;

import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** This process's terminal and QEMU's sockets. */
public final class LocalConsole implements Console {
  /** Makes a terminal raw until it is closed. */
  @FunctionalInterface
  interface Raw {
    Closeable enter() throws IOException;
  }

  private final InputStream keys;
  private final OutputStream screen;
  private final Raw raw;

  LocalConsole(InputStream keys, OutputStream screen, Raw raw) {
    this.keys = keys;
    this.screen = screen;
    this.raw = raw;
  }

  /** The terminal on standard input and output. */
  public static Console standard(Path root) {
    Path helper = root.resolve("usr/lib/bitbuilder/terminal-raw");
    return new LocalConsole(
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out),
        () -> RawTerminal.enter(helper));
  }

  @Override
  public End attach(Path socket, long user, Runnable attached) throws IOException {
    Path directory = Objects.requireNonNull(socket.getParent());
    if (!Files.isDirectory(directory)) {
      return new Absent("there is no " + directory);
    }
    // QEMU serves one and lets others wait without a word. The directory above is root's.
    Path lock = directory.resolveSibling(directory.getFileName() + ".lock");
    try (ProcessLock _ = ProcessLock.take(lock);
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      try {
        channel.connect(UnixDomainSocketAddress.of(socket));
      } catch (IOException e) {
        return new Absent(socket + ": " + e.getMessage());
      }
      Optional<String> stranger = Peer.stranger(channel, socket, user);
      if (stranger.isPresent()) {
        return new Absent(stranger.get());
      }
      return join(channel, attached);
    } catch (ProcessLock.Held e) {
      return new Taken(e.process());
    }
  }

  private End join(SocketChannel channel, Runnable attached) throws IOException {
    attached.run();
    AtomicBoolean left = new AtomicBoolean();
    try (Closeable _ = raw.enter()) {
      // It may wait for a key for ever, and then ends with the process.
      Thread.ofPlatform().daemon().start(() -> type(channel, left));
      show(channel, left);
    }
    return left.get() ? new Left() : new Closed();
  }

  /** From the operator to the machine. */
  private void type(SocketChannel channel, AtomicBoolean left) {
    Escape escape = new Escape();
    byte[] bytes = new byte[4096];
    try (channel) {
      for (int n = keys.read(bytes); n >= 0; n = keys.read(bytes)) {
        if (escape.typed(bytes, n, System.nanoTime())) {
          break;
        }
        ByteBuffer rest = ByteBuffer.wrap(bytes, 0, n);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
      }
      left.set(true);
    } catch (IOException _) {
      // The machine has ended, which the other direction sees as well.
    }
  }

  /** From the machine to the operator. */
  private void show(SocketChannel channel, AtomicBoolean left) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    try {
      while (channel.read(buffer.clear()) >= 0) {
        screen.write(buffer.array(), 0, buffer.position());
        screen.flush();
      }
    } catch (ClosedChannelException e) {
      if (!left.get()) {
        throw e;
      }
    }
  }

  @Override
  public byte[] secret(int limit, Runnable prompt) throws IOException {
    if (!isTerminal()) {
      return keys.readNBytes(limit);
    }
    prompt.run();
    byte[] typed = new byte[limit];
    try (Closeable _ = raw.enter()) {
      return Arrays.copyOf(typed, line(typed));
    } finally {
      Arrays.fill(typed, (byte) 0);
    }
  }

  /** Takes in one line, with what the terminal would otherwise do for it; returns its length. */
  int line(byte[] typed) throws IOException {
    int length = 0;
    for (int key = keys.read(); key >= 0; key = keys.read()) {
      switch (key) {
        case '\r', '\n', 4 -> {
          return length;
        }
        case 3 -> throw new IOException("interrupted");
        case 8, 127 -> {
          // A character, of which UTF-8 may have several bytes.
          length = Math.max(0, length - 1);
          while (length > 0 && (typed[length] & 0xc0) == 0x80) {
            length--;
          }
        }
        default -> {
          if (length == typed.length) {
            return length;
          }
          typed[length++] = (byte) key;
        }
      }
    }
    return length;
  }

  /** Whether standard input is one: /proc knows (proc_pid_fd(5)). */
  private boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException _) {
      return false;
    }
  }
}
