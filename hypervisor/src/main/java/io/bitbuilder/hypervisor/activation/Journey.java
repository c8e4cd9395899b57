package io.bitbuilder.hypervisor.activation;

import io.bitbuilder.hypervisor.compiler.Compiled.Resource;
import io.bitbuilder.hypervisor.compiler.TenantUnits;
import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.generation.AuditLog;
import io.bitbuilder.hypervisor.generation.FlightLog;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Verdict;
import io.bitbuilder.hypervisor.health.Probe;
import io.bitbuilder.hypervisor.host.Systemd;
import io.bitbuilder.hypervisor.host.UnitState;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Future;

/**
 * One tenant on its way to a generation, and back again when that one is unhealthy. Runs in a
 * thread of its own; interrupting the thread calls the tenant back for something newer.
 *
 * <p>Everything is written down before it is done, and whatever was done may be done again.
 */
final class Journey {
  /** A container has 30 seconds to stop and is killed then; the rest is for its mounts. */
  private static final Duration STOP_LIMIT = Duration.ofMinutes(3);

  private static final Duration FORGET_LIMIT = Duration.ofSeconds(30);

  private final Parts parts;
  private final Switchboard switchboard;
  private final Gate gate;
  private final SystemConfig.Health policy;
  private final Order order;
  private final TenantId tenant;

  private final Optional<Generation> origin;
  private FlightLog.Kind kind;
  private Optional<Generation> from;
  private Optional<Generation> to;
  private Steps steps;
  private Optional<Future<Void>> turned = Optional.empty();
  private SortedMap<String, Duration> durations = new TreeMap<>();

  Journey(
      Parts parts,
      Switchboard switchboard,
      Gate gate,
      SystemConfig.Health policy,
      Order order,
      Optional<Generation> origin,
      Optional<Generation> from,
      Optional<Generation> to,
      Steps steps) {
    this.parts = parts;
    this.switchboard = switchboard;
    this.gate = gate;
    this.policy = policy;
    this.order = order;
    this.tenant = order.tenant();
    this.kind = order.kind();
    this.origin = origin;
    this.from = from;
    this.to = to;
    this.steps = steps;
  }

  Order order() {
    return order;
  }

  /** What is asked of the switchboard, if that is the first thing to do. */
  Optional<Switchboard.Turn> firstTurn() {
    boolean ready = to.isEmpty() || parts.provisions().isReady(to.get().manifest());
    return ready && steps.stop().isEmpty() ? Optional.of(turn()) : Optional.empty();
  }

  /** The answer to {@link #firstTurn()}. */
  void turned(Future<Void> answer) {
    turned = Optional.of(answer);
  }

  private Switchboard.Turn turn() {
    return new Switchboard.Turn(tenant, number(to), steps.reload());
  }

  private static int number(Optional<Generation> generation) {
    return generation.map(Generation::number).orElse(0);
  }

  /**
   * Goes all the way, and back if need be.
   *
   * @param hopeless why the way there is not even tried: earlier activations were cut short on it,
   *     or it is refused; empty when it is
   */
  Result run(Optional<String> hopeless) {
    try {
      return hopeless.isPresent() ? unhealthy(hopeless.get()) : travel();
    } catch (IOException | RuntimeException e) {
      boolean calledBack = Thread.interrupted() || e instanceof ClosedByInterruptException;
      return calledBack ? calledBack() : failed(e);
    }
  }

  private Result travel() throws IOException {
    provide();
    stop();
    turnAround();
    if (to.isEmpty()) {
      parts.flights().end(tenant);
      return tell(order.done(), from, order.why(), true);
    }
    if (kind == FlightLog.Kind.CHANGE) {
      record(Verdict.State.ACTIVATING, "");
    }
    return switch (comeUp()) {
      case Probe.Healthy _ -> arrived();
      case Probe.Unhealthy bad -> unhealthy(bad.code() + " " + bad.reason());
    };
  }

  private Result arrived() throws IOException {
    record(Verdict.State.HEALTHY, "");
    parts.flights().end(tenant);
    return kind == FlightLog.Kind.RETURN
        ? tell(AuditLog.Event.RETURNED, to, "the generation after it was refused", false)
        : tell(order.done(), to, order.why(), true);
  }

