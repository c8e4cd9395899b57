package io.bitbuilder.hypervisor.activation;

import static io.bitbuilder.hypervisor.activation.Told.SECRETS;
import static io.bitbuilder.hypervisor.activation.Told.TUNNELS;

import io.bitbuilder.hypervisor.compiler.Compiled.Resource;
import io.bitbuilder.hypervisor.compiler.TenantUnits;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Manifest;
import io.bitbuilder.hypervisor.host.UnitState;
import io.bitbuilder.hypervisor.model.Script;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is to be done with one tenant, in this order and no more than this. What ends or restarts is
 * stopped before the switch, by the definition it was started with: afterwards systemd might no
 * longer know its mounts.
 *
 * @param stop units that end, before the switch
 * @param reload whether systemd must load its units again after the switch
 * @param setup whether files are placed again
 * @param secrets whether secrets are opened again, before guests that get them start
 * @param network whether bridges are brought up again
 * @param tunnels whether tunnels are told of their peers again
 * @param reset units whose failures and start limit are forgotten
 * @param start units that start
 * @param resume those among them that do not start by themselves but ran before
 */
record Steps(
    List<String> stop,
    boolean reload,
    boolean setup,
    boolean secrets,
    boolean network,
    boolean tunnels,
    List<String> reset,
    List<String> start,
    List<String> resume) {

  /**
   * Works out the steps.
   *
   * @param states of all {@link #units}
   * @param unknown whether an earlier activation was cut short, so that nothing is taken for done
   * @param resume what that one would have started again
   */
  static Steps of(
      TenantId tenant,
      Optional<Generation> from,
      Optional<Generation> to,
      Map<String, UnitState> states,
      boolean unknown,
      List<String> resume)
      throws IOException {
    Difference difference = unknown ? Difference.ALL : Difference.between(from, to);
    if (to.isEmpty()) {
      return off(tenant, from, states);
    }
    List<String> stop = new ArrayList<>();
    Set<String> again = new TreeSet<>(resume);
    List<String> reset = new ArrayList<>();
    Set<String> kept = new TreeSet<>();
    for (Change change : Changes.between(from.map(Generation::manifest), to.get().manifest())) {
      boolean ends = change.kind() == Change.Kind.STOP || change.kind() == Change.Kind.RESTART;
      if (ends && !isDown(states, change.unit())) {
        stop.add(change.unit());
        from.ifPresent(generation -> stop.addAll(Difference.mounts(generation, change.unit())));
        if (change.kind() == Change.Kind.RESTART) {
          again.add(change.unit());
        }
      }
      if (change.kind() == Change.Kind.KEEP || change.kind() == Change.Kind.LIVE) {
        kept.add(change.unit());
      }
      if (change.kind() == Change.Kind.RESTART || hasFailed(states, change.unit())) {
        reset.add(change.unit());
      }
    }
    // How the generation before felt is no news of this one, whose checks are its gate.
    String health = TenantUnits.script(tenant, Script.HEALTH_CHECK);
    if (hasFailed(states, health)) {
      reset.add(health);
    }
    Set<String> start = foundation(tenant, to.get());
    List<String> resumed = new ArrayList<>();
    Set<String> done = new TreeSet<>();
    for (Resource resource : to.get().manifest().resources()) {
      if (!resource.boots() && kept.contains(resource.unit()) && hasExited(states, resource)) {
        done.add(resource.unit());
      }
      if (resource.autostart()) {
        start.add(resource.unit());
      } else if (again.contains(resource.unit())) {
        start.add(resource.unit());
        resumed.add(resource.unit());
      }
    }
    // Running and not about to be stopped: nothing to start.
    start.removeIf(unit -> isActive(states, unit) && !stop.contains(unit));
    if (!unknown) {
      start.removeAll(done);
    }
    return new Steps(
        stop,
        difference.units(),
        difference.placed() && isActive(states, TenantUnits.setup(tenant)),
        SECRETS.differs(from, to.get(), unknown) && isActive(states, TenantUnits.secrets(tenant)),
        difference.network() && isActive(states, TenantUnits.network(tenant)),
        TUNNELS.differs(from, to.get(), unknown) && isActive(states, TenantUnits.network(tenant)),
        reset,
        List.copyOf(start),
        resumed);
  }

  private static Set<String> foundation(TenantId tenant, Generation to) {
    Set<String> units = new LinkedHashSet<>();
    units.add(TenantUnits.target(tenant));
    if (TUNNELS.isIn(to)) {
      // The target wants it; asked for by name, its failure is told.
      units.add(TenantUnits.wireguard(tenant));
    }
    if (SECRETS.isIn(to)) {
      units.add(TenantUnits.secrets(tenant));
    }
    return units;
  }

  private static Steps off(
      TenantId tenant, Optional<Generation> from, Map<String, UnitState> states) {
    List<String> stop = new ArrayList<>();
    from.map(Generation::manifest).map(Manifest::resources).orElse(List.of()).stream()
        .map(Resource::unit)
        .filter(unit -> !isDown(states, unit))
        .forEach(unit -> {
          stop.add(unit);
          from.ifPresent(generation -> stop.addAll(Difference.mounts(generation, unit)));
        });

    List.of(
            TenantUnits.target(tenant),
            TenantUnits.secrets(tenant),
            TenantUnits.wireguard(tenant),
            TenantUnits.network(tenant),
            TenantUnits.setup(tenant),
            TenantUnits.slice(tenant))
        .stream()
        .filter(unit -> !isDown(states, unit))
        .forEach(stop::add);
    return new Steps(stop, true, false, false, false, false, List.of(), List.of(), List.of());
  }

  /** The units whose states are needed. */
  static Collection<String> units(
      TenantId tenant, Optional<Generation> from, Optional<Generation> to) {
    Set<String> units = new TreeSet<>();
    for (Optional<Generation> generation : List.of(from, to)) {
      generation.ifPresent(
          present -> present.manifest().resources().forEach(r -> units.add(r.unit())));
    }
    units.addAll(
        List.of(
            TenantUnits.target(tenant),
            TenantUnits.setup(tenant),
            TenantUnits.network(tenant),
            TenantUnits.wireguard(tenant),
            TenantUnits.secrets(tenant),
            TenantUnits.script(tenant, Script.HEALTH_CHECK),
            TenantUnits.slice(tenant)));
    return units;
  }

  private static boolean isDown(Map<String, UnitState> states, String unit) {
    UnitState state = states.get(unit);
    return state == null || state.isDown();
  }

  private static boolean isActive(Map<String, UnitState> states, String unit) {
    UnitState state = states.get(unit);
    return state != null && state.isActive();
  }

  /** A command that ended is not run again because something else of its tenant changed. */
  private static boolean hasExited(Map<String, UnitState> states, Resource resource) {
    UnitState state = states.get(resource.unit());
    return state != null && state.hasExited();
  }

  private static boolean hasFailed(Map<String, UnitState> states, String unit) {
    UnitState state = states.get(unit);
    return state != null && state.hasFailed();
  }
}
