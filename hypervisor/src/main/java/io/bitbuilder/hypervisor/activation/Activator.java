package io.bitbuilder.hypervisor.activation;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.generation.AuditLog;
import io.bitbuilder.hypervisor.generation.FlightLog;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Refused;
import io.bitbuilder.hypervisor.host.UnitState;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Brings tenants to the generations they are ordered to, each in a thread and with a deadline of
 * its own: none waits for another, but for the one switch and the one daemon-reload they share.
 *
 * <p>What an earlier activation was cut short at is taken up again first ({@link #resume}). Not
 * safe for use by two threads.
 */
public final class Activator implements AutoCloseable {
  /** Tenants that start or stop at once; more would only slow each other down. */
  private static final int AT_ONCE = 128;

  /** An activation that was cut short this often is not tried again. */
  private static final int ATTEMPTS = 3;

  private final Parts parts;
  private final SystemConfig.Health policy;
  private final Switchboard switchboard;
  private final Gate gate = new Gate(AT_ONCE);
  private final Map<TenantId, Aloft> aloft = new HashMap<>();
  private final BlockingQueue<Landed> landed = new LinkedBlockingQueue<>();
  private final SortedMap<TenantId, Result> results = new TreeMap<>();

  /**
   * Takes over, from nobody: only one may exist on a host.
   *
   * @param policy the deadline of each tenant, and what follows when it stays unhealthy
   */
  public Activator(Parts parts, SystemConfig.Health policy) {
    this.parts = parts;
    this.policy = policy;
    this.switchboard = new Switchboard(parts.store(), parts.systemd());
  }

  /** A tenant on its way, and the thread it is on. */
  private record Aloft(Journey journey, Thread thread) {}

  /** Where a journey ended, or the error that ended it and must end us. */
  private record Landed(Journey journey, Optional<Result> result, Optional<Error> error) {}

  /**
   * Orders that take up again what was cut short, for tenants that have no new order.
   *
   * @param ordered tenants with a new order
   */
  public List<Order> resume(Collection<TenantId> ordered) {
    return parts.flights().flights().values().stream()
        .filter(flight -> !ordered.contains(flight.tenant()))
        .map(Activator::again)
        .toList();
  }

  private static Order again(FlightLog.Flight flight) {
    AuditLog.Event done =
        switch (flight.kind()) {
          case CHANGE -> AuditLog.Event.HEALTHY;
          case RETURN, ROLLBACK -> AuditLog.Event.RETURNED;
          case OFF -> AuditLog.Event.STOPPED;
        };
    return new Order(flight.tenant(), flight.to(), flight.kind(), done, "after an interruption");
  }

  /**
   * Begins to carry out orders, at most one per tenant. A tenant that is still on its way to
   * somewhere else is called back and goes on from where it is.
   *
   * @throws IOException when nothing could be begun; nothing is changed then
   */
  public void carryOut(List<Order> orders) throws IOException {
    List<Order> fresh = new ArrayList<>();
    SortedSet<TenantId> calledBack = new TreeSet<>();
    for (Order order : orders) {
      Aloft before = aloft.get(order.tenant());
      if (before != null && before.journey().order().to() == order.to()) {
        continue;
      }
      if (before != null) {
        callBack(before);
        calledBack.add(order.tenant());
      }
      fresh.add(order);
    }
    List<Planned> planned = plan(fresh, calledBack);
    parts.flights().begin(planned.stream().map(Planned::flight).toList());
    List<Planned> immediate =
        planned.stream()
            .filter(plan -> plan.hopeless().isEmpty())
            .filter(plan -> plan.journey().firstTurn().isPresent())
            .toList();
    List<Future<Void>> answers =
        switchboard.turn(
            immediate.stream().map(plan -> plan.journey().firstTurn().orElseThrow()).toList());
    for (int i = 0; i < answers.size(); i++) {
      immediate.get(i).journey().turned(answers.get(i));
    }
    planned.forEach(this::launch);
  }

  /**
   * A journey about to begin.
   *
   * @param hopeless why it is not even tried; empty when it is
   */
  private record Planned(Journey journey, FlightLog.Flight flight, Optional<String> hopeless) {}

  private List<Planned> plan(List<Order> orders, Collection<TenantId> calledBack)
      throws IOException {
    List<Ends> possible = new ArrayList<>();
    SortedSet<String> units = new TreeSet<>();
    for (Order order : orders) {
      try {
        Ends ends = ends(order);
        units.addAll(Steps.units(order.tenant(), ends.from(), ends.to()));
        possible.add(ends);
      } catch (IOException e) {
        impossible(order, e);
      }
    }
    Map<String, UnitState> states = parts.systemd().states(units);
    List<Planned> planned = new ArrayList<>();
    for (Ends ends : possible) {
      try {
        planned.add(plan(ends, calledBack.contains(ends.order().tenant()), states));
      } catch (IOException e) {
        impossible(ends.order(), e);
      }
    }
    return planned;
  }

  /**
   * An order and the generations it is about.
   *
   * @param from what is selected now
   * @param interrupted what was cut short
   */
  private record Ends(
      Order order,
      Optional<Generation> from,
      Optional<Generation> to,
      Optional<FlightLog.Flight> interrupted) {
    /** Whether it is the very way that was cut short. */
    boolean isAgain() {
      return interrupted.filter(flight -> flight.to() == order.to()).isPresent();
    }
  }

  private Ends ends(Order order) throws IOException {
    Optional<Generation> to = generation(order.tenant(), order.to());
    if (order.to() != 0 && to.isEmpty()) {
      throw new IOException("there is no generation " + order.to());
    }
    return new Ends(
        order,
        parts.store().current(order.tenant()),
        to,
        Optional.ofNullable(parts.flights().flights().get(order.tenant())));
  }

  private Optional<Generation> generation(TenantId tenant, int number) throws IOException {
    return number == 0 ? Optional.empty() : parts.store().generation(tenant, number);
  }

  private void impossible(Order order, IOException e) {
    String why = Quote.escape(String.valueOf(e.getMessage()), 300);
    results.put(
        order.tenant(), new Result(order.tenant(), AuditLog.Event.FAILED, order.to(), why, false));
  }

  private Planned plan(Ends ends, boolean calledBack, Map<String, UnitState> states)
      throws IOException {
    Order order = ends.order();
    Optional<FlightLog.Flight> interrupted = ends.interrupted();
    Steps steps =
        Steps.of(
            order.tenant(),
            ends.from(),
            ends.to(),
            states,
            interrupted.isPresent() || calledBack,
            interrupted.map(FlightLog.Flight::resume).orElse(List.of()));
    int current = ends.from().map(Generation::number).orElse(0);
    FlightLog.Flight flight =
        new FlightLog.Flight(
            order.tenant(),
            ends.isAgain() ? interrupted.get().from() : current,
            order.to(),
            order.kind(),
            ends.isAgain() ? interrupted.get().attempts() : 1,
            steps.resume());
    Journey journey =
        new Journey(
            parts,
            switchboard,
            gate,
            policy,
            order,
            generation(order.tenant(), flight.from()),
            ends.from(),
            ends.to(),
            steps);
    return new Planned(journey, flight, hopeless(order, flight.attempts(), ends.to()));
  }

  private Optional<String> hopeless(Order order, int attempts, Optional<Generation> to)
      throws IOException {
    if (attempts > ATTEMPTS && to.isPresent()) {
      return Optional.of("activating it was cut short " + (attempts - 1) + " times");
    }
    if (order.kind() == FlightLog.Kind.CHANGE && to.isPresent()) {
      CommitId commit = new CommitId(to.get().manifest().commit());
      for (Refused.Entry entry : parts.refused().entries()) {
        if (entry.covers(order.tenant(), commit, to.get().manifest().inputs())) {
          return Optional.of(entry.why());
        }
      }
    }
    return Optional.empty();
  }

  private void launch(Planned plan) {
    Journey journey = plan.journey();
    Runnable way =
        () -> {
          try {
            Result result = journey.run(plan.hopeless());
            landed.add(new Landed(journey, Optional.of(result), Optional.empty()));
          } catch (Error e) {
            landed.add(new Landed(journey, Optional.empty(), Optional.of(e)));
          }
        };
    TenantId tenant = journey.order().tenant();
    Thread thread = Thread.ofVirtual().name("tenant " + tenant).unstarted(way);
    aloft.put(tenant, new Aloft(journey, thread));
    thread.start();
  }

  private void callBack(Aloft before) throws InterruptedIOException {
    before.thread().interrupt();
    try {
      before.thread().join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(e);
    }
  }

  /**
   * Waits until every tenant has arrived somewhere, or time has passed.
   *
   * @return whether all have
   */
  public boolean await(Duration limit) throws InterruptedIOException {
    long end = System.nanoTime() + limit.toNanos();
    while (!aloft.isEmpty()) {
      Landed next;
      try {
        next = landed.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw interrupted(e);
      }
      if (next == null) {
        return false;
      }
      if (next.error().isPresent()) {
        throw next.error().get();
      }
      TenantId tenant = next.journey().order().tenant();
      Aloft current = aloft.get(tenant);
      // One that was called back lands as well; what counts is the one that took over.
      if (current != null && current.journey().equals(next.journey())) {
        aloft.remove(tenant);
        next.result().ifPresent(result -> results.put(tenant, result));
      }
    }
    return true;
  }

  private static InterruptedIOException interrupted(InterruptedException e) {
    InterruptedIOException failure = new InterruptedIOException("interrupted");
    failure.initCause(e);
    return failure;
  }

  /** Where tenants arrived so far. */
  public Map<TenantId, Result> results() {
    return new TreeMap<>(results);
  }

  /** Whether systemd loaded its units again. */
  public boolean hasReloaded() {
    return switchboard.hasReloaded();
  }

  @Override
  public void close() {
    switchboard.close();
  }
}
