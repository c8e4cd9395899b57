package io.bitbuilder.hypervisor.activation;

import io.bitbuilder.hypervisor.compiler.SecretUnits;
import io.bitbuilder.hypervisor.generation.Generation;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;

/** Whether the secrets of a tenant have to be opened again. */
final class Secrets {
  private Secrets() {}

  /**
   * Whether they differ between two generations.
   *
   * @param unknown whether nobody knows which were opened
   */
  static boolean differ(Optional<Generation> from, Generation to, boolean unknown)
      throws IOException {
    if (from.isEmpty() || unknown) {
      return has(to) || (from.isPresent() && has(from.get()));
    }
    return !Difference.same(from.get().directory(), to.directory(), SecretUnits.DIRECTORY);
  }

  /** Whether a generation has any. */
  static boolean has(Generation generation) {
    return Files.exists(generation.directory().resolve(SecretUnits.DIRECTORY));
  }
}
