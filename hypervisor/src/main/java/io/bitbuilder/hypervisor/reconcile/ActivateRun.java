package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.activation.Activator;
import io.bitbuilder.hypervisor.activation.Announcer;
import io.bitbuilder.hypervisor.activation.HostSwitch;
import io.bitbuilder.hypervisor.activation.Order;
import io.bitbuilder.hypervisor.activation.Parts;
import io.bitbuilder.hypervisor.activation.Result;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.generation.AllocationFile;
import io.bitbuilder.hypervisor.generation.AuditLog;
import io.bitbuilder.hypervisor.generation.FlightLog;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.HostStore;
import io.bitbuilder.hypervisor.generation.Refused;
import io.bitbuilder.hypervisor.generation.RemovedTenants;
import io.bitbuilder.hypervisor.generation.Staging;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.generation.Verdict;
import io.bitbuilder.hypervisor.health.Probe;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The verb {@code bitbuilder activate}: from staged generations to running ones.
 *
 * <p>What an earlier run was cut short at is taken up first. Then rounds: as long as tenants are
 * still coming up, a newer staging is looked at, so that a newer commit need not wait for one that
 * is about to fail. Only when all have arrived is anything deleted.
 */
public final class ActivateRun {
  private static final SystemConfig.Health DEFAULT_HEALTH =
      new SystemConfig.Health(Duration.ofMinutes(5), true);

  /** How often a newer staging is looked for while tenants are coming up. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** As old as the staging that was activated last (bitbuilder-activate.service). */
  private static final String ACTIVATED = "run/bitbuilder/activated";

  private final Path root;
  private final Path state;
  private final HostPorts host;
  private final Stores stores;
  private final HostUnitsRun.Opening fetched;
  private final Store store;
  private final Staging staging;
  private final Refused refused;
  private final Announcer announcer;
  private final CataloguedImages images;
  private final Intake intake;
  private final List<String> problems = new ArrayList<>();
  private Optional<Staging.Stamp> looked = Optional.empty();
  private Optional<String> trouble = Optional.empty();

  /**
   * Prepares a run.
   *
   * @param root the directory the host's files are under
   * @param credentials the service's credentials, where host.yaml may be
   */
  public ActivateRun(Path root, Optional<Path> credentials, HostPorts host) {
    this(root, host, Stores.local(root), () -> new HostStages(root, credentials));
  }

  ActivateRun(Path root, HostPorts host, Stores stores, HostUnitsRun.Opening fetched) {
    this.root = root;
    this.fetched = fetched;
    this.state = root.resolve("var/lib/bitbuilder");
    this.host = host;
    this.stores = stores;
    this.store = stores.store();
    this.refused = stores.refused();
    this.staging = new Staging(state);
    this.announcer = new Announcer(new AuditLog(state), host.messages());
    this.images = new CataloguedImages(host.images());
    this.intake = new Intake(store, staging, announcer, new AuditLog(state), host.pace());
  }

  /** The files of the store; a test gives those of a disk that breaks. */
  record Stores(Store store, Refused refused, Opening flights, RemovedTenants removed) {
    /** Reading the flight log can fail. */
    @FunctionalInterface
    interface Opening {
      /** Opens it. */
      FlightLog open() throws IOException;
    }

    static Stores local(Path root) {
      Path state = root.resolve("var/lib/bitbuilder");
      return new Stores(
          new Store(state),
          new Refused(state),
          () -> new FlightLog(state),
          new RemovedTenants(state));
    }
  }

  /**
   * What a run did.
   *
   * @param frozen whether the system repository keeps everything as it is
   * @param results where the tenants that were touched ended
   * @param findings errors of compiling and admitting, by scope
   * @param host why the host's own units are not those of the system repository; empty when they
   *     are
   * @param problems what else went wrong, in our words
   */
  public record Outcome(
      boolean frozen,
      SortedMap<TenantId, Result> results,
      SortedMap<String, List<Diagnostic>> findings,
      Optional<String> host,
      List<String> problems) {
    public Outcome {
      problems = List.copyOf(problems);
    }

    /** Whether every tenant that was touched is where it was to go. */
    public boolean succeeded() {
      return problems.isEmpty()
          && host.isEmpty()
          && results.values().stream().allMatch(Result::succeeded);
    }
  }

