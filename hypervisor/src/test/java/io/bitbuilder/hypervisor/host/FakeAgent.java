package io.bitbuilder.hypervisor.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.Base64;

/** The other end of {@link ScriptPort}: one run of the agent, which says whatever a test wants. */
final class FakeAgent implements AutoCloseable {
  private final SocketChannel channel;
  private final InputStream in;
  private String token = "";

  FakeAgent(SocketChannel channel) {
    this.channel = channel;
    this.in = Channels.newInputStream(channel);
  }

  String token() {
    return token;
  }

  /** The next line that is not empty; empty when the host has gone. */
  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0; c = in.read()) {
      if (c == '\n' && !line.isEmpty()) {
        return line.toString();
      }
      if (c != '\n') {
        line.append((char) c);
      }
    }
    return "";
  }

  FakeAgent greeted() throws IOException {
    String[] words = line().split(" ", -1);
    assertThat(words[0]).isEqualTo("hello");
    token = words[1];
    return this;
  }

  /** The script, and the words that came with it, as the agent understands them. */
  String request() throws IOException {
    say("ready", "");
    StringBuilder text = new StringBuilder();
    while (true) {
      String[] words = line().split(" ", 3);
      assertThat(words[1]).isEqualTo(token);
      switch (words[0]) {
        case "hello" -> {}
        case "data" -> {
          assertThat(words[2]).hasSizeLessThanOrEqualTo(1000);
          text.append(words[2]);
        }
        case "run" -> {
          return words[2] + "\n" + new String(Base64.getDecoder().decode(text.toString()), UTF_8);
        }
        default -> throw new AssertionError(words[0]);
      }
    }
  }

  /** What the host sends until it has gone is nothing but greetings. */
  void left() throws IOException {
    for (String line = line(); !line.isEmpty(); line = line()) {
      assertThat(line).isEqualTo("hello " + token);
    }
  }

  void say(String verb, String text) throws IOException {
    raw(verb + " " + token + " " + text + "\n");
  }

  void raw(String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
