package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.generation.AcceptedFile;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.HostConfig;
import io.bitbuilder.hypervisor.model.SystemModel;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.VerifyMode;
import io.bitbuilder.hypervisor.trust.Acceptance;
import java.io.IOException;
import java.util.Optional;

/** Who signed what is to be compiled: asked before anything of it is read. */
final class Verification {
  /** The signer of a commit that was not asked about. */
  private static final String NOBODY = "";

  private final Stages stages;
  private final AcceptedFile.Commits accepted;

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
    if (host.verify() == VerifyMode.OFF) {
      return Optional.of(NOBODY);
    }
    return signer(
        stages.acceptSystem(host, commit, accepted.system()), host.verify(), "system", report);
  }

  /** The same about a tenant. Called by several threads. */
  Optional<String> tenant(SystemModel system, TenantEntry entry, CommitId commit, Report report)
      throws IOException {
    VerifyMode mode = mode(system, entry);
    if (mode == VerifyMode.OFF) {
      return Optional.of(NOBODY);
    }
    Optional<CommitId> before = Optional.ofNullable(accepted.tenants().get(entry.id()));
    return signer(
        stages.acceptTenant(system, entry, commit, before), mode, entry.id().value(), report);
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
