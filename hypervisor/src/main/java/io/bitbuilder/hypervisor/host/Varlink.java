package io.bitbuilder.hypervisor.host;

import io.bitbuilder.hypervisor.document.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One Varlink call: JSON and a NUL byte over an AF_UNIX stream, answered in the same form
 * (https://varlink.org/Wire-Format). File descriptors cannot be passed.
 */
final class Varlink {
  private static final int REPLY_LIMIT = 16 << 20;

  private final Path socket;

  /**
   * A service.
   *
   * @param socket where it listens
   */
  Varlink(Path socket) {
    this.socket = socket;
  }

  /** The service answered with an error. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    private final String error;
    private final transient @Nullable Object parameters;

    Refused(String method, String error, @Nullable Object parameters) {
      super(method + ": " + error + " " + Json.write(parameters));
      this.error = error;
      this.parameters = parameters;
    }

    /** What the service said of it. */
    Map<String, @Nullable Object> parameters() {
      return Values.map(parameters);
    }

    /** The name of the error, such as {@code org.varlink.service.MethodNotFound}. */
    String error() {
      return error;
    }
  }

  /** Takes one reply. */
  @FunctionalInterface
  interface Replies {
    /** Called for each reply, in order. */
    void take(Map<String, @Nullable Object> parameters);
  }

  /** Calls a method that answers once, or with no answer at all to take. */
  void call(String method, Map<String, Object> parameters, Duration limit) throws IOException {
    call(method, parameters, false, limit, _ -> {});
  }

  /** Calls a method that answers once. */
  void callOnce(String method, Map<String, Object> parameters, Duration limit, Replies replies)
      throws IOException {
    call(method, parameters, false, limit, replies);
  }

  /**
   * Calls a method that may answer many times.
   *
   * @param limit for the whole call
   * @throws Refused when the service answers with an error
   * @throws IOException when it cannot be reached, breaks off or takes longer than the limit
   */
  void callMore(String method, Map<String, Object> parameters, Duration limit, Replies replies)
      throws IOException {
    call(method, parameters, true, limit, replies);
  }

  private void call(
      String method, Map<String, Object> parameters, boolean more, Duration limit, Replies replies)
      throws IOException {
    long end = System.nanoTime() + limit.toNanos();
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("method", method);
    request.put("parameters", parameters);
    if (more) {
      request.put("more", true);
    }
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      connect(channel);
      channel.configureBlocking(false);
      try (Selector selector = Selector.open()) {
        SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
        ByteBuffer bytes =
            ByteBuffer.wrap((Json.write(request) + "\0").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          await(selector, end, method);
          channel.write(bytes);
        }
        key.interestOps(SelectionKey.OP_READ);
        receive(channel, selector, end, method, replies);
      }
    }
  }

  private void connect(SocketChannel channel) throws ConnectException {
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      ConnectException failure = new ConnectException(socket + ": " + e.getMessage());
      failure.initCause(e);
      throw failure;
    }
  }

  private static void receive(
      SocketChannel channel, Selector selector, long end, String method, Replies replies)
      throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    while (true) {
      await(selector, end, method);
      if (channel.read(buffer.clear()) < 0) {
        throw new IOException(method + ": the service broke off");
      }
      buffer.flip();
      while (buffer.hasRemaining()) {
        byte b = buffer.get();
        if (b != 0) {
          message.write(b);
        } else if (!reply(message, method, replies)) {
          return;
        }
      }
      if (message.size() > REPLY_LIMIT) {
        throw new IOException(method + ": the reply is too large");
      }
    }
  }

  /** Hands on one reply; whether more follow. */
  private static boolean reply(ByteArrayOutputStream message, String method, Replies replies)
      throws IOException {
    Map<String, @Nullable Object> reply;
    try {
      reply = Json.parseObject(message.toString(StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new IOException(method + ": " + e.getMessage(), e);
    }
    message.reset();
    Object parameters = reply.get("parameters");
    if (reply.get("error") instanceof String error) {
      throw new Refused(method, error, parameters);
    }
    replies.take(Values.map(parameters));
    return Boolean.TRUE.equals(reply.get("continues"));
  }

  private static void await(Selector selector, long end, String method) throws IOException {
    long left = (end - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw new IOException(method + ": no answer in time");
    }
    selector.select(left);
    selector.selectedKeys().clear();
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException(method + " interrupted");
    }
  }
}
