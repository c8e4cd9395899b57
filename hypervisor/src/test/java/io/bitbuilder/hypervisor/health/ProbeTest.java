package io.bitbuilder.hypervisor.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.host.Commands;
import io.bitbuilder.hypervisor.host.FakePace;
import io.bitbuilder.hypervisor.host.Inside;
import io.bitbuilder.hypervisor.host.Machine;
import io.bitbuilder.hypervisor.host.Systemd;
import io.bitbuilder.hypervisor.host.UnitState;
import io.bitbuilder.hypervisor.model.Check;
import io.bitbuilder.hypervisor.model.Script;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProbeTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration DEADLINE = Duration.ofMinutes(5);

  private final FakePace pace = new FakePace();
  private final Deque<UnitState> states = new ArrayDeque<>();
  private final Deque<Commands.Result> results = new ArrayDeque<>();
  private final List<String> inside = Collections.synchronizedList(new ArrayList<>());

  private Probe probe() {
    return new Probe(new Scripted(), new Within(), pace);
  }

  /** Gives the results one after another, the last for ever. */
  private final class Within implements Inside {
    @Override
    public Commands.Result run(String machine, List<String> words, Duration limit) {
      return next(machine + " " + String.join(" ", words));
    }

    @Override
    public Commands.Result script(
        String machine, long user, String layer, Script script, Duration limit) {
      return next(machine + " " + user + " " + layer + " " + script);
    }

    private Commands.Result next(String call) {
      inside.add(call);
      synchronized (results) {
        return results.size() > 1 ? results.pop() : results.getFirst();
      }
    }
  }

  /** Gives the states one after another, the last for ever. */
  private final class Scripted implements Systemd {
    @Override
    public SortedMap<String, String> portableUnits(Path image, String prefix) {
      throw new AssertionError("nobody asked for this");
    }

    @Override
    public void daemonReload() {
      throw new AssertionError("nobody asked for this");
    }

    @Override
    public Done run(Verb verb, Collection<String> units, Duration limit) {
      throw new AssertionError("nobody asked for this");
    }

    @Override
    public SortedMap<String, UnitState> states(Collection<String> units) {
      UnitState state = states.size() > 1 ? states.pop() : states.getFirst();
      SortedMap<String, UnitState> all = new TreeMap<>();
      units.forEach(unit -> all.put(unit, state));
      return all;
    }

    @Override
    public SortedMap<String, Machine> machines() {
      return new TreeMap<>();
    }
  }

  private void unit(String active, String sub, String result, String invocation, int restarts) {
    states.add(
        new UnitState(
            "u", "loaded", active, sub, result, invocation, restarts, Optional.empty(), 0, ""));
  }

  private static Subject booting(Check... checks) {
    return new Subject("web", "u", "web.acme", 7, "127.0.0.1", true, List.of(checks));
  }

  private static Subject command(Check... checks) {
    return new Subject("job", "u", "job.acme", 7, "127.0.0.1", false, List.of(checks));
  }

  private static Commands.Result exit(int status, String out) {
    return new Commands.Result(status, out, "", false);
  }

  private Probe.Outcome await(Subject subject) throws IOException {
    return probe().await(List.of(subject), DEADLINE);
  }

  private Probe.Unhealthy unhealthy(Subject subject) throws IOException {
    return (Probe.Unhealthy) await(subject);
  }

  @Test
  void anActiveContainerWithAnInitIsHealthyAtOnce() throws IOException {
    unit("active", "running", "success", "i1", 0);
    assertThat(await(booting())).isEqualTo(new Probe.Healthy());
    assertThat(pace.elapsed()).isZero();
  }

  @Test
  void oneThatComesUpIsWaitedFor() throws IOException {
    unit("activating", "start", "success", "i1", 0);
    unit("activating", "auto-restart", "exit-code", "i1", 1);
    unit("active", "running", "success", "i2", 1);
    assertThat(await(booting())).isEqualTo(new Probe.Healthy());
  }

  @Test
  void oneThatFailedIsNotWaitedFor() throws IOException {
    unit("failed", "failed", "start-limit-hit", "i1", 4);
    assertThat(unhealthy(booting()))
        .isEqualTo(
            new Probe.Unhealthy(
                Code.BB601, "web: unit: is failed, start-limit-hit, restarted 4 times"));
    assertThat(pace.elapsed()).isZero();
  }

  @Test
  void oneThatOnlyRestartsIsGivenUp() throws IOException {
    unit("activating", "auto-restart", "exit-code", "i1", 3);
    assertThat(unhealthy(booting()).code()).isEqualTo(Code.BB601);
    assertThat(pace.elapsed()).isZero();
  }

  @Test
  void oneThatNeverComesUpMissesTheDeadline() throws IOException {
    unit("activating", "start", "success", "i1", 0);
    assertThat(unhealthy(booting()).code()).isEqualTo(Code.BB603);
    assertThat(pace.elapsed()).isBetween(DEADLINE, DEADLINE.plusSeconds(5));
  }

  @Test
  void aUnitThatDoesNotExistIsSaidSo() throws IOException {
    states.add(
        new UnitState("u", "not-found", "inactive", "dead", "", "", 0, Optional.empty(), 0, ""));
    assertThat(unhealthy(booting()).reason()).contains("not known to systemd");
  }

  @Test
  void aCommandMustStayUpForAMoment() throws IOException {
    unit("active", "running", "success", "i1", 0);
    assertThat(await(command())).isEqualTo(new Probe.Healthy());
    assertThat(pace.elapsed()).isGreaterThanOrEqualTo(SECOND);
  }

  /** On a busy host the question itself may take until after the deadline. */
  @Test
  void aCommandThatIsUpAtTheDeadlineMayShowThatItStays() throws IOException {
    unit("active", "running", "success", "i1", 0);
    Probe.Outcome outcome = probe().await(List.of(command()), Duration.ZERO);
    assertThat(outcome).isEqualTo(new Probe.Healthy());
    assertThat(pace.elapsed()).isBetween(SECOND, SECOND.multipliedBy(3));
  }

  @Test
  void aCommandThatComesBackAfterTheDeadlineHasNotStayed() throws IOException {
    for (int i = 0; i < 9; i++) {
      unit("active", "running", "success", "i" + i, 0);
    }
    Probe.Outcome outcome = probe().await(List.of(command()), Duration.ZERO);
    assertThat(outcome).isInstanceOf(Probe.Unhealthy.class);
  }

  @Test
  void aCommandThatKeepsComingBackIsNotUp() throws IOException {
    for (int i = 0; i < 3; i++) {
      unit("active", "running", "success", "i" + i, i);
    }
    unit("activating", "auto-restart", "exit-code", "i3", 3);
    assertThat(unhealthy(command()).code()).isEqualTo(Code.BB601);
  }

  @Test
  void aCommandMayEndButAnInitMayNot() throws IOException {
    unit("inactive", "dead", "success", "i1", 0);
    assertThat(await(command())).isEqualTo(new Probe.Healthy());
    assertThat(unhealthy(booting()).code()).isEqualTo(Code.BB601);
    states.clear();
    unit("inactive", "dead", "success", "", 0);
    assertThat(unhealthy(command()).reason()).as("it never ran").contains("inactive");
  }

  @Test
  void aCommandThatEndedIsSaidToHaveExited() throws IOException {
    unit("inactive", "dead", "success", "i1", 0);
    assertThat(probe().once(List.of(command())))
        .extracting(Finding::toString)
        .containsExactly("job: unit: has exited with 0");
  }

  /** Nothing is left that could answer, so there is nothing to wait for. */
  @Test
  void aCommandWithChecksMayNotEnd() throws IOException {
    unit("inactive", "dead", "success", "i1", 0);
    Check check = new Check.Exec(List.of("/bin/true"), SECOND, SECOND);
    assertThat(unhealthy(command(check)))
        .isEqualTo(
            new Probe.Unhealthy(Code.BB601, "job: unit: has exited with 0, so no check can pass"));
    assertThat(pace.elapsed()).isZero();
  }

  @Test
  void aCheckIsTriedAgainUntilItPasses() throws IOException {
    unit("active", "running", "success", "i1", 0);
    results.addAll(List.of(exit(1, "not yet"), exit(1, ""), exit(0, "")));
    Check check = new Check.Exec(List.of("test", "-s", "/data"), SECOND, SECOND);
    // Who looks and who tries share the time: it must not run out before all tries had their turn.
    assertThat(probe().await(List.of(booting(check)), Duration.ofDays(10_000)))
        .isEqualTo(new Probe.Healthy());
    assertThat(inside).hasSize(3).containsOnly("web.acme test -s /data");
  }

  @Test
  void aCheckThatNeverPassesSaysWhatItSawLast() throws IOException {
    unit("active", "running", "success", "i1", 0);
    results.add(exit(3, "no\u001b[31m table\nmore"));
    Check check = new Check.Exec(List.of("check"), SECOND, SECOND);
    assertThat(unhealthy(booting(check)))
        .isEqualTo(
            new Probe.Unhealthy(
                Code.BB602, "web: exec check: exit status 3, `no\\u{1b}[31m table`"));
  }

  @Test
  void aUnitInsideIsAskedAboutInside() throws IOException {
    unit("active", "running", "success", "i1", 0);
    results.add(exit(3, "inactive\n"));
    Check check = new Check.Unit("nginx.service", SECOND, SECOND);
    assertThat(unhealthy(booting(check)).reason())
        .isEqualTo("web: unit nginx.service: is inactive");
    assertThat(inside).contains("web.acme systemctl is-active -- nginx.service");
  }

  @Test
  void aScriptIsHandedToItsMachine() throws IOException {
    unit("active", "running", "success", "i1", 0);
    results.add(exit(4, "the\nrest"));
    Check check = new Check.Handed("abc", SECOND, SECOND);
    assertThat(unhealthy(booting(check)).reason())
        .isEqualTo("web: script health-check.sh: exit status 4, `the`");
    assertThat(inside).contains("web.acme 7 abc HEALTH_CHECK");
  }

  @Test
  void aFailingUnitEndsTheWaitForItsChecks() throws IOException {
    unit("active", "running", "success", "i1", 0);
    unit("failed", "failed", "exit-code", "i1", 0);
    results.add(exit(1, ""));
    Check check = new Check.Exec(List.of("check"), Duration.ofMillis(1), SECOND);
    assertThat(unhealthy(booting(check)).code()).isEqualTo(Code.BB601);
    assertThat(pace.elapsed()).isLessThan(DEADLINE);
  }

  @Test
  void aMissingCredentialIsSaidToBeOne() throws IOException {
    states.add(
        new UnitState(
            "u", "loaded", "failed", "failed", "exit-code", "i1", 0, Optional.empty(), 243, ""));
    assertThat(unhealthy(booting()).reason())
        .contains("exit status 243, as when a credential is missing or does not open");
  }

  @Test
  void anInterruptedCallerIsToldSo() {
    unit("activating", "start", "success", "i1", 0);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> await(booting())).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  /** A server of one answer. */
  private static final class Server implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    Server(String answer) throws IOException {
      Thread.ofVirtual()
          .start(() -> {
            while (!socket.isClosed()) {
              try (Socket client = socket.accept()) {
                byte[] bytes = new byte[4096];
                int n = client.getInputStream().read(bytes);
                if (n > 0) {
                  requests.add(new String(bytes, 0, n, StandardCharsets.UTF_8));
                  client.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
                }
              } catch (IOException _) {
                // Closed, or the client went away.
              }
            }
          });
    }

    int port() {
      return socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private Finding once(Check check) throws IOException {
    states.clear();
    unit("active", "running", "success", "i1", 0);
    return probe().once(List.of(booting(check))).getLast();
  }

  @Test
  void portsAreConnectedTo() throws IOException {
    try (Server server = new Server("")) {
      assertThat(once(new Check.Tcp(server.port(), SECOND, SECOND)).passed()).isTrue();
    }
    // Held but not listened to: a port that is let go may be somebody else's at once.
    try (Socket held = new Socket()) {
      held.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      assertThat(once(new Check.Tcp(held.getLocalPort(), SECOND, SECOND)).passed()).isFalse();
    }
  }

  @Test
  void answersAreJudgedByTheirStatus() throws IOException {
    try (Server server = new Server("HTTP/1.1 204 No Content\r\n\r\n")) {
      assertThat(once(http(server, "/a b\r\nX: y", Optional.empty())).passed()).isTrue();
      assertThat(server.requests.getFirst()).startsWith("GET /a%20b%0D%0AX:%20y HTTP/1.1\r\n");
      assertThat(once(http(server, "/", Optional.of(204))).passed()).isTrue();
      assertThat(once(http(server, "/", Optional.of(200))).detail())
          .isEqualTo("status 204 instead of 200");
    }
    try (Server server = new Server("HTTP/1.1 500 Oops\r\n\r\n")) {
      assertThat(once(http(server, "/", Optional.empty())).detail())
          .isEqualTo("status 500 instead of 200 to 299");
    }
    try (Server server = new Server("SSH-2.0-x\r\n")) {
      assertThat(once(http(server, "/", Optional.empty())).detail())
          .isEqualTo("the answer is not HTTP: `SSH-2.0-x\\r`");
    }
  }

  private static Check http(Server server, String path, Optional<Integer> status) {
    return new Check.Http(server.port(), path, status, SECOND, Duration.ofSeconds(20));
  }

  @Test
  void aContainerWithoutNetworkSaysSo() throws IOException {
    unit("active", "running", "success", "i1", 0);
    Subject lonely =
        new Subject(
            "web", "u", "web.acme", 7, "", true, List.of(new Check.Tcp(80, SECOND, SECOND)));
    assertThat(probe().once(List.of(lonely)).getLast().detail()).isEqualTo("it has no network");
  }

  @Test
  void lookingOnceGivesUnitsAndChecksInOrder() throws IOException {
    unit("active", "running", "success", "i1", 0);
    results.add(exit(0, ""));
    assertThat(
            probe()
                .once(List.of(booting(new Check.Exec(List.of("true"), SECOND, SECOND)), command())))
        .extracting(Finding::toString)
        .containsExactly("web: unit: is active", "web: exec true: passed", "job: unit: is active");
  }
}
