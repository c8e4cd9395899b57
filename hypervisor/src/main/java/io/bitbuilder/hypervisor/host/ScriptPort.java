package io.bitbuilder.hypervisor.host;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;

/**
 * Runs scripts inside a virtual machine, by way of a port of QEMU's that an agent in the guest
 * answers at (docs/decisions/0016). The guest is not trusted: whatever it says, or does not, is at
 * worst a script that failed.
 */
public final class ScriptPort {
  /** A machine that has just started may not listen yet. */
  private static final Duration ABSENCE = Duration.ofSeconds(10);

  private static final Duration PAUSE = Duration.ofMillis(200);

  /** What was said before the agent listened may be lost. */
  private static final Duration GREETING = Duration.ofSeconds(1);

  /** An agent that has begun anew knows nothing of the script, and says so. */
  private static final Duration ASKING = Duration.ofSeconds(5);

  /** Bytes of Base64 in a line; a shell reads it. */
  private static final int DATA = 1000;

  /** How it ended. */
  public sealed interface End {}

  /**
   * The script ran to its end.
   *
   * @param status its exit status, 128 + signal when it was killed
   */
  public record Exited(int status) implements End {}

  /**
   * It did not run, or not to its end.
   *
   * @param reason a sentence, unescaped: part of it may be the guest's
   */
  public record Failed(String reason) implements End {}

  private final Path socket;
  private final String machine;
  private final long user;

  /**
   * The port of one machine.
   *
   * @param root the directory the host's files are under
   * @param machine its name in systemd-machined, {@code infra.acme}
   * @param user the user ID its QEMU has
   */
  public ScriptPort(Path root, String machine, long user) {
    int dot = machine.indexOf('.');
    this.socket =
        root.resolve("run/bitbuilder/machines")
            .resolve(machine.substring(dot + 1))
            .resolve(machine.substring(0, dot))
            .resolve("scripts");
    this.machine = machine;
    this.user = user;
  }

  /**
   * Runs a script to its end. When time is up, or the thread is interrupted, the guest ends it.
   *
   * @param name the name of its file
   * @param output gets what it writes, line by line
   * @throws InterruptedIOException when the thread is interrupted
   */
  public End run(String name, byte[] script, OutputStream output, Duration limit)
      throws IOException {
    long end = System.nanoTime() + limit.toNanos();
    Path directory = Objects.requireNonNull(socket.getParent());
    long absent = Math.min(end, System.nanoTime() + ABSENCE.toNanos());
    while (true) {
      if (!Files.isDirectory(directory)) {
        if (System.nanoTime() > absent) {
          return new Failed("machine " + machine + " does not run");
        }
      } else {
        // QEMU serves one and lets others wait without a word. The directory above is root's.
        Path lock = directory.resolveSibling(directory.getFileName() + ".scripts.lock");
        try (ProcessLock _ = ProcessLock.take(lock)) {
          Optional<End> done = converse(name, script, output, end, limit);
          if (done.isPresent()) {
            return done.get();
          }
        } catch (ProcessLock.Held e) {
          if (System.nanoTime() > end) {
            return new Failed(
                "another script ran in machine "
                    + machine
                    + " all the time (process "
                    + e.process()
                    + ")");
          }
        }
        if (System.nanoTime() > end) {
          return silent(limit);
        }
      }
      Pace.LOCAL.pause(PAUSE);
    }
  }

  private End silent(Duration limit) {
    return new Failed(
        "machine "
            + machine
            + " did not answer within "
            + limit.toSeconds()
            + " s: its guest needs systemd 256 or newer, and the driver virtio_console");
  }

