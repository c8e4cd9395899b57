package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.discovery.Systems;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.HostConfig;
import io.bitbuilder.hypervisor.model.SystemModel;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.sync.ObjectStore;
import io.bitbuilder.hypervisor.trust.Acceptance;
import io.bitbuilder.hypervisor.trust.History;
import io.bitbuilder.hypervisor.trust.Keyring;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Judges commits of the object stores by what registry, host.yaml and the host's keys say. */
final class Judges {
  private final Path objects;
  private final OwnKeys keys;

  /**
   * Those of a host.
   *
   * @param root the directory the host's files are under
   */
  Judges(Path root, OwnKeys keys) {
    this.objects = root.resolve("var/lib/bitbuilder/objects");
    this.keys = keys;
  }

  /**
   * Judges a commit of the system repository.
   *
   * @param accepted the one that was accepted last; empty the first time
   */
  Acceptance.Outcome system(HostConfig host, CommitId commit, Optional<CommitId> accepted)
      throws IOException {
    try (ObjectStore store = ObjectStore.open(objects, ObjectStore.SYSTEM)) {
      Acceptance.Authority authority =
          Authorities.ofSystem(
              host, keys.of(ObjectStore.SYSTEM), parent -> Systems.signers(store.tree(parent)));
      return new Acceptance(history(store), authority, Instant.now()).judge(commit, accepted);
    }
  }

  /** Judges a commit of a tenant. */
  Acceptance.Outcome tenant(
      SystemModel system, TenantEntry entry, CommitId commit, Optional<CommitId> accepted)
      throws IOException {
    Keyring keyring = Authorities.ofTenant(system, entry, keys.of(entry.id().value()));
    try (ObjectStore store = ObjectStore.open(objects, entry.id().value())) {
      return new Acceptance(history(store), _ -> keyring, Instant.now()).judge(commit, accepted);
    }
  }

  private static History history(ObjectStore store) {
    return new History() {
      @Override
      public byte[] raw(CommitId commit) throws IOException {
        return store.raw(commit);
      }

      @Override
      public List<CommitId> since(CommitId tip, CommitId before, int limit) throws IOException {
        return store.since(tip, before, limit);
      }

      @Override
      public boolean descends(CommitId commit, CommitId ancestor) throws IOException {
        return store.descends(commit, ancestor);
      }
    };
  }
}
