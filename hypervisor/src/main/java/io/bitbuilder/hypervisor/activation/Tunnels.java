package io.bitbuilder.hypervisor.activation;

import io.bitbuilder.hypervisor.compiler.TenantUnits;
import io.bitbuilder.hypervisor.generation.Generation;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;

/** Whether the tunnels of a tenant have to be told of a change; no guest notices. */
final class Tunnels {
  private static final String FILES = "wireguard";

  private Tunnels() {}

  /**
   * Whether tunnels differ between two generations.
   *
   * @param unknown whether nobody knows what the tunnels were told
   */
  static boolean differ(Optional<Generation> from, Generation to, boolean unknown)
      throws IOException {
    if (from.isEmpty() || unknown) {
      return has(to) || (from.isPresent() && has(from.get()));
    }
    return !Difference.same(from.get().directory(), to.directory(), FILES)
        || !Difference.same(
            from.get().directory(),
            to.directory(),
            "units/" + TenantUnits.wireguard(to.tenant()) + ".d");
  }

  /** Whether a generation has any. */
  static boolean has(Generation generation) {
    return Files.exists(generation.directory().resolve(FILES));
  }
}
