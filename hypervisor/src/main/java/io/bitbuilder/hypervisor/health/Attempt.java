package io.bitbuilder.hypervisor.health;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.health.Finding.State;
import io.bitbuilder.hypervisor.host.Commands;
import io.bitbuilder.hypervisor.host.Inside;
import io.bitbuilder.hypervisor.model.Check;
import io.bitbuilder.hypervisor.model.Script;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One try of one declared check. */
final class Attempt {
  /** More of an answer's first line than any real one has. */
  private static final int LINE_LIMIT = 1024;

  private final Inside inside;

  Attempt(Inside inside) {
    this.inside = inside;
  }

  /** What a check is called in messages. */
  static String describe(Check check) {
    return switch (check) {
      case Check.Tcp tcp -> "tcp " + tcp.port();
      case Check.Http http -> "http " + http.port() + " " + Quote.escape(http.path());
      case Check.Exec exec -> "exec " + Quote.escape(String.join(" ", exec.command()));
      case Check.Handed _ -> "script " + Script.HEALTH_CHECK.file();
      case Check.Unit unit -> "unit " + Quote.escape(unit.unit());
    };
  }

  /**
   * Tries once, within the check's own timeout.
   *
   * @throws InterruptedIOException when the thread is interrupted
   */
  Finding run(Subject subject, Check check) throws InterruptedIOException {
    String trouble;
    try {
      trouble =
          switch (check) {
            case Check.Tcp tcp -> tcp(subject, tcp);
            case Check.Http http -> http(subject, http);
            case Check.Exec exec -> exec(subject, exec);
            case Check.Handed handed -> script(subject, handed);
            case Check.Unit unit -> unit(subject, unit);
          };
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        InterruptedIOException failure = new InterruptedIOException("interrupted");
        failure.initCause(e);
        throw failure;
      }
      trouble = Quote.escape(String.valueOf(e.getMessage()), 200);
    }
    return trouble.isEmpty()
        ? new Finding(subject.name(), describe(check), State.PASSED, "passed")
        : new Finding(subject.name(), describe(check), State.PENDING, trouble);
  }

  private static String tcp(Subject subject, Check.Tcp check) throws IOException {
    try (Socket _ = connect(subject, check.port(), check.timeout())) {
      return "";
    }
  }

  private static Socket connect(Subject subject, int port, Duration timeout) throws IOException {
    if (subject.address().isEmpty()) {
      throw new IOException("it has no network");
    }
    Socket socket = new Socket();
    try {
      socket.connect(
          new InetSocketAddress(subject.address(), port), Math.toIntExact(timeout.toMillis()));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static String http(Subject subject, Check.Http check) throws IOException {
    long end = System.nanoTime() + check.timeout().toNanos();
    try (Socket socket = connect(subject, check.port(), check.timeout())) {
      String request =
          "GET "
              + target(check.path())
              + " HTTP/1.1\r\nHost: "
              + subject.name()
              + "\r\nUser-Agent: bitbuilder-health\r\nAccept: */*\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      return status(statusLine(socket, end), check.status());
    }
  }

  /** Whatever could end the line, or is not ASCII, as its percent-encoded bytes (RFC 3986). */
  private static String target(String path) {
    StringBuilder target = new StringBuilder();
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      if (b > ' ' && b < 0x7f) {
        target.append((char) b);
      } else {
        target.append(String.format("%%%02X", b & 0xff));
      }
    }
    return target.isEmpty() ? "/" : target.toString();
  }

  private static String statusLine(Socket socket, long end) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder line = new StringBuilder();
    while (line.length() < LINE_LIMIT) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new IOException("no answer in time");
      }
      socket.setSoTimeout(Math.toIntExact(Math.min(left, Integer.MAX_VALUE)));
      int c = in.read();
      if (c < 0 || c == '\n') {
        break;
      }
      line.append((char) c);
    }
    return line.toString();
  }

  private static String status(String line, Optional<Integer> expected) {
    String[] words = line.strip().split(" ", 3);
    if (words.length < 2 || !words[0].startsWith("HTTP/") || !isStatus(words[1])) {
      return "the answer is not HTTP: " + Quote.quote(line);
    }
    int status = Integer.parseInt(words[1]);
    boolean passed =
        expected.isPresent() ? status == expected.get() : status >= 200 && status <= 299;
    return passed
        ? ""
        : "status " + status + " instead of " + expected.map(String::valueOf).orElse("200 to 299");
  }

  private static boolean isStatus(String word) {
    return word.length() == 3 && word.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private String exec(Subject subject, Check.Exec check) throws IOException {
    return exit(inside.run(subject.machine(), check.command(), check.timeout()), check.timeout());
  }

  private String script(Subject subject, Check.Handed check) throws IOException {
    return exit(
        inside.script(
            subject.machine(), subject.user(), check.layer(), Script.HEALTH_CHECK, check.timeout()),
        check.timeout());
  }

  private String unit(Subject subject, Check.Unit check) throws IOException {
    List<String> words = new ArrayList<>(List.of("systemctl", "is-active", "--", check.unit()));
    Commands.Result result = inside.run(subject.machine(), words, check.timeout());
    return result.ok() || result.timedOut() || result.out().isBlank()
        ? exit(result, check.timeout())
        : "is " + Quote.escape(result.out().strip());
  }

  private static String exit(Commands.Result result, Duration timeout) {
    if (result.timedOut()) {
      return "took longer than " + timeout.toMillis() + " ms";
    }
    String said = result.err().isBlank() ? result.out().strip() : result.err().strip();
    return result.ok()
        ? ""
        : "exit status "
            + result.exit()
            + (said.isEmpty() ? "" : ", " + Quote.quote(said.lines().findFirst().orElse("")));
  }
}
