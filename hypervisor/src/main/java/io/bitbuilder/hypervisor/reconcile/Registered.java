package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.SystemModel;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.sync.FetchState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The tenants of a host: those of the registry, and those fetch found in the directories the system
 * repository names. Where both name one, the registry is right.
 */
final class Registered {
  private static final String BRANCH = "main";

  private Registered() {}

  /** The system with the discovered tenants added, all in order of their ids. */
  static SystemModel with(SystemModel system, FetchState state) {
    SystemConfig.Discovery discovery = system.config().discovery();
    if (discovery.directories().isEmpty()) {
      return system;
    }
    Set<TenantId> known =
        system.tenants().stream().map(TenantEntry::id).collect(Collectors.toSet());
    List<TenantEntry> all = new ArrayList<>(system.tenants());
    for (FetchState.Found found : state.discovered(discovery.directories())) {
      if (!known.contains(found.tenant())) {
        all.add(
            new TenantEntry(
                found.tenant(),
                found.url(),
                BRANCH,
                "",
                true,
                discovery.defaultQuota(),
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                system.config().origin()));
      }
    }
    return new SystemModel(
        system.config(), all, system.signers(), system.templates(), system.units());
  }
}
