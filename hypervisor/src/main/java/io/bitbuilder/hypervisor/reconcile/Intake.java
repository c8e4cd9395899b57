package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.activation.Announcer;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.generation.AuditLog;
import io.bitbuilder.hypervisor.generation.Claims;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.NotAdmitted;
import io.bitbuilder.hypervisor.generation.Staging;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.host.Pace;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * From what compile staged to generations of the store. What is refused on the way, by compile or
 * by admission, is told to the audit trail; what goes wrong with one tenant stays with it.
 */
final class Intake {
  private final Store store;
  private final Staging staging;
  private final Announcer announcer;
  private final AuditLog log;
  private final Pace pace;
  private final SortedMap<String, List<Diagnostic>> findings = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();
  private final Set<TenantId> unadmitted = new HashSet<>();

  Intake(Store store, Staging staging, Announcer announcer, AuditLog log, Pace pace) {
    this.store = store;
    this.staging = staging;
    this.announcer = announcer;
    this.log = log;
    this.pace = pace;
  }

  /** Errors of compiling and admitting, by scope. */
  SortedMap<String, List<Diagnostic>> findings() {
    return findings;
  }

  /** What could not be read or written, in our words. */
  List<String> problems() {
    return problems;
  }

  /** Whether a candidate of the tenant was not taken in. */
  boolean isUnadmitted(TenantId tenant) {
    return unadmitted.contains(tenant);
  }

  /** Takes in the candidates of tenants that are to run here. */
  Map<TenantId, Generation> admit(SystemState system) throws IOException {
    Set<TenantId> wanted =
        system.tenants().stream()
            .filter(SystemState.Standing::wanted)
            .map(SystemState.Standing::id)
            .collect(Collectors.toSet());
    List<Map.Entry<TenantId, Path>> staged =
        staging.tenants().entrySet().stream()
            .filter(entry -> wanted.contains(entry.getKey()))
            .map(entry -> Map.entry(entry.getKey(), entry.getValue()))
            .toList();
    Claims claims = new Claims();
    Map<TenantId, Generation> admitted = new TreeMap<>();
    Parallel.map(staged, entry -> admit(entry.getKey(), entry.getValue(), claims))
        .forEach(generation -> admitted.put(generation.tenant(), generation));
    return admitted;
  }

  private Optional<Generation> admit(TenantId tenant, Path candidate, Claims claims) {
    try {
      return Optional.of(store.add(tenant, candidate, claims));
    } catch (NotAdmitted e) {
      notAdmitted(tenant, e.findings());
      return Optional.empty();
    } catch (IOException e) {
      synchronized (this) {
        unadmitted.add(tenant);
        problem("tenant " + tenant + " cannot be taken in", e);
      }
      return Optional.empty();
    }
  }

  private synchronized void notAdmitted(TenantId tenant, List<Diagnostic> what) {
    unadmitted.add(tenant);
    findings.put(tenant.value(), what);
    Rejection.of(tenant.value(), what, pace.now()).ifPresent(announcer::tell);
  }

  private void problem(String what, Exception e) {
    problems.add(what + ": " + Quote.escape(String.valueOf(e.getMessage()), 300));
  }

  /** Tells what compile rejected, once. */
  void tellRejections() throws IOException {
    Optional<Staging.Findings> staged;
    try {
      staged = staging.findings();
    } catch (UncheckedIOException e) {
      problem("the findings of compile cannot be read", e);
      return;
    }
    if (staged.isEmpty()) {
      return;
    }
    findings.putAll(staged.get().scopes());
    List<AuditLog.Entry> rejected = new ArrayList<>();
    staged
        .get()
        .scopes()
        .forEach((scope, list) -> Rejection.of(scope, list, pace.now()).ifPresent(rejected::add));
    if (rejected.isEmpty()) {
      return;
    }
    Map<String, AuditLog.Entry> last = new TreeMap<>();
    log.entries().forEach(entry -> last.put(entry.scope(), entry));
    for (AuditLog.Entry entry : rejected) {
      AuditLog.Entry before = last.get(entry.scope());
      if (before == null
          || before.event() != AuditLog.Event.REJECTED
          || !before.commit().equals(entry.commit())
          || !before.reason().equals(entry.reason())) {
        announcer.tell(entry);
      }
    }
  }
}
