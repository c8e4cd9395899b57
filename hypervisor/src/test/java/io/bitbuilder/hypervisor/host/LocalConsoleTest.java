package io.bitbuilder.hypervisor.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class LocalConsoleTest {
  private static final String ESCAPE = "\u001d\u001d\u001d";

  @TempDir Path root;

  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
  private final PipedOutputStream keyboard = new PipedOutputStream();
  private LocalConsole console = new LocalConsole(new PipedInputStream(), screen, this::raw);
  private Path socket = Path.of("/");
  private long us;
  private ServerSocketChannel qemu = openServer();

  private static ServerSocketChannel openServer() {
    try {
      return ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private java.io.Closeable raw() {
    seen.add("raw");
    return () -> seen.add("restored");
  }

  @BeforeEach
  void listen() throws IOException {
    Path directory = Files.createDirectories(root.resolve("acme/db"));
    us = ((Number) Files.getAttribute(directory, "unix:uid")).longValue();
    socket = directory.resolve("console");
    qemu.bind(UnixDomainSocketAddress.of(socket));
    console = new LocalConsole(new PipedInputStream(keyboard), screen, this::raw);
  }

  @AfterEach
  void close() throws IOException {
    qemu.close();
  }

  private CompletableFuture<Console.End> attach(long user) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return console.attach(socket, user, () -> seen.add("attached"));
      } catch (IOException e) {
        throw new CompletionException(e);
      }
    });
  }

  private void type(String keys) throws IOException {
    keyboard.write(keys.getBytes(UTF_8));
    keyboard.flush();
  }

  private static String read(SocketChannel channel, int bytes) throws IOException {
    return new String(Channels.newInputStream(channel).readNBytes(bytes), UTF_8);
  }

  private static Console.End await(CompletableFuture<Console.End> end) throws Exception {
    return end.get(20, TimeUnit.SECONDS);
  }

  @Test
  void bytesGoBothWaysUntilTheOperatorLeaves() throws Exception {
    CompletableFuture<Console.End> end = attach(us);
    try (SocketChannel machine = qemu.accept()) {
      machine.write(ByteBuffer.wrap("login: ü".getBytes(UTF_8)));
      type("root\r");
      assertThat(read(machine, 5)).isEqualTo("root\r");
      type("\u0003\u001d");
      assertThat(read(machine, 2)).as("keys are the guest's").isEqualTo("\u0003\u001d");
      while (screen.size() < 9) {
        Thread.onSpinWait();
      }
      type(ESCAPE);
      assertThat(await(end)).isEqualTo(new Console.Left());
      assertThat(read(machine, 1)).as("the socket is free").isEmpty();
    }
    assertThat(screen.toString(UTF_8)).isEqualTo("login: ü");
    assertThat(seen).containsExactly("attached", "raw", "restored");
  }

  @Test
  void aMachineThatEndsRestoresTheTerminal() throws Exception {
    CompletableFuture<Console.End> end = attach(us);
    try (SocketChannel machine = qemu.accept()) {
      machine.write(ByteBuffer.wrap("bye".getBytes(UTF_8)));
    }
    assertThat(await(end)).isEqualTo(new Console.Closed());
    assertThat(screen.toString(UTF_8)).isEqualTo("bye");
    assertThat(seen).containsExactly("attached", "raw", "restored");
  }

  @Test
  void oneAtATime() throws Exception {
    CompletableFuture<Console.End> first = attach(us);
    try (SocketChannel machine = qemu.accept()) {
      assertThat(console.attach(socket, us, () -> seen.add("second")))
          .isEqualTo(new Console.Taken(String.valueOf(ProcessHandle.current().pid())));
      type(ESCAPE);
      await(first);
      assertThat(read(machine, 1)).isEmpty();
    }
    CompletableFuture<Console.End> next = attach(us);
    qemu.accept().close();
    assertThat(await(next)).isEqualTo(new Console.Closed());
    assertThat(seen).doesNotContain("second");
  }

  @Test
  void whatAnotherUserListensToIsNotConnected() throws Exception {
    assertThat(await(attach(us + 1)))
        .isInstanceOfSatisfying(
            Console.Absent.class,
            absent -> assertThat(absent.reason()).startsWith("user ").contains("listens at"));
    assertThat(seen).isEmpty();
    try (SocketChannel machine = qemu.accept()) {
      assertThat(read(machine, 1)).as("nothing was sent").isEmpty();
    }
  }

  @Test
  void aMachineThatDoesNotRunHasNone() throws Exception {
    qemu.close();
    assertThat(await(attach(us))).as("a socket left behind").isInstanceOf(Console.Absent.class);
    Files.delete(socket);
    assertThat(await(attach(us))).as("no socket").isInstanceOf(Console.Absent.class);
    Files.delete(socket.getParent());
    assertThat(await(attach(us))).as("no directory").isInstanceOf(Console.Absent.class);
    assertThat(seen).isEmpty();
  }

  private String line(String keys) throws IOException {
    byte[] typed = new byte[16];
    LocalConsole typing =
        new LocalConsole(new ByteArrayInputStream(keys.getBytes(UTF_8)), screen, this::raw);
    return new String(typed, 0, typing.line(typed), UTF_8);
  }

  @Test
  void aLineThatIsNotShownIsTakenAsATerminalWould() throws IOException {
    assertThat(line("secret\rmore")).isEqualTo("secret");
    assertThat(line("secret\n")).isEqualTo("secret");
    assertThat(line("secret\u0004")).isEqualTo("secret");
    assertThat(line("secret")).isEqualTo("secret");
    assertThat(line("\u007fsa\u007fec\u007f\u007fe\u00e9\u007fcret\r")).isEqualTo("secret");
    assertThat(line("x".repeat(40))).hasSize(16);
    assertThatThrownBy(() -> line("sec\u0003")).isInstanceOf(IOException.class);
    assertThat(screen.toByteArray()).isEmpty();
  }
}
