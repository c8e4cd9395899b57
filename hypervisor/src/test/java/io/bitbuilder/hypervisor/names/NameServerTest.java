package io.bitbuilder.hypervisor.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.host.NativeSockets;
import io.bitbuilder.hypervisor.host.Resolver;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.names.TenantNames.Names;
import io.bitbuilder.hypervisor.names.TenantNames.Others;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.directory.InitialDirContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server on real sockets of the loopback, which it is given by their numbers. */
@Timeout(60)
final class NameServerTest {
  private static final int A = 1;
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
  private static final Duration IDLE = Duration.ofMillis(700);

  private static final Abroad NOWHERE =
      new Abroad(new Forwarder(1, new Random(1)), (_, _) -> new Resolver.Answer.Failed());

  private DatagramChannel datagrams;
  private ServerSocketChannel connections;
  private int port;
  private volatile Optional<Names> names = Optional.of(names("10.200.1.2"));
  private FutureTask<Boolean> serving;

  private static Names names(String... addresses) {
    return new Names(
        Zone.of(
            new TenantId("acme"),
            1,
            Map.of("web", Arrays.stream(addresses).map(InetAddress::ofLiteral).toList())),
        Link.of("127.9.9.9/8"),
        new Others.Nobody(),
        false);
  }

  @BeforeEach
  void serve() throws IOException {
    connections = ServerSocketChannel.open(StandardProtocolFamily.INET);
    connections.bind(new InetSocketAddress(HERE, 0));
    connections.configureBlocking(false);
    port = connections.socket().getLocalPort();
    datagrams = DatagramChannel.open(StandardProtocolFamily.INET);
    datagrams.bind(new InetSocketAddress(HERE, port));
    datagrams.configureBlocking(false);
    List<Integer> sockets = List.of(Descriptors.of("udp", port), Descriptors.of("tcp", port));
    NameServer server = new NameServer(sockets, () -> names, IDLE, NOWHERE);
    serving =
        new FutureTask<>(() -> {
          server.serve();
          return true;
        });
    Thread.ofPlatform().daemon().start(serving);
  }

  @AfterEach
  void close() throws IOException, InterruptedException, ExecutionException {
    // It ends by itself, whatever it went through.
    assertThat(serving.get()).isTrue();
    datagrams.close();
    connections.close();
  }

  private DatagramSocket client() throws SocketException {
    DatagramSocket client = new DatagramSocket(new InetSocketAddress(HERE, 0));
    client.connect(HERE, port);
    client.setSoTimeout(5000);
    return client;
  }

  private static void send(DatagramSocket client, byte[] message) throws IOException {
    client.send(new DatagramPacket(message, message.length));
  }

