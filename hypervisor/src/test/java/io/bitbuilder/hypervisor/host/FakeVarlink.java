package io.bitbuilder.hypervisor.host;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A Varlink service that answers every call alike, byte for byte as told. */
final class FakeVarlink implements AutoCloseable {
  final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  private final ServerSocketChannel server;
  private volatile List<String> pieces = List.of("{}\0");
  private volatile Runnable action = () -> {};

  FakeVarlink(Path socket) throws IOException {
    Files.createDirectories(socket.getParent());
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofVirtual().start(this::serve);
  }

  /** What is sent back, in these pieces; then the connection ends. */
  FakeVarlink answer(String... text) {
    pieces = List.of(text);
    return this;
  }

  /** What happens before it answers. */
  FakeVarlink before(Runnable what) {
    action = what;
    return this;
  }

  private void serve() {
    while (server.isOpen()) {
      try (SocketChannel channel = server.accept()) {
        calls.add(request(channel));
        action.run();
        for (String piece : pieces) {
          channel.write(ByteBuffer.wrap(piece.getBytes(StandardCharsets.UTF_8)));
        }
      } catch (IOException _) {
        // Closed, or the client went away.
      }
    }
  }

  private static String request(SocketChannel channel) throws IOException {
    StringBuilder text = new StringBuilder();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (channel.read(one.clear()) == 1 && one.get(0) != 0) {
      text.append((char) one.get(0));
    }
    return text.toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
