package io.bitbuilder.hypervisor.names;

import io.bitbuilder.hypervisor.host.NativeSockets;
import io.bitbuilder.hypervisor.host.NativeSockets.Accepted;
import io.bitbuilder.hypervisor.host.NativeSockets.Peer;
import io.bitbuilder.hypervisor.host.NativeSockets.Received;
import io.bitbuilder.hypervisor.host.Resolver;
import io.bitbuilder.hypervisor.names.Responder.Outcome;
import io.bitbuilder.hypervisor.names.TenantNames.Names;
import io.bitbuilder.hypervisor.names.TenantNames.Others;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * Answers questions on sockets that the service manager listens on, and ends when nobody asked for
 * a while: the next question starts it anew (systemd.socket(5)). Who asks is not trusted. What each
 * may ask, how long a connection lasts and how many there are is limited; what is no question gets
 * no answer, or one that is shorter than it.
 */
public final class NameServer {
  private static final int DNS = 53;

  /** More than any question has. */
  private static final int MESSAGE = 4096;

  /** After so many the other sockets get their turn. */
  private static final int TURN = 64;

  private static final int CONNECTIONS = 16;
  private static final Duration CONNECTION = Duration.ofSeconds(30);
  private static final Duration SILENCE = Duration.ofSeconds(5);

  /**
   * How long to go on with what we were started with, though another generation wants otherwise:
   * who started us may not know of it yet.
   */
  private static final Duration AGE = Duration.ofSeconds(2);

  /** Questions of others' that may be under way at once. */
  private static final int ABROAD = 64;

  private final List<Integer> datagrams = new ArrayList<>();
  private final List<Integer> streams = new ArrayList<>();
  private final Source names;
  private final Duration idle;
  private final Abroad elsewhere;
  private final Allowance questions = new Allowance(1000, 2000, System::nanoTime);
  private final Allowance forwards = new Allowance(100, 300, System::nanoTime);
  private final AtomicInteger connected = new AtomicInteger();
  private final AtomicInteger abroad = new AtomicInteger();

  /**
   * A server.
   *
   * @param sockets where questions come in
   * @param idle how long to wait for the next
   * @param resolver whom to ask for names that are not the tenant's, unless it names servers
   * @param random that cannot be foreseen
   */
  public NameServer(
      List<Integer> sockets,
      TenantNames names,
      Duration idle,
      Resolver resolver,
      RandomGenerator random)
      throws IOException {
    this(sockets, names::current, idle, new Abroad(new Forwarder(DNS, random), resolver));
  }

  NameServer(List<Integer> sockets, Source names, Duration idle, Abroad elsewhere)
      throws IOException {
    this.names = names;
    this.idle = idle;
    this.elsewhere = elsewhere;
    try (NativeSockets system = new NativeSockets(1)) {
      for (int socket : sockets) {
        (system.isStream(socket) ? streams : datagrams).add(socket);
      }
    }
  }

  /** Where the names are. */
  @FunctionalInterface
  interface Source {
    /** The names as they are now; empty when there are none to tell of. */
    Optional<Names> current() throws IOException;
  }

  /**
   * Answers until nobody has asked for a while, or we should be started anew: what was asked by
   * then is left for the next.
   *
   * @throws IOException when a socket fails, or the names cannot be read
   */
  public void serve() throws IOException {
    List<Integer> all = new ArrayList<>(datagrams);
    all.addAll(streams);
    names.current();
    long grown = System.nanoTime() + AGE.toNanos();
    try (NativeSockets system = new NativeSockets(MESSAGE);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Integer> ready = system.ready(all, idle);
      while (!ready.isEmpty() || connected.get() > 0 || abroad.get() > 0) {
        if (System.nanoTime() > grown && names.current().filter(Names::changed).isPresent()) {
          return;
        }
        for (int socket : ready) {
          if (streams.contains(socket)) {
            accept(socket, system);
          } else {
            receive(socket, system, threads);
          }
        }
        ready = system.ready(all, idle);
      }
    }
  }