  /**
   * Runs once, as soon as no other activation is under way: what was staged is not lost to one.
   *
   * @param waits told when there is another
   * @throws IOException when our own files cannot be read or written; what was begun is taken up by
   *     the next run
   */
  public Outcome run(Consumer<String> waits) throws IOException {
    try (Exclusive _ = Exclusive.await(root, host.pace(), waits)) {
      store.recover();
      FlightLog flights = stores.flights().open();
      flights.countAttempt();
      Optional<SystemState> system = look();
      SystemConfig.Health health =
          system.filter(s -> !s.frozen()).map(SystemState::health).orElse(DEFAULT_HEALTH);
      Probe probe = new Probe(host.systemd(), host.inside(), host.pace());
      Parts parts =
          new Parts(store, refused, flights, host.systemd(), probe, images, announcer, host.pace());
      hostUnits(system);
      try (Activator activator = new Activator(parts, health)) {
        system = rounds(activator, flights, system);
        if (system.isPresent() && !system.get().frozen()) {
          tidy(system.get(), activator, flights);
        }
        problems.addAll(intake.problems());
        problems.addAll(announcer.problems());
        remember();
        return new Outcome(
            system.map(SystemState::frozen).orElse(false),
            new TreeMap<>(activator.results()),
            intake.findings(),
            trouble,
            problems);
      }
    }
  }

  /** Before the tenants, who may need what the host has. */
  private void hostUnits(Optional<SystemState> system) throws IOException {
    if (system.isEmpty()) {
      return;
    }
    try {
      HostStore units = new HostStore(state);
      HostSwitch change = new HostSwitch(root, units, host.systemd(), host.pace());
      trouble =
          new HostUnitsRun(
                  fetched,
                  units,
                  new PortableServices(host.systemd()),
                  change,
                  announcer,
                  host.pace())
              .carryOut(system.get());
      units.prune(system.get().retention().generations());
    } catch (IOException e) {
      problem("the units and extensions of the host cannot be set", e);
    }
  }

  private Optional<SystemState> rounds(
      Activator activator, FlightLog flights, Optional<SystemState> first) throws IOException {
    Optional<SystemState> system = first;
    Map<TenantId, Order> orders = orders(system, flights);
    for (Order order : activator.resume(orders.keySet())) {
      orders.put(order.tenant(), order);
    }
    activator.carryOut(List.copyOf(orders.values()));
    while (!activator.await(LOOK)) {
      Optional<Staging.Stamp> now = staging.stamp();
      if (now.isPresent() && !now.equals(looked)) {
        system = look();
        hostUnits(system);
        activator.carryOut(List.copyOf(orders(system, flights).values()));
      }
    }
    return system;
  }

  /**
   * What compile staged; should it be replaced meanwhile, the stamp is older than what was read.
   */
  private Optional<SystemState> look() throws IOException {
    looked = staging.stamp();
    return systemState();
  }

  /** Tells the unit which staging was the last that was looked at; a newer one starts it again. */
  private void remember() throws IOException {
    if (looked.isPresent()) {
      Path marker = root.resolve(ACTIVATED);
      Files.write(marker, new byte[0]);
      Files.setLastModifiedTime(marker, looked.get().at());
    }
  }

  /** What compile staged; unreadable is as if it were not there, and said. */
  private Optional<SystemState> systemState() throws IOException {
    try {
      return staging.systemState();
    } catch (UncheckedIOException e) {
      problem("what compile staged cannot be read", e);
      return Optional.empty();
    }
  }

  private void problem(String what, Exception e) {
    problems.add(what + ": " + Quote.escape(String.valueOf(e.getMessage()), 300));
  }

  /** First, for a tenant may only be well when it is heard on other hosts. */
  private void reachOthers(SystemState system) {
    try {
      new HostLink(root, host.systemd()).set(system.underlay());
    } catch (IOException e) {
      problem("the tunnel between hosts cannot be set up", e);
    }
  }

  /** Before tenants start, for it says in which order. */
  private void ownUnits(SystemState system) {
    try {
      new OwnUnits(root, host.systemd()).set(system);
    } catch (IOException e) {
      problem("the interval of bitbuilder-sync.timer and the order of tenants cannot be set", e);
    }
  }

