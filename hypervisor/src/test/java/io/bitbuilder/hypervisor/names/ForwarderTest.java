package io.bitbuilder.hypervisor.names;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.names.Wire.Answer;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Asks a server on the loopback that says what a test wants it to. */
@Timeout(60)
final class ForwarderTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress NOWHERE = InetAddress.ofLiteral("127.99.0.1");

  private final BlockingQueue<byte[]> asked = new LinkedBlockingQueue<>();
  private DatagramSocket datagrams;
  private ServerSocket connections;
  private Function<byte[], List<byte[]>> says;

  @BeforeEach
  void listen() throws IOException {
    connections = new ServerSocket(0, 50, HERE);
    datagrams = new DatagramSocket(new InetSocketAddress(HERE, connections.getLocalPort()));
    says = question -> List.of(answered(question, 1));
    Thread.ofVirtual().start(this::datagrams);
    Thread.ofVirtual().start(this::connections);
  }

  @AfterEach
  void close() throws IOException {
    datagrams.close();
    connections.close();
  }

  private void datagrams() {
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
        datagrams.receive(packet);
        byte[] question = Arrays.copyOf(packet.getData(), packet.getLength());
        asked.add(question);
        for (byte[] answer : says.apply(question)) {
          datagrams.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  private void connections() {
    try {
      while (true) {
        try (Socket socket = connections.accept()) {
          DataInputStream in = new DataInputStream(socket.getInputStream());
          byte[] question = in.readNBytes(in.readUnsignedShort());
          asked.add(question);
          DataOutputStream out = new DataOutputStream(socket.getOutputStream());
          for (byte[] answer : says.apply(question)) {
            out.writeShort(answer.length);
            out.write(answer);
          }
        }
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  /** An answer to a question with so many addresses. */
  private static byte[] answered(byte[] question, int count) {
    int end = 12;
    while (question[end] != 0) {
      end += 1 + question[end];
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(question, 0, 2);
    Wire.numbers(out, 0x8180, 1, count, 0, 0);
    out.write(question, 12, end + 5 - 12);
    for (int i = 0; i < count; i++) {
      Wire.numbers(out, 0xc00c, 1, 1, 0, 60, 4, 0xc000, 0x0200 + i);
    }
    return out.toByteArray();
  }

  private Answer ask(byte[] message, boolean stream, InetAddress... servers) {
    Query query = ((Query.Parsed.Whole) Query.parse(message, message.length)).query();
    return Wire.answer(
        new Forwarder(connections.getLocalPort(), new Random(1))
            .ask(query, List.of(servers), stream));
  }

  @Test
  void anAnswerIsPassedOnWithTheNumberOfWhoAsked() throws InterruptedException {
    for (boolean stream : new boolean[] {false, true}) {
      Answer answer = ask(Wire.query(0x4242, Wire.RD, "Www.Example.org", 1), stream, HERE);
      assertThat(answer.id()).isEqualTo(0x4242);
      assertThat(answer.question()).isEqualTo("Www.Example.org.");
      assertThat(answer.data()).containsExactly("192.0.2.0");
      byte[] question = asked.take();
      assertThat(((question[0] & 0xff) << 8) | (question[1] & 0xff)).isNotEqualTo(0x4242);
      assertThat(question).hasSize(12 + 17 + 4);
    }
  }

  @Test
  void onlyWhatIsNeededIsPassedOn() throws InterruptedException {
    byte[] query = Wire.extended("example.org", 1, 4096, 0, 0x8000);
    query[3] |= 0x10;
    Answer answer = ask(query, false, HERE);
    assertThat(answer.data()).containsExactly("192.0.2.0");
    Answer question = Wire.answer(asked.take());
    assertThat(question.flags()).isEqualTo(0x0110);
    assertThat(question.additional())
        .singleElement()
        .satisfies(extension -> {
          assertThat(extension.category()).isEqualTo(1232);
          assertThat(extension.ttl()).isEqualTo(0x8000);
          assertThat(extension.data()).isEmpty();
        });
  }

  @Test
  void answersToOtherQuestionsAreNone() {
    says =
        question -> {
          byte[] number = answered(question, 2);
          number[1] ^= 1;
          byte[] name = answered(question, 3);
          name[13] ^= 0x20;
          byte[] type = answered(question, 4);
          type[12 + 13 + 1] = 28;
          byte[] no = answered(question, 5);
          no[2] &= 0x7f;
          return List.of(new byte[0], new byte[11], number, name, type, no, answered(question, 1));
        };
    assertThat(ask(Wire.query("example.org", 1), false, HERE).data()).containsExactly("192.0.2.0");
    // By a connection there is one answer, and this is not it.
    assertThat(ask(Wire.query("example.org", 1), true, HERE).rcode()).isEqualTo(2);
  }

  @Test
  void whoDoesNotAnswerIsFollowedByTheNext() {
    assertThat(ask(Wire.query("example.org", 1), false, NOWHERE, HERE).data()).hasSize(1);
    assertThat(ask(Wire.query("example.org", 1), true, NOWHERE, HERE).data()).hasSize(1);
    says = _ -> List.of();
    long start = System.nanoTime();
    Answer answer = ask(Wire.query(7, Wire.RD, "example.org", 1), false, HERE, HERE, HERE);
    // Before who asked gives up.
    assertThat(System.nanoTime() - start).isLessThan(4_900_000_000L);
    assertThat(answer.id()).isEqualTo(7);
    assertThat(answer.rcode()).isEqualTo(2);
    assertThat(asked.stream().filter(one -> one.length > 0).count()).isEqualTo(4);
  }

  @Test
  void whatIsTooLongForADatagramComesByAConnection() {
    says = question -> List.of(answered(question, 100));
    Answer cut = ask(Wire.query(9, Wire.RD, "example.org", 1), false, HERE);
    assertThat(cut.is(Wire.TC)).isTrue();
    assertThat(cut.id()).isEqualTo(9);
    assertThat(cut.answers()).isEmpty();
    assertThat(ask(Wire.query("example.org", 1), true, HERE).answers()).hasSize(100);
    // Some are cut in the middle of a record (systemd-resolved).
    says =
        question -> {
          byte[] part = Arrays.copyOf(answered(question, 100), 500);
          part[2] |= 0x02;
          return List.of(part);
        };
    cut = ask(Wire.query("example.org", 1), false, HERE);
    assertThat(cut.is(Wire.TC)).isTrue();
    assertThat(cut.answers()).isEmpty();
  }
}