  private void receive(int socket, NativeSockets system, ExecutorService threads)
      throws IOException {
    byte[] message = new byte[MESSAGE];
    for (int i = 0; i < TURN; i++) {
      Optional<Received> received = system.receive(socket, message);
      if (received.isEmpty()) {
        return;
      }
      Peer from = received.get().from();
      Optional<Names> known = mayAsk(from.address());
      if (known.isEmpty()) {
        continue;
      }
      Names now = known.get();
      switch (respond(message, received.get().length(), now, false)) {
        case Outcome.Silence() -> {}
        case Outcome.Send answer -> system.send(socket, answer.message(), from);
        case Outcome.Ask(Query query) -> {
          if (goesAbroad(from.address())) {
            threads.execute(() -> forward(socket, query, now, from));
          } else {
            system.send(socket, failure(query, false), from);
          }
        }
      }
    }
  }

  private void forward(int socket, Query query, Names now, Peer from) {
    try {
      byte[] answer = elsewhere.ask(query, now.others(), false);
      try (NativeSockets system = new NativeSockets(answer.length)) {
        system.send(socket, answer, from);
      }
    } finally {
      abroad.decrementAndGet();
    }
  }

  private void accept(int socket, NativeSockets system) {
    Optional<Accepted> taken = system.accept(socket);
    if (taken.isEmpty()) {
      return;
    }
    int connection = taken.get().socket();
    if (connected.incrementAndGet() > CONNECTIONS) {
      connected.decrementAndGet();
      system.close(connection);
      return;
    }
    InetAddress from = taken.get().from().address();
    // Not a virtual thread: in a system call of ours it would keep one of the few it runs on.
    Thread.ofPlatform().daemon().start(() -> converse(connection, from));
  }

  private void converse(int connection, InetAddress from) {
    long end = System.nanoTime() + CONNECTION.toNanos();
    try (NativeSockets system = new NativeSockets(MESSAGE)) {
      try {
        system.patience(connection, SILENCE);
        while (System.nanoTime() < end) {
          byte[] length = read(connection, 2, end, system);
          int size = ((length[0] & 0xff) << 8) | (length[1] & 0xff);
          if (size < Query.HEADER || size > MESSAGE) {
            return;
          }
          Optional<byte[]> answer = answer(read(connection, size, end, system), from);
          if (answer.isEmpty()) {
            return;
          }
          ByteArrayOutputStream framed = new ByteArrayOutputStream();
          Reply.number(answer.get().length, framed);
          framed.writeBytes(answer.get());
          system.write(connection, framed.toByteArray());
        }
      } catch (IOException _) {
        // Whoever hangs up, or takes too long, is not answered.
      } finally {
        system.close(connection);
      }
    } finally {
      connected.decrementAndGet();
    }
  }

  private static byte[] read(int connection, int size, long end, NativeSockets system)
      throws IOException {
    byte[] bytes = new byte[size];
    int done = 0;
    while (done < size) {
      int count = system.read(connection, bytes, done, size - done);
      if (count < 0 || System.nanoTime() > end) {
        throw new IOException("the connection ended");
      }
      done += count;
    }
    return bytes;
  }

  /** The answer to what came by a connection; empty to end it. */
  private Optional<byte[]> answer(byte[] message, InetAddress from) throws IOException {
    Optional<Names> known = mayAsk(from);
    if (known.isEmpty()) {
      return Optional.empty();
    }
    return switch (respond(message, message.length, known.get(), true)) {
      case Outcome.Silence() -> Optional.empty();
      case Outcome.Send answer -> Optional.of(answer.message());
      case Outcome.Ask(Query query) -> {
        if (!goesAbroad(from)) {
          yield Optional.of(failure(query, true));
        }
        try {
          yield Optional.of(elsewhere.ask(query, known.get().others(), true));
        } finally {
          abroad.decrementAndGet();
        }
      }
    };
  }

  private static Outcome respond(byte[] message, int length, Names names, boolean stream) {
    boolean asks = !(names.others() instanceof Others.Nobody);
    return Responder.respond(message, length, names.zone(), asks, stream);
  }

  private static byte[] failure(Query query, boolean stream) {
    return Reply.of(query, Rcode.SERVER_FAILURE).bytes(stream);
  }

  /** The names, for who is a member of the network and has not asked for too many. */
  private Optional<Names> mayAsk(InetAddress from) throws IOException {
    Optional<Names> now = names.current();
    return now.filter(known -> known.link().hasMember(from) && questions.take(from));
  }

  /** Whether one more question may be passed on; who passes it on takes it back. */
  private boolean goesAbroad(InetAddress from) {
    if (!forwards.take(from)) {
      return false;
    }
    if (abroad.incrementAndGet() > ABROAD) {
      abroad.decrementAndGet();
      return false;
    }
    return true;
  }
}