  /** Empty when nobody listens there, or the machine ended before it was ready. */
  private Optional<End> converse(
      String name, byte[] script, OutputStream output, long end, Duration limit)
      throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Selector selector = Selector.open()) {
      channel.configureBlocking(false);
      try {
        if (!channel.connect(UnixDomainSocketAddress.of(socket))) {
          return Optional.empty();
        }
      } catch (IOException _) {
        return Optional.empty();
      }
      Optional<String> stranger = Peer.stranger(channel, socket, user);
      if (stranger.isPresent()) {
        return Optional.of(new Failed(stranger.get()));
      }
      channel.register(selector, SelectionKey.OP_READ);
      byte[] random = new byte[16];
      new SecureRandom().nextBytes(random);
      String token = HexFormat.of().formatHex(random);
      Talk talk =
          new Talk(channel, selector, token, new ScriptLines(token, output), request(name, script));
      return talk.until(end, limit);
    }
  }

  /** What follows the greeting, for each line to be given the token. */
  private String[] request(String name, byte[] script) {
    String text = Base64.getEncoder().encodeToString(script);
    String[] lines = new String[(text.length() + DATA - 1) / DATA + 1];
    for (int i = 0; i + 1 < lines.length; i++) {
      lines[i] = "data %s " + text.substring(i * DATA, Math.min(text.length(), (i + 1) * DATA));
    }
    String tenant = machine.substring(machine.indexOf('.') + 1);
    lines[lines.length - 1] = "run %s " + script.length + " " + tenant + " " + name;
    return lines;
  }

  /** One conversation. */
  private final class Talk {
    private final SocketChannel channel;
    private final Selector selector;
    private final String token;
    private final ScriptLines lines;
    private final String[] request;
    private final ByteBuffer in = ByteBuffer.allocate(1 << 16);
    private ByteBuffer out = ByteBuffer.allocate(0);
    private boolean asked;
    private long next = System.nanoTime();

    Talk(
        SocketChannel channel,
        Selector selector,
        String token,
        ScriptLines lines,
        String[] request) {
      this.channel = channel;
      this.selector = selector;
      this.token = token;
      this.lines = lines;
      this.request = request;
    }

    Optional<End> until(long end, Duration limit) throws IOException {
      while (System.nanoTime() < end) {
        boolean open;
        try {
          open = step(end);
        } catch (InterruptedIOException e) {
          throw e;
        } catch (IOException _) {
          open = false;
        }
        if (lines.end().isPresent()) {
          return lines.end();
        }
        if (!open) {
          return asked
              ? Optional.of(new Failed("machine " + machine + " ended while it ran"))
              : Optional.empty();
        }
        if (lines.greetings() > 1) {
          return Optional.of(new Failed("machine " + machine + " started anew while it ran"));
        }
      }
      return asked
          ? Optional.of(new Failed("it took longer than " + limit.toSeconds() + " s"))
          : Optional.empty();
    }

    /** Whether the machine is still there. */
    private boolean step(long end) throws IOException {
      if (!asked && lines.greetings() > 0) {
        asked = true;
        StringBuilder text = new StringBuilder();
        for (String line : request) {
          text.append(line.replaceFirst("%s", token)).append('\n');
        }
        // A greeting sent in part is sent to its end.
        send(text.toString());
      } else if (!out.hasRemaining() && System.nanoTime() >= next) {
        // Begun with an end of line, for half a line of somebody else's may be there.
        send("\nhello " + token + "\n");
        next = System.nanoTime() + (asked ? ASKING : GREETING).toNanos();
      }
      channel.write(out);
      int interest = SelectionKey.OP_READ | (out.hasRemaining() ? SelectionKey.OP_WRITE : 0);
      channel.keyFor(selector).interestOps(interest);
      long wait = Math.min(end, out.hasRemaining() ? end : next) - System.nanoTime();
      selector.select(Math.max(1, wait / 1_000_000 + 1));
      selector.selectedKeys().clear();
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("interrupted");
      }
      boolean open = channel.read(in.clear()) >= 0;
      lines.take(in.flip());
      return open;
    }

    private void send(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      out = ByteBuffer.allocate(out.remaining() + bytes.length).put(out).put(bytes).flip();
    }
  }
}
