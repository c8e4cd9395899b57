package io.bitbuilder.hypervisor.health;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.health.Finding.State;
import io.bitbuilder.hypervisor.host.Inside;
import io.bitbuilder.hypervisor.host.Pace;
import io.bitbuilder.hypervisor.host.Systemd;
import io.bitbuilder.hypervisor.host.UnitState;
import io.bitbuilder.hypervisor.model.Check;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Whether containers are well: their service is up, and every declared check passed once. Blocks
 * the calling thread; a deadline belongs to one call, so that no tenant waits for another.
 */
public final class Probe {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  /** How long a command without an init and without a check must stay up to count as started. */
  private static final Duration SETTLE = Duration.ofSeconds(1);

  /** A service that came up this often without staying up is not waited for any longer. */
  private static final int RESTARTS = 3;

  /** The exit status of systemd for a service that did not get one of them (systemd.exec(5)). */
  private static final int CREDENTIALS = 243;

  private final Systemd systemd;
  private final Attempt attempt;
  private final Pace pace;

  /** Looks by way of these. */
  public Probe(Systemd systemd, Inside inside, Pace pace) {
    this.systemd = systemd;
    this.attempt = new Attempt(inside);
    this.pace = pace;
  }

  /** The verdict. */
  public sealed interface Outcome {}

  /** All is well. */
  public record Healthy() implements Outcome {}

  /**
   * Something is not.
   *
   * @param code BB601 a unit failed, BB602 a check failed, BB603 time was up with a unit still
   *     coming up
   * @param reason what, in our words
   */
  public record Unhealthy(Code code, String reason) implements Outcome {}

  /** A service that is up, and since when we saw it without a restart in between. */
  private record Seen(String invocation, Duration since) {}

