package io.bitbuilder.hypervisor.names;

import io.bitbuilder.hypervisor.names.MessageReader.Malformed;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Asks other name servers. Each question is a message of our own with a number and a port nobody
 * can foresee, and only an answer to just this question is passed on (RFC 5452, section 9).
 */
final class Forwarder {
  /** Who asks us waits five seconds, as a rule. */
  private static final Duration PATIENCE = Duration.ofMillis(2200);

  private static final int SERVERS = 2;

  /** More than what it is told we take. */
  private static final int DATAGRAM = 4096;

  private final int port;
  private final RandomGenerator random;

  /**
   * A forwarder.
   *
   * @param port where servers listen
   * @param random that cannot be foreseen
   */
  Forwarder(int port, RandomGenerator random) {
    this.port = port;
    this.random = random;
  }

  /**
   * The answer of the first that has one, as a message to who asked; one that says so when there is
   * none.
   *
   * @param stream whether it came by a connection, and goes on by one
   */
  byte[] ask(Query query, List<InetAddress> servers, boolean stream) {
    for (InetAddress server : servers.subList(0, Math.min(SERVERS, servers.size()))) {
      int id = random.nextInt(1 << 16);
      byte[] question = message(query, id);
      try {
        Optional<byte[]> answer =
            stream ? byConnection(question, server) : byDatagram(question, server);
        if (answer.isPresent()) {
          return toAsker(query, answer.get(), stream);
        }
      } catch (IOException _) {
        // There is another server, or there is not.
      }
    }
    return Reply.of(query, Rcode.SERVER_FAILURE).bytes(stream);
  }

  private static byte[] message(Query query, int id) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Reply.number(id, out);
    Reply.number(
        (query.flags() & (Query.CHECKING_DISABLED | Query.AUTHENTIC)) | Query.RECURSION_DESIRED,
        out);
    Reply.number(1, out);
    Reply.number(0, out);
    Reply.number(0, out);
    Reply.number(query.edns().isPresent() ? 1 : 0, out);
    out.writeBytes(Reply.question(query));
    query.edns().ifPresent(edns -> Reply.extension(Rcode.NO_ERROR, edns.signatures(), out));
    return out.toByteArray();
  }

  private Optional<byte[]> byDatagram(byte[] question, InetAddress server) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress(server, port));
      socket.send(new DatagramPacket(question, question.length));
      DatagramPacket packet = new DatagramPacket(new byte[DATAGRAM], DATAGRAM);
      while (true) {
        long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
        if (left <= 0) {
          return Optional.empty();
        }
        socket.setSoTimeout((int) left);
        packet.setLength(DATAGRAM);
        socket.receive(packet);
        byte[] answer = Arrays.copyOf(packet.getData(), packet.getLength());
        if (answers(answer, question)) {
          return Optional.of(answer);
        }
      }
    }
  }

  private Optional<byte[]> byConnection(byte[] question, InetAddress server) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(server, port), (int) PATIENCE.toMillis());
      socket.setSoTimeout((int) PATIENCE.toMillis());
      ByteArrayOutputStream framed = new ByteArrayOutputStream();
      Reply.number(question.length, framed);
      framed.writeBytes(question);
      socket.getOutputStream().write(framed.toByteArray());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] answer = new byte[in.readUnsignedShort()];
      in.readFully(answer);
      return answers(answer, question) ? Optional.of(answer) : Optional.empty();
    }
  }

  /** Whether it is the answer to this question, which comes back letter by letter. */
  private static boolean answers(byte[] answer, byte[] question) {
    int end = questionEnd(question);
    return answer.length >= end
        && answer[0] == question[0]
        && answer[1] == question[1]
        && (answer[2] & 0xf8) == Query.RESPONSE >> 8
        && answer[4] == 0
        && answer[5] == 1
        && Arrays.equals(answer, Query.HEADER, end, question, Query.HEADER, end);
  }

  private static int questionEnd(byte[] question) {
    try {
      MessageReader reader = new MessageReader(question, question.length);
      reader.skip(Query.HEADER);
      reader.name(false);
      return reader.position() + 4;
    } catch (Malformed e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * With the number it was asked by, and cut to what who asked can take. Of one that was cut on its
   * way nothing is kept: some are cut in the middle of a record.
   */
  private static byte[] toAsker(Query query, byte[] answer, boolean stream) {
    byte[] message = answer.clone();
    boolean cut = (message[2] & (Reply.TRUNCATED >> 8)) != 0;
    if (cut || message.length > Reply.limit(query, stream)) {
      message = Reply.of(query, Rcode.NO_ERROR).truncated();
    }
    message[0] = (byte) (query.id() >> 8);
    message[1] = (byte) query.id();
    return message;
  }
}
