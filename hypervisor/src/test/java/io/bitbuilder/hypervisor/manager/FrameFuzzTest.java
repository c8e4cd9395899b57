package io.bitbuilder.hypervisor.manager;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.bitbuilder.hypervisor.document.Json;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** Whatever a tenant sends to its socket is answered with one message, or not at all. */
final class FrameFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void frame(byte[] bytes) throws java.io.IOException {
    try (ServerSocketChannel unbound = ServerSocketChannel.open()) {
      VarlinkServer server =
          new VarlinkServer(
              unbound,
              (method, parameters) -> VarlinkServer.Reply.of(Map.of(method, parameters)),
              Duration.ofSeconds(1));
      byte[] reply;
      try {
        reply = server.answer(new String(bytes, StandardCharsets.UTF_8));
      } catch (IllegalArgumentException _) {
        return;
      }
      if (reply.length > 0) {
        String text = new String(reply, 0, reply.length - 1, StandardCharsets.UTF_8);
        assertThat(reply[reply.length - 1]).isZero();
        assertThat(text.indexOf(0)).isNegative();
        assertThat(Json.parseObject(text)).containsKey("parameters");
      }
    }
  }
}