  private Result unhealthy(String why) throws IOException {
    Optional<Generation> good = lastGood();
    if (kind != FlightLog.Kind.CHANGE || !policy.rollback()) {
      return stayed(why);
    }
    if (good.isEmpty()) {
      return stayed(why + "; there is no healthy generation to go back to");
    }
    Generation bad = to.orElseThrow();
    parts
        .refused()
        .refuse(tenant, new CommitId(bad.manifest().commit()), bad.manifest().inputs(), why);
    record(Verdict.State.REFUSED, why);
    tell(AuditLog.Event.REFUSED, to, why, false);
    // A normal activation of the older one, with a deadline of its own; there is no second return.
    kind = FlightLog.Kind.RETURN;
    durations = new TreeMap<>();
    from = current();
    to = good;
    turned = Optional.empty();
    steps =
        Steps.of(
            tenant,
            from,
            to,
            parts.systemd().states(Steps.units(tenant, from, to)),
            true,
            steps.resume());
    parts
        .flights()
        .begin(
            List.of(
                new FlightLog.Flight(tenant, number(from), number(to), kind, 1, steps.resume())));
    return travel();
  }

  private Result stayed(String why) throws IOException {
    record(Verdict.State.DEGRADED, why);
    parts.flights().end(tenant);
    return tell(AuditLog.Event.DEGRADED, to, why, false);
  }

  /** What was healthy before: what was left, or else the newest. To nothing else is it worth it. */
  private Optional<Generation> lastGood() throws IOException {
    if (origin.filter(this::isAnother).filter(Journey::wasHealthy).isPresent()) {
      return origin;
    }
    return parts.store().generations(tenant).stream()
        .filter(this::isAnother)
        .filter(Journey::wasHealthy)
        .max(Comparator.comparingInt(Generation::number));
  }

  private boolean isAnother(Generation generation) {
    return generation.number() != number(to);
  }

  private static boolean wasHealthy(Generation generation) {
    return generation
        .verdict()
        .filter(verdict -> verdict.state() == Verdict.State.HEALTHY)
        .isPresent();
  }

  private Optional<Generation> current() throws IOException {
    return parts.store().current(tenant);
  }

  /** What must be there before anything that runs is touched. */
  private void provide() throws IOException {
    if (to.isPresent() && !parts.provisions().isReady(to.get().manifest())) {
      Duration begun = parts.pace().elapsed();
      parts.provisions().provide(to.get().manifest());
      took("images", begun);
    }
  }

  private void stop() throws IOException {
    if (steps.stop().isEmpty()) {
      return;
    }
    Duration begun = parts.pace().elapsed();
    Systemd.Done done =
        gate.pass(() -> parts.systemd().run(Systemd.Verb.STOP, steps.stop(), STOP_LIMIT));
    if (!done.ok()) {
      // A unit that is not loaded any more is an error to systemctl and none to us.
      for (UnitState state : parts.systemd().states(steps.stop()).values()) {
        if (!state.isDown()) {
          throw new IOException(
              state.unit() + " cannot be stopped: " + Quote.escape(firstLine(done.message()), 300));
        }
      }
    }
    took("stop", begun);
  }

  private void turnAround() throws IOException {
    Duration begun = parts.pace().elapsed();
    Future<Void> answer = turned.orElseGet(() -> switchboard.turn(List.of(turn())).getFirst());
    Gate.await(answer);
    took("switch", begun);
  }

  private Probe.Outcome comeUp() throws IOException {
    Duration begun = parts.pace().elapsed();
    Started started = gate.pass(this::start);
    took("start", begun);
    if (started.trouble().isPresent()) {
      return started.trouble().get();
    }
    begun = parts.pace().elapsed();
    Probe.Outcome outcome =
        parts.probe().await(Subjects.of(to.orElseThrow().manifest()), left(started.end()));
    took("health", begun);
    if (outcome instanceof Probe.Unhealthy(Code code, String reason)
        && !started.message().isEmpty()) {
      return new Probe.Unhealthy(code, reason + "; " + Quote.escape(started.message(), 300));
    }
    return outcome;
  }

  /**
   * That all was told to start.
   *
   * @param end when the deadline is over, by {@link io.bitbuilder.hypervisor.host.Pace#elapsed()}
   * @param message what systemctl said when something did not start
   */
  private record Started(Duration end, String message, Optional<Probe.Outcome> trouble) {}

