package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.activation.Announcer;
import io.bitbuilder.hypervisor.generation.AcceptedFile;
import io.bitbuilder.hypervisor.generation.AcceptedImages;
import io.bitbuilder.hypervisor.generation.AuditLog;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Manifest;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.host.Pace;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Keeps which commits and images were accepted, and tells of each one once: who signed it, and of a
 * commit by what policy.
 */
final class Accepting {
  private static final String SYSTEM = "system";

  private final Path state;
  private final Store store;
  private final Announcer announcer;
  private final Pace pace;

  /**
   * Prepares it.
   *
   * @param state /var/lib/bitbuilder
   */
  Accepting(Path state, Store store, Announcer announcer, Pace pace) {
    this.state = state;
    this.store = store;
    this.announcer = announcer;
    this.pace = pace;
  }

  /** From now on nothing older is accepted, whatever becomes of it here. */
  void accept(SystemState system, Collection<Generation> admitted) throws IOException {
    AcceptedFile file = new AcceptedFile(state);
    AcceptedFile.Commits before = file.read();
    SortedMap<TenantId, CommitId> tenants = new TreeMap<>(before.tenants());
    Set<TenantId> known = new HashSet<>(store.tenants());
    system.tenants().forEach(standing -> known.add(standing.id()));
    tenants.keySet().retainAll(known);
    SortedMap<String, AuditLog.Entry> news = new TreeMap<>();
    for (Generation generation : admitted) {
      Manifest manifest = generation.manifest();
      CommitId commit = new CommitId(manifest.commit());
      if (!commit.equals(tenants.put(generation.tenant(), commit))) {
        String scope = generation.tenant().value();
        news.put(scope, entry(system, scope, manifest.commit(), Optional.of(manifest)));
      }
    }
    Optional<CommitId> commit =
        Optional.of(system.commit()).filter(CommitId::isValid).map(CommitId::new);
    if (commit.isPresent() && !commit.equals(before.system())) {
      news.put(SYSTEM, entry(system, SYSTEM, system.commit(), Optional.empty()));
    }
    tell(news);
    file.write(new AcceptedFile.Commits(commit.or(before::system), tenants));
    images(system);
  }

  /** Likewise of what publishers signed. */
  private void images(SystemState system) throws IOException {
    AcceptedImages file = new AcceptedImages(state);
    SortedMap<String, AcceptedImages.Image> before = file.read();
    for (Map.Entry<String, AcceptedImages.Image> entry : system.signed().entrySet()) {
      AcceptedImages.Image image = entry.getValue();
      AcceptedImages.Image known = before.get(entry.getKey());
      if (known == null || !known.sha256().equals(image.sha256())) {
        announcer.tell(
            new AuditLog.Entry(
                pace.now(),
                SYSTEM,
                AuditLog.Event.ACCEPTED,
                0,
                system.commit(),
                "",
                "",
                image.signer(),
                "image " + entry.getKey() + " is sha256:" + image.sha256(),
                new TreeMap<>()));
      }
    }
    file.write(system.signed());
  }

  /** First, so that nothing is accepted that nobody was told of; not again after a crash. */
  private void tell(SortedMap<String, AuditLog.Entry> news) throws IOException {
    if (news.isEmpty()) {
      return;
    }
    Map<String, String> told = new TreeMap<>();
    for (AuditLog.Entry entry : new AuditLog(state).entries()) {
      if (entry.event() == AuditLog.Event.ACCEPTED) {
        told.put(entry.scope(), entry.commit());
      }
    }
    for (AuditLog.Entry entry : news.values()) {
      if (!entry.commit().equals(told.get(entry.scope()))) {
        announcer.tell(entry);
      }
    }
  }

  private AuditLog.Entry entry(
      SystemState system, String scope, String commit, Optional<Manifest> manifest) {
    Optional<SystemState.Verified> how =
        Optional.ofNullable(system.verified().get(scope))
            .filter(one -> one.commit().equals(commit));
    return new AuditLog.Entry(
        pace.now(),
        scope,
        AuditLog.Event.ACCEPTED,
        0,
        commit,
        manifest.map(Manifest::author).orElse(""),
        manifest.map(Manifest::subject).orElse(""),
        how.map(SystemState.Verified::signer).or(() -> manifest.map(Manifest::signer)).orElse(""),
        "",
        new TreeMap<>(),
        how.map(one -> new AuditLog.Policy(one.mode(), system.commit())));
  }
}