  /**
   * Looks at everything once.
   *
   * @return for each container its unit, then its checks, in the order given
   */
  public List<Finding> once(Collection<Subject> subjects) throws IOException {
    List<Future<Finding>> futures = new ArrayList<>();
    List<Finding> findings = new ArrayList<>();
    Map<String, UnitState> states = states(subjects);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Subject subject : subjects) {
        Finding unit = unit(subject, Optional.ofNullable(states.get(subject.unit())));
        futures.add(executor.submit(() -> unit));
        for (Check check : subject.checks()) {
          futures.add(executor.submit(() -> attempt.run(subject, check)));
        }
      }
      for (Future<Finding> future : futures) {
        findings.add(result(future));
      }
    }
    return findings;
  }

  /**
   * Waits until all is well, something failed for good, or time is up.
   *
   * @throws InterruptedIOException when the thread is interrupted
   * @throws IOException when the service manager cannot be asked
   */
  public Outcome await(Collection<Subject> subjects, Duration limit) throws IOException {
    Duration end = pace.elapsed().plus(limit);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Trial> trials = new ArrayList<>();
      for (Subject subject : subjects) {
        for (Check check : subject.checks()) {
          Trial trial = new Trial(subject, check, end);
          trial.future = executor.submit(trial::run);
          trials.add(trial);
        }
      }
      try {
        return await(subjects, trials, end);
      } finally {
        executor.shutdownNow();
      }
    }
  }

  private Outcome await(Collection<Subject> subjects, List<Trial> trials, Duration end)
      throws IOException {
    Map<String, Seen> seen = new HashMap<>();
    Duration pause = FIRST_PAUSE;
    Optional<Duration> grace = Optional.empty();
    while (true) {
      List<Finding> waiting = new ArrayList<>();
      boolean settling = true;
      Map<String, UnitState> states = states(subjects);
      for (Subject subject : subjects) {
        Finding finding = settled(subject, states, seen);
        if (finding.state() == State.FAILED) {
          return new Unhealthy(Code.BB601, finding.toString());
        }
        if (!finding.passed()) {
          waiting.add(finding);
          UnitState state = states.get(subject.unit());
          settling &= state != null && state.isActive();
        }
      }
      boolean late = pace.elapsed().compareTo(end) >= 0;
      for (Trial trial : trials) {
        if (late) {
          trial.awaitFirst();
        }
        result(trial);
        if (!trial.last.passed()) {
          waiting.add(trial.last);
          settling = false;
        }
      }
      if (waiting.isEmpty()) {
        return new Healthy();
      }
      if (late && grace.isEmpty()) {
        grace = Optional.of(pace.elapsed().plus(SETTLE));
      }
      // What is up in time and only has to show that it stays gets the time for it.
      if (late && !(settling && pace.elapsed().compareTo(grace.orElseThrow()) < 0)) {
        Finding first = waiting.getFirst();
        return new Unhealthy(
            first.check().equals("unit") ? Code.BB603 : Code.BB602, first.toString());
      }
      pace.pause(pause);
      pause = min(pause.multipliedBy(3).dividedBy(2), LONGEST_PAUSE);
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static void result(Trial trial) throws IOException {
    if (trial.future.isDone()) {
      result(trial.future);
    }
  }

  private static <T> T result(Future<T> future) throws IOException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException("interrupted");
      failure.initCause(e);
      throw failure;
    }
  }

  private Map<String, UnitState> states(Collection<Subject> subjects) throws IOException {
    return subjects.isEmpty()
        ? Map.of()
        : systemd.states(subjects.stream().map(Subject::unit).toList());
  }

  /** As {@link #unit}, but a command that is just up must stay so for a moment. */
  private Finding settled(Subject subject, Map<String, UnitState> states, Map<String, Seen> seen) {
    Optional<UnitState> state = Optional.ofNullable(states.get(subject.unit()));
    Finding finding = unit(subject, state);
    if (subject.boots() || !subject.checks().isEmpty() || !finding.passed()) {
      return finding;
    }
    String invocation = state.map(UnitState::invocation).orElse("");
    Seen before = seen.get(subject.unit());
    if (before == null || !before.invocation().equals(invocation)) {
      before = new Seen(invocation, pace.elapsed());
      seen.put(subject.unit(), before);
    }
    boolean ended = state.filter(UnitState::isActive).isEmpty();
    return ended || pace.elapsed().minus(before.since()).compareTo(SETTLE) >= 0
        ? finding
        : new Finding(subject.name(), "unit", State.PENDING, "has just started");
  }

  private static Finding unit(Subject subject, Optional<UnitState> found) {
    if (found.isEmpty() || !found.get().exists()) {
      return new Finding(subject.name(), "unit", State.FAILED, "is not known to systemd");
    }
    UnitState state = found.get();
    if (state.isActive()) {
      return new Finding(subject.name(), "unit", State.PASSED, "is active");
    }
    String detail = detail(state);
    if (state.hasFailed() || state.restarts() >= RESTARTS) {
      return new Finding(subject.name(), "unit", State.FAILED, detail);
    }
    if (!state.active().equals("inactive")) {
      return new Finding(subject.name(), "unit", State.PENDING, detail);
    }
    if (subject.boots() || !state.hasExited()) {
      return new Finding(subject.name(), "unit", State.FAILED, detail);
    }
    // A command may be one that ends. One with checks is to stay, for they ask what runs.
    return subject.checks().isEmpty()
        ? new Finding(subject.name(), "unit", State.PASSED, "has exited with 0")
        : new Finding(
            subject.name(), "unit", State.FAILED, "has exited with 0, so no check can pass");
  }

  private static String detail(UnitState state) {
    StringBuilder text = new StringBuilder("is ").append(state.active());
    if (!state.sub().isEmpty() && !state.sub().equals(state.active())) {
      text.append(" (").append(state.sub()).append(')');
    }
    if (!state.result().isEmpty() && !state.result().equals("success")) {
      text.append(", ").append(state.result());
    }
    if (state.exitStatus() != 0) {
      text.append(", exit status ").append(state.exitStatus());
      if (state.exitStatus() == CREDENTIALS) {
        text.append(", as when a credential is missing or does not open");
      }
    }
    if (state.restarts() > 0) {
      text.append(", restarted ").append(state.restarts()).append(" times");
    }
    if (state.active().equals("activating") && !state.status().isEmpty()) {
      text.append(", says ").append(Quote.quote(state.status()));
    }
    return text.toString();
  }

  /** A declared check, tried until it passes. */
  private final class Trial {
    private final Subject subject;
    private final Check check;
    private final Duration end;
    private final CountDownLatch tried = new CountDownLatch(1);
    private volatile Finding last;
    private Future<Finding> future = java.util.concurrent.CompletableFuture.completedFuture(null);

    Trial(Subject subject, Check check, Duration end) {
      this.subject = subject;
      this.check = check;
      this.end = end;
      this.last =
          new Finding(subject.name(), Attempt.describe(check), State.PENDING, "was not tried yet");
    }

    /** Every check is tried at least once, however late it is. */
    void awaitFirst() throws InterruptedIOException {
      try {
        if (!tried.await(check.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
          last = new Finding(subject.name(), last.check(), State.PENDING, "gave no answer yet");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        InterruptedIOException failure = new InterruptedIOException("interrupted");
        failure.initCause(e);
        throw failure;
      }
    }

    Finding run() throws IOException {
      last = attempt.run(subject, check);
      tried.countDown();
      while (!last.passed() && pace.elapsed().compareTo(end) < 0) {
        pace.pause(check.interval());
        last = attempt.run(subject, check);
      }
      return last;
    }
  }
}