  private Started start() throws IOException {
    Duration end = parts.pace().elapsed().plus(policy.deadline());
    if (steps.setup()) {
      Optional<Probe.Outcome> trouble = again(TenantUnits.setup(tenant), end);
      if (trouble.isPresent()) {
        return new Started(end, "", trouble);
      }
    }
    if (steps.secrets()) {
      Optional<Probe.Outcome> trouble = again(TenantUnits.secrets(tenant), end);
      if (trouble.isPresent()) {
        return new Started(end, "", trouble);
      }
    }
    if (steps.network()) {
      Optional<Probe.Outcome> trouble = again(TenantUnits.network(tenant), end);
      if (trouble.isPresent()) {
        return new Started(end, "", trouble);
      }
    }
    if (steps.tunnels()) {
      Optional<Probe.Outcome> trouble = again(TenantUnits.wireguard(tenant), end);
      if (trouble.isPresent()) {
        return new Started(end, "", trouble);
      }
    }
    parts.systemd().run(Systemd.Verb.RESET_FAILED, steps.reset(), FORGET_LIMIT);
    Systemd.Done done = parts.systemd().run(Systemd.Verb.START, steps.start(), left(end));
    if (done.ok()) {
      return new Started(end, "", Optional.empty());
    }
    return new Started(end, firstLine(done.message()), foundation());
  }

  private Optional<Probe.Outcome> again(String unit, Duration end) throws IOException {
    Systemd.Done done = parts.systemd().run(Systemd.Verb.RELOAD_OR_START, List.of(unit), left(end));
    return done.ok()
        ? Optional.empty()
        : Optional.of(
            new Probe.Unhealthy(
                Code.BB601, unit + " failed: " + Quote.escape(firstLine(done.message()), 300)));
  }

  /** Something did not start: if it is what guests stand on, they say too little about it. */
  private Optional<Probe.Outcome> foundation() throws IOException {
    List<String> units =
        new ArrayList<>(
            List.of(
                TenantUnits.setup(tenant),
                TenantUnits.network(tenant),
                TenantUnits.secrets(tenant),
                TenantUnits.wireguard(tenant)));
    for (Resource resource : to.orElseThrow().manifest().resources()) {
      if (resource.kind() == Resource.Kind.SCRIPT) {
        units.add(resource.unit());
      }
    }
    for (UnitState state : parts.systemd().states(units).values()) {
      if (state.hasFailed()) {
        return Optional.of(
            new Probe.Unhealthy(Code.BB601, state.unit() + " failed: " + state.result()));
      }
    }
    return Optional.empty();
  }

  private Duration left(Duration end) {
    Duration left = end.minus(parts.pace().elapsed());
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  private void took(String phase, Duration begun) {
    durations.merge(phase, parts.pace().elapsed().minus(begun), Duration::plus);
  }

  private void record(Verdict.State state, String reason) throws IOException {
    Duration took = durations.values().stream().reduce(Duration.ZERO, Duration::plus);
    parts.store().record(to.orElseThrow(), new Verdict(state, parts.pace().now(), reason, took));
  }

  private Result calledBack() {
    String why = "a newer commit took over";
    if (kind == FlightLog.Kind.CHANGE) {
      try {
        record(Verdict.State.SUPERSEDED, why);
      } catch (IOException e) {
        return failed(e);
      }
    }
    return tell(AuditLog.Event.SUPERSEDED, to, why, true);
  }

  /** The host let us down, not the commit: it is tried again and not refused. */
  private Result failed(Exception e) {
    String why = Quote.escape(String.valueOf(e.getMessage()), 300);
    try {
      if (number(current()) == number(from) && number(from) != number(to)) {
        List<String> stopped =
            steps.stop().stream().filter(unit -> unit.endsWith(".service")).toList();
        // Nothing was switched, so what was stopped runs on as it was.
        if (to.isPresent()) {
          parts.systemd().run(Systemd.Verb.START, stopped, policy.deadline());
        }
        parts.flights().end(tenant);
      }
    } catch (IOException again) {
      why += "; " + Quote.escape(String.valueOf(again.getMessage()), 300);
    }
    return tell(AuditLog.Event.FAILED, to, why, false);
  }

  private Result tell(
      AuditLog.Event event, Optional<Generation> about, String reason, boolean succeeded) {
    about.ifPresent(generation ->
        parts
            .announcer()
            .tell(AuditLog.Entry.of(parts.pace().now(), event, generation, reason, durations)));
    return new Result(tenant, event, number(to), reason, succeeded);
  }
}
