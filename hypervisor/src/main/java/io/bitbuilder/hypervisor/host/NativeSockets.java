package io.bitbuilder.hypervisor.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sockets by their numbers, as the service manager passes them on (sd_listen_fds(3)). Java takes
 * over one, as its standard input, and no more; so these are the system calls themselves. Each
 * object has memory of its own for them and belongs to one thread.
 */
public final class NativeSockets implements AutoCloseable {
  private static final int FIRST = 3;
  private static final int MOST = 64;

  // Numbers of Linux, the same for x86-64 and arm64.
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;
  private static final short POLLIN = 1;
  private static final short POLLNVAL = 0x20;
  private static final int SOL_SOCKET = 1;
  private static final int SO_TYPE = 3;
  private static final int SO_RCVTIMEO = 20;
  private static final int SO_SNDTIMEO = 21;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final short AF_INET = 2;
  private static final short AF_INET6 = 10;

  /** The size of struct sockaddr_in6, and where addresses are in it and in struct sockaddr_in. */
  private static final int PEER_SIZE = 28;

  private static final int ADDRESS4 = 4;
  private static final int ADDRESS6 = 8;
  private static final int POLL_SIZE = 8;

  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));

  private static final MethodHandle POLL =
      call("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle RECEIVE =
      call(
          "recvfrom",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle SEND =
      call(
          "sendto",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle ACCEPT =
      call("accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
  private static final MethodHandle OPTION =
      call(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle GET_OPTION =
      call(
          "getsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle CLOSE =
      call("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment state = arena.allocate(STATE);
  private final MemorySegment peer = arena.allocate(PEER_SIZE);
  private final MemorySegment size = arena.allocate(JAVA_INT);
  private final MemorySegment small = arena.allocate((long) MOST * POLL_SIZE, Long.BYTES);
  private final MemorySegment buffer;

  /**
   * Memory for one thread.
   *
   * @param limit the largest message in bytes; of a longer one the rest is cut off
   */
  public NativeSockets(int limit) {
    buffer = arena.allocate(limit);
  }

  /** Who sent something, and where an answer goes. */
  public static final class Peer {
    private final byte[] raw;
    private final InetAddress address;

    private Peer(byte[] raw) {
      this.raw = raw;
      this.address = address(raw);
    }

    /** Its address; that of a mapped IPv4 address is one of IPv4. */
    public InetAddress address() {
      return address;
    }

    private static InetAddress address(byte[] raw) {
      short family = MemorySegment.ofArray(raw).get(JAVA_SHORT.withByteAlignment(1), 0);
      try {
        return switch (family) {
          case AF_INET -> InetAddress.getByAddress(Arrays.copyOfRange(raw, ADDRESS4, ADDRESS4 + 4));
          case AF_INET6 ->
              InetAddress.getByAddress(Arrays.copyOfRange(raw, ADDRESS6, ADDRESS6 + 16));
          default -> throw new IllegalArgumentException("not a peer of the internet");
        };
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException("not an address", e);
      }
    }
  }

  /** A message that arrived: the first {@code length} bytes of the array it was read into. */
  public record Received(int length, Peer from) {}

  /** A connection that was taken. */
  public record Accepted(int socket, Peer from) {}

  /**
   * The sockets that were passed to this process.
   *
   * @param environment the environment variables
   */
  public static List<Integer> inherited(Map<String, String> environment) {
    List<Integer> sockets = new ArrayList<>();
    String count = environment.getOrDefault("LISTEN_FDS", "");
    boolean ours =
        environment
            .getOrDefault("LISTEN_PID", "")
            .equals(String.valueOf(ProcessHandle.current().pid()));
    if (ours && count.matches("[0-9]{1,2}") && Integer.parseInt(count) <= MOST) {
      for (int i = 0; i < Integer.parseInt(count); i++) {
        sockets.add(FIRST + i);
      }
    }
    return sockets;
  }

  /** Whether it is one to take connections from, and not one of datagrams. */
  public boolean isStream(int socket) throws IOException {
    size.set(JAVA_INT, 0, Integer.BYTES);
    int done;
    try {
      done = (int) GET_OPTION.invokeExact(state, socket, SOL_SOCKET, SO_TYPE, small, size);
    } catch (Throwable e) {
      throw broken(e);
    }
    if (done < 0) {
      throw failed("getsockopt");
    }
    return small.get(JAVA_INT, 0) == SOCK_STREAM;
  }

  /**
   * Waits until one of the sockets has something to read; those that have, none when time is up.
   */
  public List<Integer> ready(List<Integer> sockets, Duration limit) throws IOException {
    if (sockets.size() > MOST) {
      throw new IllegalArgumentException("too many sockets");
    }
    for (int i = 0; i < sockets.size(); i++) {
      long at = (long) i * POLL_SIZE;
      small.set(JAVA_INT, at, sockets.get(i));
      small.set(JAVA_SHORT, at + 4, POLLIN);
      small.set(JAVA_SHORT, at + 6, (short) 0);
    }
    int count;
    int millis = Math.toIntExact(limit.toMillis());
    try {
      count = (int) POLL.invokeExact(state, small, (long) sockets.size(), millis);
    } catch (Throwable e) {
      throw broken(e);
    }
    if (count < 0 && errno() != EINTR) {
      throw failed("poll");
    }
    List<Integer> ready = new ArrayList<>();
    for (int i = 0; i < sockets.size() && count > 0; i++) {
      short events = small.get(JAVA_SHORT, (long) i * POLL_SIZE + 6);
      if ((events & POLLNVAL) != 0) {
        throw new IOException("descriptor " + sockets.get(i) + " is no socket");
      }
      if (events != 0) {
        ready.add(sockets.get(i));
      }
    }
    return ready;
  }

  /** Reads a datagram; empty when there is none, or one without a usable sender. */
  public Optional<Received> receive(int socket, byte[] into) throws IOException {
    size.set(JAVA_INT, 0, PEER_SIZE);
    long length = receive(socket, Math.min(into.length, buffer.byteSize()), peer, size);
    if (length < 0) {
      if (errno() == EAGAIN || errno() == EINTR) {
        return Optional.empty();
      }
      throw failed("recvfrom");
    }
    MemorySegment.copy(buffer, JAVA_BYTE, 0, into, 0, (int) length);
    return Optional.of(new Received((int) length, new Peer(peer.toArray(JAVA_BYTE))));
  }

  /** Sends a datagram. One that cannot be sent is lost, as any datagram may be. */
  public void send(int socket, byte[] message, Peer to) {
    MemorySegment.copy(message, 0, buffer, JAVA_BYTE, 0, message.length);
    MemorySegment.copy(to.raw, 0, peer, JAVA_BYTE, 0, PEER_SIZE);
    int length = peer.get(JAVA_SHORT, 0) == AF_INET ? 16 : PEER_SIZE; // struct sockaddr_in and _in6
    send(socket, message.length, peer, length);
  }

  /** Takes a connection; empty when whoever came is gone. */
  public Optional<Accepted> accept(int socket) {
    size.set(JAVA_INT, 0, PEER_SIZE);
    int taken;
    try {
      taken = (int) ACCEPT.invokeExact(state, socket, peer, size, SOCK_CLOEXEC);
    } catch (Throwable e) {
      throw broken(e);
    }
    return taken < 0
        ? Optional.empty()
        : Optional.of(new Accepted(taken, new Peer(peer.toArray(JAVA_BYTE))));
  }

  /** Sets how long one read or write of a connection may wait. */
  public void patience(int socket, Duration limit) throws IOException {
    small.set(JAVA_LONG, 0, limit.toSeconds());
    small.set(JAVA_LONG, Long.BYTES, limit.toNanosPart() / 1000L);
    for (int option : new int[] {SO_RCVTIMEO, SO_SNDTIMEO}) {
      int done;
      try {
        done = (int) OPTION.invokeExact(state, socket, SOL_SOCKET, option, small, 2 * Long.BYTES);
      } catch (Throwable e) {
        throw broken(e);
      }
      if (done < 0) {
        throw failed("setsockopt");
      }
    }
  }

  /**
   * Reads from a connection; -1 at its end.
   *
   * @throws IOException also when nothing came in time
   */
  public int read(int socket, byte[] into, int offset, int length) throws IOException {
    long count =
        receive(
            socket, Math.min(length, buffer.byteSize()), MemorySegment.NULL, MemorySegment.NULL);
    if (count < 0) {
      throw failed("recvfrom");
    }
    MemorySegment.copy(buffer, JAVA_BYTE, 0, into, offset, (int) count);
    return count == 0 ? -1 : (int) count;
  }

  /**
   * Writes all of it to a connection.
   *
   * @throws IOException also when the peer does not take it in time
   */
  public void write(int socket, byte[] message) throws IOException {
    int done = 0;
    while (done < message.length) {
      int part = (int) Math.min(message.length - done, buffer.byteSize());
      MemorySegment.copy(message, done, buffer, JAVA_BYTE, 0, part);
      long count = send(socket, part, MemorySegment.NULL, 0);
      if (count < 0) {
        throw failed("sendto");
      }
      done += (int) count;
    }
  }

  /** Closes a connection. */
  public void close(int socket) {
    try {
      int _ = (int) CLOSE.invokeExact(state, socket);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  @Override
  public void close() {
    arena.close();
  }

  private long receive(int socket, long limit, MemorySegment from, MemorySegment length) {
    try {
      return (long) RECEIVE.invokeExact(state, socket, buffer, limit, 0, from, length);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  private long send(int socket, long length, MemorySegment to, int toLength) {
    try {
      return (long) SEND.invokeExact(state, socket, buffer, length, MSG_NOSIGNAL, to, toLength);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  private int errno() {
    return (int) ERRNO.get(state, 0L);
  }

  private IOException failed(String call) {
    return new IOException(call + ": errno " + errno());
  }

  private static IllegalStateException broken(Throwable e) {
    return new IllegalStateException("system call", e);
  }

  @SuppressWarnings("restricted") // this is the one place for it
  private static MethodHandle call(String name, FunctionDescriptor shape) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), shape, Linker.Option.captureCallState("errno"));
  }
}
