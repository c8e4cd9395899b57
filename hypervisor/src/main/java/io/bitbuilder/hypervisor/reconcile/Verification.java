package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.generation.AcceptedFile;
import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.HostConfig;
import io.bitbuilder.hypervisor.model.SystemModel;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.model.VerifyMode;
import io.bitbuilder.hypervisor.trust.Acceptance;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Who signed what is to be compiled: asked before anything of it is read. */
final class Verification {
  /** The signer of a commit that was not asked about. */
  private static final String NOBODY = "";

  private final Stages stages;
  private final AcceptedFile.Commits accepted;
  private final Map<String, SystemState.Verified> verified = new ConcurrentHashMap<>();

  Verification(Stages stages, AcceptedFile.Commits accepted) {
    this.stages = stages;
    this.accepted = accepted;
  }

  /**
   * Asks about the system repository.
   *
   * @return who signed it, for people; empty exactly when it is not accepted
   */
  Optional<String> system(HostConfig host, CommitId commit, Report report) throws IOException {
    Optional<String> signer =
        host.verify() == VerifyMode.OFF
            ? Optional.of(NOBODY)
            : signer(
                stages.acceptSystem(host, commit, accepted.system()),
                host.verify(),
                "system",
                report);
    note("system", commit, host.verify(), signer);
    return signer;
  }

  private void note(String scope, CommitId commit, VerifyMode mode, Optional<String> signer) {
    signer.ifPresent(who ->
        verified.put(
            scope,
            new SystemState.Verified(commit.value(), mode.name().toLowerCase(Locale.ROOT), who)));
  }

  /** How the commits that count came to, by scope. */
  SortedMap<String, SystemState.Verified> verified() {
    return new TreeMap<>(verified);
  }

  /** Who signed the commit of a tenant, for people; empty when nobody was asked, or nobody did. */
  String signer(TenantId tenant) {
    SystemState.Verified how = verified.get(tenant.value());
    return how == null ? NOBODY : how.signer();
  }

  /** The same about a tenant. Called by several threads. */
  Optional<String> tenant(SystemModel system, TenantEntry entry, CommitId commit, Report report)
      throws IOException {
    VerifyMode mode = mode(system, entry);
    Optional<CommitId> before = Optional.ofNullable(accepted.tenants().get(entry.id()));
    Optional<String> signer =
        mode == VerifyMode.OFF
            ? Optional.of(NOBODY)
            : signer(
                stages.acceptTenant(system, entry, commit, before),
                mode,
                entry.id().value(),
                report);
    note(entry.id().value(), commit, mode, signer);
    return signer;
  }

  /** The stricter of what holds for all and for one. */
  static VerifyMode mode(SystemModel system, TenantEntry entry) {
    VerifyMode all = system.config().verify().mode();
    return entry.verify().filter(own -> own.compareTo(all) < 0).orElse(all);
  }

  private static Optional<String> signer(
      Acceptance.Outcome outcome, VerifyMode mode, String scope, Report report) {
    return switch (outcome) {
      case Acceptance.Outcome.Accepted accepted -> Optional.of(accepted.signer());
      case Acceptance.Outcome.Refused refused -> {
        boolean warned = mode == VerifyMode.WARN && refused.code() == Code.BB503;
        report.add(
            warned ? Code.BB510 : refused.code(),
            Location.ofFile(scope, refused.commit().abbreviated(), ""),
            refused.message() + (warned ? ", and is taken all the same" : ""),
            refused.expected(),
            refused.help());
        yield warned ? Optional.of(NOBODY) : Optional.empty();
      }
    };
  }
}
