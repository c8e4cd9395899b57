package io.bitbuilder.hypervisor.manager;

import io.bitbuilder.hypervisor.document.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Answers Varlink calls on a socket that the service manager listens on, and ends when nobody
 * called for a while: the next caller starts it anew (systemd.socket(5)). Callers are not trusted:
 * what they may send, how long, and how many of them at once is limited, and one that breaks a rule
 * of the protocol (https://varlink.org/Wire-Format) is cut off.
 */
public final class VarlinkServer {
  private static final int REQUEST_LIMIT = 64 << 10;
  private static final int CALLERS_LIMIT = 16;

  private final ServerSocketChannel listener;
  private final Service service;
  private final Duration idle;
  private final AtomicInteger callers = new AtomicInteger();

  /**
   * A server.
   *
   * @param listener where callers come in
   * @param idle how long to wait for the next caller, and for a caller's next request
   */
  public VarlinkServer(ServerSocketChannel listener, Service service, Duration idle) {
    this.listener = listener;
    this.service = service;
    this.idle = idle;
  }

  /** What is called. */
  @FunctionalInterface
  public interface Service {
    /**
     * Answers one call. Called by several threads.
     *
     * @param method the full name of the method, as the caller wrote it
     * @param parameters as the caller wrote them
     */
    Reply answer(String method, Map<String, @Nullable Object> parameters);
  }

  /**
   * An answer.
   *
   * @param error the full name of an error, empty when all went well
   */
  public record Reply(String error, Map<String, ? extends @Nullable Object> parameters) {
    /** All went well. */
    public static Reply of(Map<String, ? extends @Nullable Object> parameters) {
      return new Reply("", parameters);
    }

    /** It did not. */
    public static Reply failed(String error, Map<String, ? extends @Nullable Object> parameters) {
      return new Reply(error, parameters);
    }
  }

  /**
   * Answers until nobody has called for a while.
   *
   * @throws IOException when the socket fails
   */
  public void serve() throws IOException {
    listener.configureBlocking(false);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Selector selector = Selector.open()) {
      listener.register(selector, SelectionKey.OP_ACCEPT);
      while (selector.select(idle.toMillis()) > 0 || callers.get() > 0) {
        selector.selectedKeys().clear();
        SocketChannel caller = listener.accept();
        if (caller == null) {
          continue;
        }
        if (callers.incrementAndGet() > CALLERS_LIMIT) {
          callers.decrementAndGet();
          caller.close();
        } else {
          threads.execute(() -> converse(caller));
        }
      }
    }
  }

  private void converse(SocketChannel caller) {
    try (caller;
        Selector selector = Selector.open()) {
      caller.configureBlocking(false);
      SelectionKey key = caller.register(selector, SelectionKey.OP_READ);
      ByteArrayOutputStream message = new ByteArrayOutputStream();
      ByteBuffer buffer = ByteBuffer.allocate(8 << 10);
      while (ready(selector) && caller.read(buffer.clear()) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          byte b = buffer.get();
          if (b != 0) {
            message.write(b);
          } else {
            byte[] reply = answer(message.toString(StandardCharsets.UTF_8));
            message.reset();
            key.interestOps(SelectionKey.OP_WRITE);
            send(ByteBuffer.wrap(reply), caller, selector);
            key.interestOps(SelectionKey.OP_READ);
          }
          if (message.size() > REQUEST_LIMIT) {
            return;
          }
        }
      }
    } catch (IOException | IllegalArgumentException _) {
      // Whoever hangs up or does not speak the protocol is not answered.
    } finally {
      callers.decrementAndGet();
    }
  }

  private boolean ready(Selector selector) throws IOException {
    boolean ready = selector.select(idle.toMillis()) > 0;
    selector.selectedKeys().clear();
    return ready;
  }

  private void send(ByteBuffer bytes, SocketChannel caller, Selector selector) throws IOException {
    while (bytes.hasRemaining()) {
      if (!ready(selector)) {
        throw new IOException("the caller does not read");
      }
      caller.write(bytes);
    }
  }

  private static Map<String, @Nullable Object> parameters(@Nullable Object value) {
    Map<String, @Nullable Object> parameters = new LinkedHashMap<>();
    switch (value) {
      case Map<?, ?> members ->
          members.forEach((key, member) -> parameters.put(String.valueOf(key), member));
      case null -> {}
      default -> throw new IllegalArgumentException("parameters are no object");
    }
    return parameters;
  }

  /**
   * The reply to one request, none when the caller wants none.
   *
   * @throws IllegalArgumentException when it is no request
   */
  byte[] answer(String text) {
    Map<String, @Nullable Object> request = Json.parseObject(text);
    if (!(request.get("method") instanceof String method)) {
      throw new IllegalArgumentException("no method");
    }
    Reply reply = service.answer(method, parameters(request.get("parameters")));
    if (Boolean.TRUE.equals(request.get("oneway"))) {
      return new byte[0];
    }
    Map<String, @Nullable Object> message = new LinkedHashMap<>();
    if (!reply.error().isEmpty()) {
      message.put("error", reply.error());
    }
    message.put("parameters", reply.parameters());
    return (Json.write(message) + "\0").getBytes(StandardCharsets.UTF_8);
  }
}
