package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import java.util.Optional;

/**
 * A tenant to be planned.
 *
 * @param entry what the operator grants it
 * @param tenant what it declares
 * @param commit where that was read; empty for a plain directory
 */
public record Request(TenantEntry entry, Tenant tenant, Optional<CommitId> commit) {
  /** A tenant read at a commit. */
  public Request(TenantEntry entry, Tenant tenant, CommitId commit) {
    this(entry, tenant, Optional.of(commit));
  }

  /** The id under which the operator registered it, the only one that counts. */
  TenantId id() {
    return entry.id();
  }
}
