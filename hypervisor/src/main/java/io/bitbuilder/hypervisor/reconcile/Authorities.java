package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.HostConfig;
import io.bitbuilder.hypervisor.model.Signer;
import io.bitbuilder.hypervisor.model.Signers;
import io.bitbuilder.hypervisor.model.SystemModel;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.signature.TrustedKey;
import io.bitbuilder.hypervisor.trust.Acceptance;
import io.bitbuilder.hypervisor.trust.Keyring;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whose signatures count where. For a tenant those its entry of the registry names, and the host's
 * own keys for it; never what its own repository says. For the system repository those the host was
 * told of, and for each commit those its parents give the role {@code operate}: so a key is
 * replaced by a commit that the one before it signed.
 */
final class Authorities {
  /** What a system repository says of signers at a commit. */
  @FunctionalInterface
  interface Told {
    /** Nobody, when it has none or cannot be read. */
    Signers at(CommitId commit) throws IOException;
  }

  private Authorities() {}

  static Keyring ofTenant(SystemModel system, TenantEntry entry, List<TrustedKey> own) {
    return Keyring.of(signers(system, entry), system.signers(), own);
  }

  /** The signers of a tenant. */
  static List<Signer> signers(SystemModel system, TenantEntry entry) {
    return system.signers().list().stream()
        .filter(signer -> entry.signers().contains(signer.name()))
        .toList();
  }

  /** Fingerprints of the keys the registry revokes. */
  static List<String> revoked(SystemModel system) {
    return system.signers().list().stream()
        .filter(Signer::revoked)
        .flatMap(signer -> Keyring.of(List.of(signer), system.signers(), List.of()).fingerprints())
        .toList();
  }

  static Acceptance.Authority ofSystem(HostConfig host, List<TrustedKey> own, Told told) {
    Map<List<CommitId>, Keyring> known = new HashMap<>();
    return parents -> {
      Keyring ring = known.get(parents);
      if (ring == null) {
        List<Signers> each = new ArrayList<>();
        for (CommitId parent : parents) {
          each.add(told.at(parent));
        }
        ring = ofSystem(host, own, each);
        known.put(parents, ring);
      }
      return ring;
    };
  }

  private static Keyring ofSystem(HostConfig host, List<TrustedKey> own, List<Signers> parents) {
    Set<Signer> signers = new LinkedHashSet<>();
    SortedMap<String, String> certificates = new TreeMap<>();
    signers.add(Signer.ofHost("host.yaml", host.signers()));
    for (Signers parent : parents) {
      certificates.putAll(parent.certificates());
      for (Signer signer : parent.list()) {
        boolean everywhere = parents.stream().allMatch(other -> other.list().contains(signer));
        boolean operates = signer.roles().contains(Signer.Role.OPERATE);
        // A revocation counts wherever it is; what gives a right has to be in all lines of history.
        if (signer.revoked() || (operates && everywhere)) {
          signers.add(signer);
        }
      }
    }
    return Keyring.of(signers, new Signers(List.of(), certificates), own);
  }
}
