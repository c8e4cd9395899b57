package io.bitbuilder.hypervisor.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.manager.VarlinkServer.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class VarlinkServerTest {
  private static final Duration IDLE = Duration.ofMillis(500);

  @TempDir Path directory;
  private final CountDownLatch release = new CountDownLatch(1);
  private ServerSocketChannel listener;
  private FutureTask<Boolean> serving;

  @BeforeEach
  void serve() throws IOException {
    listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(address(), 64);
    serving =
        new FutureTask<>(() -> {
          new VarlinkServer(listener, this::answer, IDLE).serve();
          return true;
        });
    Thread.ofPlatform().daemon().start(serving);
  }

  @AfterEach
  void close() throws IOException {
    release.countDown();
    listener.close();
  }

  private Reply answer(String method, Map<String, @Nullable Object> parameters) {
    if (method.equals("x.Wait")) {
      try {
        assertThat(release.await(30, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    return method.equals("x.No")
        ? Reply.failed("x.Refused", Map.of())
        : Reply.of(Map.of(method, parameters));
  }

  private UnixDomainSocketAddress address() {
    return UnixDomainSocketAddress.of(directory.resolve("socket"));
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(address());
  }

  private static void send(SocketChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** All the server sends until it hangs up. */
  private static String all(SocketChannel channel) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(4096);
    try {
      while (channel.read(buffer.clear()) >= 0) {
        out.write(buffer.array(), 0, buffer.position());
      }
    } catch (IOException _) {
      // The same, seen from the other side.
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private String exchange(String text) throws IOException {
    try (SocketChannel channel = connect()) {
      try {
        send(channel, text);
        channel.shutdownOutput();
      } catch (IOException _) {
        // Cut off while we still had something to say.
      }
      return all(channel);
    }
  }

  @Test
  void callsAreAnsweredInOrder() throws IOException {
    assertThat(
            exchange(
                "{\"method\":\"x.A\",\"parameters\":{\"n\":1}}\0{\"method\":\"x.No\"}\0"
                    + "{\"method\":\"x.B\",\"oneway\":true}\0{\"method\":\"x.C\",\"parameters\":null}\0"))
        .isEqualToIgnoringWhitespace(
            "{\"parameters\":{\"x.A\":{\"n\":1}}}\0"
                + "{\"error\":\"x.Refused\",\"parameters\":{}}\0"
                + "{\"parameters\":{\"x.C\":{}}}\0")
        .satisfies(_ -> assertThat(serving).isNotDone());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\0",
        "x\0",
        "[]\0",
        "{}\0",
        "{\"method\":1}\0",
        "{\"method\":\"x.A\",\"parameters\":[]}\0",
        "{\"method\":\"x.A\",\"parameters\":7}\0",
        "{\"method\":\"x.A\"} {}\0",
        "{\"method\":\"x.A\"",
      })
  void whatIsNoCallIsNotAnsweredAndEndsTheConversation(String text) throws IOException {
    assertThat(exchange(text + "{\"method\":\"x.After\"}\0")).isEmpty();
    assertThat(exchange("{\"method\":\"x.Next\"}\0")).contains("x.Next");
  }

  @Test
  void aMessageWithoutEndIsCutOff() throws IOException {
    assertThat(exchange("x".repeat(1 << 20))).isEmpty();
    assertThat(exchange("{\"method\":\"x.A\",\"p\":\"" + "x".repeat(60_000) + "\"}\0"))
        .contains("x.A");
    assertThat(exchange("[".repeat(50_000) + "\0")).isEmpty();
  }

  @Test
  void noMoreThanSomeAreServedAtOnce() throws IOException {
    SocketChannel[] waiting = new SocketChannel[16];
    for (int i = 0; i < waiting.length; i++) {
      waiting[i] = connect();
      send(waiting[i], "{\"method\":\"x.Wait\"}\0");
    }
    // Accepted in order, so the first sixteen are taken when the next one is turned away.
    try (SocketChannel next = connect()) {
      assertThat(all(next)).isEmpty();
    }
    release.countDown();
    for (SocketChannel channel : waiting) {
      try (channel) {
        channel.shutdownOutput();
        assertThat(all(channel)).contains("x.Wait");
      }
    }
    assertThat(exchange("{\"method\":\"x.A\"}\0")).contains("x.A");
  }

  @Test
  void whoIsSilentIsCutOffAndWithoutCallersItEnds() throws Exception {
    try (SocketChannel silent = connect()) {
      assertThat(all(silent)).isEmpty();
    }
    assertThat(serving.get(30, TimeUnit.SECONDS)).isTrue();
  }
}