  private static Wire.Answer receive(DatagramSocket client) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
    client.receive(packet);
    return Wire.answer(Arrays.copyOf(packet.getData(), packet.getLength()));
  }

  private Wire.Answer ask(String name, int type) throws IOException {
    try (DatagramSocket client = client()) {
      send(client, Wire.query(name, type));
      return receive(client);
    }
  }

  private static byte[] framed(byte[]... messages) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] message : messages) {
      Wire.numbers(out, message.length);
      out.writeBytes(message);
    }
    return out.toByteArray();
  }

  private static Wire.Answer next(DataInputStream in) throws IOException {
    return Wire.answer(in.readNBytes(in.readUnsignedShort()));
  }

  @Test
  void questionsAreAnsweredByDatagramAndByConnection() throws IOException {
    assertThat(ask("web.acme.internal", A).data()).containsExactly("10.200.1.2");
    assertThat(ask("web.globex.internal", A).rcode()).isEqualTo(3);
    try (Socket socket = new Socket(HERE, port)) {
      socket.setSoTimeout(5000);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] two =
          framed(
              Wire.query(1, Wire.RD, "web.acme.internal", A),
              Wire.query(2, Wire.RD, "x.acme.internal", A));
      // Byte by byte, and several at once: it is a stream.
      OutputStream out = socket.getOutputStream();
      for (byte one : two) {
        out.write(one);
      }
      out.write(two);
      for (int i = 0; i < 2; i++) {
        Wire.Answer web = next(in);
        assertThat(web.id()).isEqualTo(1);
        assertThat(web.data()).containsExactly("10.200.1.2");
        Wire.Answer none = next(in);
        assertThat(none.id()).isEqualTo(2);
        assertThat(none.rcode()).isEqualTo(3);
      }
    }
  }

  /** The JDK's own client has never heard of this server. */
  @SuppressWarnings({"BanJNDI", "JdkObsolete"}) // of addresses and names, which the test made up
  @Test
  void anotherClientUnderstandsIt() throws NamingException {
    Hashtable<String, String> environment = new Hashtable<>();
    environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
    environment.put(Context.PROVIDER_URL, "dns://127.0.0.1:" + port);
    names = Optional.of(names("10.200.1.2", "fd00::2"));
    InitialDirContext client = new InitialDirContext(environment);
    String[] types = {"A", "AAAA"};
    assertThat(client.getAttributes("web.acme.internal", types).get("A").get())
        .isEqualTo("10.200.1.2");
    assertThat(client.getAttributes("WEB.acme.Internal", types).get("AAAA").get())
        .isEqualTo("fd00::2");
    assertThat(
            client.getAttributes("2.1.200.10.in-addr.arpa", new String[] {"PTR"}).get("PTR").get())
        .isEqualTo("web.acme.internal.");
    assertThat(client.getAttributes("acme.internal", new String[] {"SOA"}).get("SOA").get())
        .isEqualTo("acme.internal. nobody.invalid. 1 3600 1200 604800 5");
    assertThat(client.getAttributes("web.acme.internal", new String[] {"TXT"}).size()).isZero();
    assertThatThrownBy(() -> client.getAttributes("x.acme.internal", types))
        .isInstanceOf(NameNotFoundException.class);
    // Too many for a datagram: it comes back by a connection.
    String[] many = new String[100];
    for (int i = 0; i < many.length; i++) {
      many[i] = "10.0.0." + (i + 1);
    }
    names = Optional.of(names(many));
    assertThat(client.getAttributes("web.acme.internal", types).get("A").size()).isEqualTo(100);
    client.close();
  }

  @Test
  void aChangeIsSeenAtOnce() throws IOException {
    assertThat(ask("web.acme.internal", A).data()).containsExactly("10.200.1.2");
    names = Optional.of(names("10.200.1.3"));
    assertThat(ask("web.acme.internal", A).data()).containsExactly("10.200.1.3");
  }

  /** What was asked stays where the next server finds it. */
  @Test
  void itEndsWhenItShouldBeStartedAnew() throws Exception {
    Names known = names.orElseThrow();
    assertThat(ask("web.acme.internal", A).data()).hasSize(1);
    names = Optional.of(new Names(known.zone(), known.link(), known.others(), true));
    int answered = 0;
    try (DatagramSocket client = client()) {
      client.setSoTimeout(300);
      while (!serving.isDone()) {
        send(client, Wire.query("web.acme.internal", A));
        try {
          receive(client);
          answered++;
          // No faster than one may ask.
          assertThat(new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS)).isFalse();
        } catch (SocketTimeoutException _) {
          assertThat(serving.get()).isTrue();
        }
      }
      assertThat(answered).as("not at once").isPositive();
      client.setSoTimeout(5000);
      names = Optional.of(known);
      new NameServer(List.of(Descriptors.of("udp", port)), () -> names, IDLE, NOWHERE).serve();
      assertThat(receive(client).data()).containsExactly("10.200.1.2");
    }
  }

  @Test
  void onlyMembersOfTheNetworkAreAnswered() throws IOException {
    Names known = names.orElseThrow();
    names = Optional.of(new Names(known.zone(), Link.of("10.200.1.1/24"), known.others(), false));
    try (DatagramSocket client = client()) {
      client.setSoTimeout(300);
      send(client, Wire.query("web.acme.internal", A));
      assertThatThrownBy(() -> receive(client)).isInstanceOf(SocketTimeoutException.class);
    }
    names = Optional.empty();
    try (Socket socket = new Socket(HERE, port)) {
      socket.setSoTimeout(5000);
      socket.getOutputStream().write(framed(Wire.query("web.acme.internal", A)));
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    names = Optional.of(known);
    assertThat(ask("web.acme.internal", A).data()).hasSize(1);
  }

  @Test
  void whoAsksForTooManyIsNotAnsweredForAWhile() throws IOException {
    int answered = 0;
    long start = System.nanoTime();
    try (DatagramSocket client = client()) {
      client.setSoTimeout(1000);
      for (int i = 0; i < 400; i++) {
        for (int j = 0; j < 25; j++) {
          send(client, Wire.query("web.acme.internal", A));
        }
        try {
          for (int j = 0; j < 25; j++) {
            receive(client);
            answered++;
          }
        } catch (SocketTimeoutException _) {
          break;
        }
      }
    }
    int seconds = Math.toIntExact(Duration.ofNanos(System.nanoTime() - start).toSeconds()) + 1;
    assertThat(answered).isBetween(2000, 2000 + 1000 * seconds);
  }

  @Test
  void garbageDoesNoHarm() throws IOException {
    Random random = new Random(7);
    try (DatagramSocket client = client()) {
      for (int i = 0; i < 1500; i++) {
        byte[] message = new byte[random.nextInt(600)];
        random.nextBytes(message);
        send(client, message);
        if (i % 50 == 0) {
          // Not faster than the kernel keeps them for the server.
          assertThat(ask("web.acme.internal", A).data()).containsExactly("10.200.1.2");
        }
      }
      for (int i = 0; i < 20; i++) {
        try (Socket socket = new Socket(HERE, port)) {
          byte[] message = new byte[1 + random.nextInt(600)];
          random.nextBytes(message);
          socket.getOutputStream().write(message);
        }
      }
    }
    assertThat(ask("web.acme.internal", A).data()).containsExactly("10.200.1.2");
  }

  @Test
  void connectionsAreLimitedAndEndWithTheirPeer() throws IOException {
    List<Socket> open = new ArrayList<>();
    int refused = 0;
    for (int i = 0; i < 24; i++) {
      Socket socket = new Socket(HERE, port);
      socket.setSoTimeout(5000);
      open.add(socket);
      try {
        socket.getOutputStream().write(framed(Wire.query("web.acme.internal", A)));
        assertThat(next(new DataInputStream(socket.getInputStream())).data()).hasSize(1);
      } catch (EOFException | SocketException _) {
        refused++;
      }
    }
    assertThat(refused).isEqualTo(8);
    for (Socket socket : open) {
      socket.close();
    }
    assertThat(ask("web.acme.internal", A).data()).hasSize(1);
  }

  @Test
  void framesThatAreNoneEndTheConnection() throws IOException {
    for (byte[] bytes :
        new byte[][] {
          {0, 5, 1, 2, 3, 4, 5}, {(byte) 0xff, (byte) 0xff}, framed(Wire.query(1, 0x8000, "x", A))
        }) {
      try (Socket socket = new Socket(HERE, port)) {
        socket.setSoTimeout(5000);
        socket.getOutputStream().write(bytes);
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      } catch (SocketException _) {
        // Hung up before it read all.
      }
    }
    assertThat(ask("web.acme.internal", A).data()).hasSize(1);
  }

  @Test
  void ofOthersNothingIsKnownWhenNobodyAnswers() throws IOException {
    Names known = names.orElseThrow();
    names =
        Optional.of(
            new Names(known.zone(), known.link(), new Others.Servers(List.of(HERE)), false));
    // Nothing listens there.
    assertThat(ask("example.org", A).rcode()).isEqualTo(2);
    try (Socket socket = new Socket(HERE, port)) {
      socket.setSoTimeout(5000);
      socket.getOutputStream().write(framed(Wire.query("example.org", A)));
      assertThat(next(new DataInputStream(socket.getInputStream())).rcode()).isEqualTo(2);
    }
    assertThat(ask("web.acme.internal", A).data()).hasSize(1);
  }

  @Test
  void onlySocketsThatWerePassedToUsAreTaken() {
    String pid = String.valueOf(ProcessHandle.current().pid());
    assertThat(NativeSockets.inherited(Map.of("LISTEN_FDS", "4", "LISTEN_PID", pid)))
        .containsExactly(3, 4, 5, 6);
    assertThat(NativeSockets.inherited(Map.of("LISTEN_FDS", "4", "LISTEN_PID", "1"))).isEmpty();
    assertThat(NativeSockets.inherited(Map.of("LISTEN_FDS", "99", "LISTEN_PID", pid))).isEmpty();
    assertThat(NativeSockets.inherited(Map.of("LISTEN_FDS", "-1", "LISTEN_PID", pid))).isEmpty();
    assertThat(NativeSockets.inherited(Map.of())).isEmpty();
    assertThatThrownBy(() -> new NameServer(List.of(9999), () -> names, IDLE, NOWHERE))
        .isInstanceOf(IOException.class);
  }
}
