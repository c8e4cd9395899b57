package io.bitbuilder.hypervisor.activation;

import io.bitbuilder.hypervisor.compiler.SecretUnits;
import io.bitbuilder.hypervisor.compiler.TenantUnits;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/** What of a generation a service of the tenant is told, beside its guests. */
enum Told {
  /** Its tunnels and their peers; no guest notices. */
  TUNNELS("wireguard"),
  /** Its secrets, which are opened before the guests that get them start. */
  SECRETS(SecretUnits.DIRECTORY);

  private final String files;

  Told(String files) {
    this.files = files;
  }

  /**
   * Whether it has to be told again.
   *
   * @param unknown whether nobody knows what it was told
   */
  boolean differs(Optional<Generation> from, Generation to, boolean unknown) throws IOException {
    if (from.isEmpty() || unknown) {
      return isIn(to) || (from.isPresent() && isIn(from.get()));
    }
    for (String place : places(to.tenant())) {
      if (!Difference.same(from.get().directory(), to.directory(), place)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a generation has any of it. */
  boolean isIn(Generation generation) {
    return Files.exists(generation.directory().resolve(files));
  }

  private List<String> places(TenantId tenant) {
    return switch (this) {
      case TUNNELS -> List.of(files, "units/" + TenantUnits.wireguard(tenant) + ".d");
      case SECRETS -> List.of(files);
    };
  }
}