  /** Who has to go where; a tenant that is where it should be has no order. */
  private Map<TenantId, Order> orders(Optional<SystemState> system, FlightLog flights)
      throws IOException {
    Map<TenantId, Order> orders = new TreeMap<>();
    if (system.isEmpty()) {
      return orders;
    }
    intake.tellRejections();
    if (system.get().frozen()) {
      return orders;
    }
    images.know(system.get().images());
    reachOthers(system.get());
    ownUnits(system.get());
    allocations(system.get());
    retention().note(system.get());
    SortedMap<TenantId, Integer> selection = store.selection();
    Map<TenantId, Generation> admitted = intake.admit(system.get());
    new Accepting(state, store, announcer, host.pace()).accept(system.get(), admitted.values());
    Map<TenantId, FlightLog.Flight> aloft = flights.flights();
    for (SystemState.Standing standing : system.get().tenants()) {
      TenantId tenant = standing.id();
      if (standing.wanted()) {
        wanted(tenant, Optional.ofNullable(admitted.get(tenant)), selection)
            .ifPresent(order -> orders.put(tenant, order));
      } else if (isUp(tenant, selection, aloft)) {
        String why = standing.enabled() ? "it is not placed on this host" : "it is disabled";
        orders.put(tenant, Order.stop(tenant, why));
      }
    }
    for (TenantId tenant : system.get().removed()) {
      if (isUp(tenant, selection, aloft)) {
        orders.put(tenant, Order.remove(tenant));
      }
    }
    return orders;
  }

  private static boolean isUp(
      TenantId tenant,
      SortedMap<TenantId, Integer> selection,
      Map<TenantId, FlightLog.Flight> aloft) {
    return selection.containsKey(tenant) || aloft.containsKey(tenant);
  }

  private Optional<Order> wanted(
      TenantId tenant, Optional<Generation> candidate, SortedMap<TenantId, Integer> selection)
      throws IOException {
    Integer current = selection.get(tenant);
    if (candidate.isPresent()) {
      Generation generation = candidate.get();
      boolean there = current != null && current == generation.number();
      boolean tried =
          refused.isRefused(
              tenant, new CommitId(generation.manifest().commit()), generation.manifest().inputs());
      if (!there && !tried) {
        return Optional.of(Order.change(tenant, generation.number()));
      }
    }
    if (current != null || intake.isUnadmitted(tenant)) {
      return Optional.empty();
    }
    // Enabled or registered again, and nothing new that could run: what ran well last.
    return store.generations(tenant).stream()
        .filter(generation ->
            generation
                .verdict()
                .filter(verdict -> verdict.state() == Verdict.State.HEALTHY)
                .isPresent())
        .max(Comparator.comparingInt(Generation::number))
        .map(generation -> Order.resume(tenant, generation.number()));
  }

  /** The new choices are durable before anything is built on them. */
  private void allocations(SystemState system) throws IOException {
    Set<String> known =
        system.tenants().stream()
            .map(standing -> standing.id().value())
            .collect(Collectors.toSet());
    store.tenants().forEach(tenant -> known.add(tenant.value()));
    try {
      var staged = staging.allocations();
      if (staged.isPresent()) {
        new AllocationFile(state).write(Retention.keeping(staged.get(), known::contains));
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private Retention retention() {
    return new Retention(root, store, stores.removed(), announcer, host.pace().now());
  }

  /** Deletes what nobody needs any more. That it cannot is a problem, not a failure. */
  private void tidy(SystemState system, Activator activator, FlightLog flights) {
    try {
      boolean gone = false;
      if (!activator.results().isEmpty()) {
        gone = store.prune(system.retention().generations());
      }
      if (gone && !activator.hasReloaded()) {
        // Units that are loaded may have come from what is gone.
        host.systemd().daemonReload();
      }
      Map<TenantId, String> kept =
          retention().purge(system.retention().removedTenants(), flights.flights().keySet());
      kept.forEach((tenant, why) ->
          problems.add("the data of removed tenant " + tenant + " is still there: " + why));
      Duration keep = system.retention().removedTenants();
      problems.addAll(
          new Leftovers(root, store, host.pace().now())
              .tend(keep, activator.results().keySet(), flights.flights().keySet()));
      if (gone) {
        retention().pruneImages(host.images());
      }
    } catch (IOException e) {
      problem("old generations cannot be removed", e);
    }
  }
}
