package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.activation.Announcer;
import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.generation.AuditLog;
import io.bitbuilder.hypervisor.generation.FlightLog;
import io.bitbuilder.hypervisor.generation.RemovedTenants;
import io.bitbuilder.hypervisor.generation.Staging;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The verb {@code bitbuilder purge}: what a removed tenant left is deleted before its time. Only
 * what no registry names may go; nothing of a tenant that could still run here is ever touched.
 */
public final class PurgeRun {
  private final Path root;
  private final HostPorts host;
  private final Path state;
  private final Store store;
  private final RemovedTenants removed;

  /**
   * Prepares a run.
   *
   * @param root the directory the host's files are under
   */
  public PurgeRun(Path root, HostPorts host) {
    this.root = root;
    this.host = host;
    this.state = root.resolve("var/lib/bitbuilder");
    this.store = new Store(state);
    this.removed = new RemovedTenants(state);
  }

  /**
   * Deletes what the tenant left; nothing when the report has errors then.
   *
   * @return what was deleted but could not be told, in our words
   * @throws Busy when an activation is under way
   * @throws IOException when something could not be deleted; the tenant stays removed and can be
   *     purged again
   */
  public List<String> run(TenantId tenant, Report report) throws IOException {
    try (Exclusive _ = Exclusive.take(root)) {
      store.recover();
      if (new FlightLog(state).flights().containsKey(tenant)) {
        throw new Busy(
            "an activation of tenant " + tenant + " was cut short; run bitbuilder sync first");
      }
      check(tenant, report);
      if (report.hasErrors()) {
        return List.of();
      }
      Announcer announcer = new Announcer(new AuditLog(state), host.messages());
      Retention retention = new Retention(root, store, removed, announcer, host.pace().now());
      retention.purge(tenant, "deleted by the operator before its time");
      retention.pruneImages(host.images());
      return announcer.problems();
    }
  }

  private void check(TenantId tenant, Report report) throws IOException {
    boolean registered =
        system().stream()
            .flatMap(known -> known.tenants().stream())
            .anyMatch(standing -> standing.id().equals(tenant));
    if (registered || !removed.read().containsKey(tenant)) {
      refuse(
          tenant,
          "tenant " + tenant + " is not removed, so its data is not deleted",
          "take it out of the registry first",
          report);
    } else if (store.selection().containsKey(tenant)) {
      refuse(
          tenant,
          "tenant " + tenant + " is removed but still runs",
          "bitbuilder sync stops it",
          report);
    }
  }

  private Optional<SystemState> system() throws IOException {
    try {
      return new Staging(state).systemState();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void refuse(TenantId tenant, String message, String help, Report report) {
    report.add(Code.BB304, Location.ofFile(tenant.value(), "", ""), message, "", help);
  }
}
