package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.compiler.TenantUnits;
import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.limits.KernelLimits;
import io.bitbuilder.hypervisor.limits.Limit;
import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Whether a tenant would have less storage than it uses: nothing is lost, but nobody can write. */
final class StorageInUse {
  private StorageInUse() {}

  /** Looks at this host, where the file system counts. */
  static Optional<Diagnostic> check(Path root, Tenant tenant, ResolvedTenant resolved)
      throws IOException {
    ByteSize planned = resolved.limits().storageMax().orElse(resolved.claim().storage());
    Location at =
        resolved.limits().storageMax().isPresent()
            ? tenant.limitsOrigin().at("/storage")
            : tenant.origin().at("/resources/storage");
    return new KernelLimits(root)
            .read(
                resolved.id().value(),
                TenantUnits.slice(resolved.id()),
                new TreeMap<>(Map.of(Limit.Kind.STORAGE, planned.bytes())))
            .stream()
            .findFirst()
            .flatMap(limit -> compare(limit, at));
  }

  static Optional<Diagnostic> compare(Limit limit, Location at) {
    if (limit.used().isEmpty() || limit.used().getAsLong() <= limit.set()) {
      return Optional.empty();
    }
    String used = new ByteSize(limit.used().getAsLong()).rounded();
    return Optional.of(
        new Diagnostic(
            Code.BB410,
            "the tenant uses " + used + " of storage, more than it would have",
            at,
            "at least " + used,
            "delete some of its data first, or leave the limit as it is",
            List.of()));
  }
}
