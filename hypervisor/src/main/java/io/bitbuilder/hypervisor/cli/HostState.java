package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.HostStore;
import io.bitbuilder.hypervisor.generation.Refused;
import io.bitbuilder.hypervisor.generation.RemovedTenants;
import io.bitbuilder.hypervisor.generation.Staging;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.host.UnitState;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.reconcile.Drain;
import io.bitbuilder.hypervisor.sync.FetchState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What this host runs and why, read once from its files and from systemd.
 *
 * @param system what compile saw last; empty when nothing was compiled yet
 * @param fetched what is known of the repositories
 * @param findings what compile found last and what fetch fails at, by scope
 * @param tenants every tenant that is registered or has a current generation, by id
 * @param removed the others, whose data is kept for a time, by id
 * @param units what the system repository put on the host itself; empty when it is nothing
 * @param refused what it was to put there and was taken back
 * @param drained whether no tenant is to run for now
 */
record HostState(
    Optional<SystemState> system,
    FetchState fetched,
    SortedMap<String, List<Diagnostic>> findings,
    SortedMap<TenantId, TenantState> tenants,
    SortedMap<TenantId, Removed> removed,
    Optional<HostStore.Made> units,
    Optional<HostStore.Refusal> refused,
    boolean drained) {
  private static final String SYSTEM = "system";
  private static final List<String> GUESTS =
      List.of("tenant-container@*.service", "tenant-machine@*.service", "tenant-script@*.service");

  HostState {
    findings = Collections.unmodifiableSortedMap(new TreeMap<>(findings));
    tenants = Collections.unmodifiableSortedMap(new TreeMap<>(tenants));
    removed = Collections.unmodifiableSortedMap(new TreeMap<>(removed));
  }

  /** Reads everything; the files of one tenant that are damaged do not hide the others. */
  static HostState read(Context context) throws IOException {
    Staging staging = new Staging(context.state());
    Optional<SystemState> system;
    SortedMap<String, List<Diagnostic>> findings;
    try {
      system = staging.systemState();
      findings =
          new TreeMap<>(staging.findings().map(Staging.Findings::scopes).orElse(new TreeMap<>()));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    FetchState fetched = FetchState.read(context.state().resolve("objects"));
    for (Diagnostic finding : fetched.findings()) {
      String scope = finding.location().repository();
      findings.put(scope, with(findings.getOrDefault(scope, List.of()), finding));
    }
    Map<TenantId, Generation> current = current(new Store(context.state()));
    Map<TenantId, List<Refused.Entry>> refused = new TreeMap<>();
    for (Refused.Entry entry : new Refused(context.state()).entries()) {
      refused.computeIfAbsent(entry.tenant(), _ -> new ArrayList<>()).add(entry);
    }
    Map<String, UnitState> units = context.host().systemd().states(GUESTS);
    SortedMap<TenantId, SystemState.Standing> standings = new TreeMap<>();
    system.ifPresent(state -> state.tenants().forEach(one -> standings.put(one.id(), one)));
    SortedMap<TenantId, TenantState> tenants = new TreeMap<>();
    List<TenantId> ids = new ArrayList<>(standings.keySet());
    ids.addAll(current.keySet());
    for (TenantId id : ids) {
      tenants.computeIfAbsent(
          id,
          _ ->
              new TenantState(
                  id,
                  Optional.ofNullable(standings.get(id)),
                  Optional.ofNullable(current.get(id)),
                  Optional.ofNullable(fetched.repositories().get(id.value())),
                  findings.getOrDefault(id.value(), List.of()),
                  refused.getOrDefault(id, List.of()),
                  units));
    }
    SortedMap<TenantId, Removed> removed = removed(context, system);
    removed.keySet().removeAll(tenants.keySet());
    HostStore store = new HostStore(context.state());
    return new HostState(
        system,
        fetched,
        findings,
        tenants,
        removed,
        store.generation(store.current()),
        store.standing().refused(),
        Drain.isOn(context.root()));
  }

  /** What fetch says of a repository it cannot reach tells more than what compile saw of it. */
  private static List<Diagnostic> with(List<Diagnostic> list, Diagnostic finding) {
    List<Diagnostic> all = new ArrayList<>(list);
    all.removeIf(other -> other.code() == Code.BB501);
    all.add(finding);
    return all;
  }

  private static Map<TenantId, Generation> current(Store store) throws IOException {
    Map<TenantId, Generation> current = new TreeMap<>();
    for (Map.Entry<TenantId, Integer> entry : store.selection().entrySet()) {
      store
          .generation(entry.getKey(), entry.getValue())
          .ifPresent(generation -> current.put(entry.getKey(), generation));
    }
    return current;
  }

  private static SortedMap<TenantId, Removed> removed(Context context, Optional<SystemState> system)
      throws IOException {
    Optional<Duration> keep =
        system.filter(state -> !state.frozen()).map(state -> state.retention().removedTenants());
    SortedMap<TenantId, Removed> removed = new TreeMap<>();
    new RemovedTenants(context.state())
        .read()
        .forEach((id, since) -> removed.put(id, new Removed(id, since, keep.map(since::plus))));
    return removed;
  }

  /** Findings about the system repository and the host. */
  List<Diagnostic> systemFindings() {
    return findings.getOrDefault(SYSTEM, List.of());
  }

  /** Whether nothing may change until the system repository is mended. */
  boolean frozen() {
    return system.map(SystemState::frozen).orElse(false);
  }
}
