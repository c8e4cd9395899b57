package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.activation.Announcer;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.generation.AllocationFile;
import io.bitbuilder.hypervisor.generation.AuditLog;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Refused;
import io.bitbuilder.hypervisor.generation.RemovedTenants;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.host.Images;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.Allocations;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How long what is no longer needed is kept: old generations, images nobody names, and the data of
 * removed tenants. A tenant that is registered again within the time finds all of its own.
 */
final class Retention {
  private final Path root;
  private final Path state;
  private final Store store;
  private final RemovedTenants removed;
  private final Announcer announcer;
  private final Instant now;

  Retention(Path root, Store store, RemovedTenants removed, Announcer announcer, Instant now) {
    this.root = root;
    this.state = root.resolve("var/lib/bitbuilder");
    this.store = store;
    this.removed = removed;
    this.announcer = announcer;
    this.now = now;
  }

  /** Notes since when tenants are removed, and forgets it of those that are registered again. */
  void note(SystemState system) throws IOException {
    SortedMap<TenantId, Instant> since = new TreeMap<>(removed.read());
    system.removed().forEach(tenant -> since.putIfAbsent(tenant, now));
    system.tenants().forEach(standing -> since.remove(standing.id()));
    removed.write(since);
  }

  /**
   * Deletes the data of tenants that were removed long enough ago and are off.
   *
   * @return what could not be deleted, and why
   */
  SortedMap<TenantId, String> purge(Duration keep, Set<TenantId> busy) throws IOException {
    SortedMap<TenantId, String> kept = new TreeMap<>();
    for (Map.Entry<TenantId, Instant> entry : removed.read().entrySet()) {
      TenantId tenant = entry.getKey();
      boolean expired = !entry.getValue().plus(keep).isAfter(now);
      if (!expired || busy.contains(tenant) || store.selection().containsKey(tenant)) {
        continue;
      }
      try {
        purge(tenant, "removed, and its time is over");
      } catch (IOException e) {
        kept.put(tenant, Quote.escape(String.valueOf(e.getMessage()), 300));
      }
    }
    return kept;
  }

  /**
   * Deletes everything a tenant left that is off: its data, choices, refusals and generations.
   *
   * @param why for the audit trail
   */
  void purge(TenantId tenant, String why) throws IOException {
    new TenantData(root, tenant).delete();
    new Refused(state).forget(tenant);
    AllocationFile allocations = new AllocationFile(state);
    allocations.write(keeping(allocations.read(), other -> !other.equals(tenant.value())));
    store.remove(tenant);
    SortedMap<TenantId, Instant> since = new TreeMap<>(removed.read());
    since.remove(tenant);
    removed.write(since);
    announcer.tell(
        new AuditLog.Entry(
            now, tenant.value(), AuditLog.Event.PURGED, 0, "", "", "", "", why, new TreeMap<>()));
  }

  /** Whose choices are kept. */
  @FunctionalInterface
  interface Whose {
    /** Whether the tenant's are. */
    boolean test(String tenant);
  }

  /** The choices made for some tenants, and those that are no tenant's but the host's. */
  static Allocations keeping(Allocations allocations, Whose whose) {
    return new Allocations(
        allocations.entries().entrySet().stream()
            .filter(entry -> {
              String tenant = InputsDigest.tenantOf(entry.getKey());
              return !TenantId.isValid(tenant) || whose.test(tenant);
            })
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, Map.Entry::getValue, (a, _) -> a, TreeMap::new)));
  }

  /** Removes images that no generation names any more. */
  void pruneImages(Images images) throws IOException {
    SortedSet<String> named = new TreeSet<>();
    for (TenantId tenant : store.tenants()) {
      for (Generation generation : store.generations(tenant)) {
        named.addAll(CataloguedImages.named(generation.manifest()));
      }
    }
    images.prune(named);
  }
}
