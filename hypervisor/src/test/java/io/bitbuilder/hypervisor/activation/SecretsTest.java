package io.bitbuilder.hypervisor.activation;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.compiler.TenantUnits;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.host.UnitState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets are opened again when they differ, and before the guests that get them start. */
class SecretsTest {
  private static final String UNIT = TenantUnits.secrets(Generations.ACME);

  @TempDir private Path home;

  private Generation generation(int number, String ciphertext) throws IOException {
    return Generations.with(home, number, "credentials/db.cred", ciphertext);
  }

  private static Steps steps(Generation from, Generation to, String state, boolean unknown)
      throws IOException {
    return Generations.steps(from, to, UNIT, state, unknown);
  }

  @Test
  void whatDiffersIsOpenedAgain() throws IOException {
    assertThat(steps(generation(1, "a"), generation(2, "b"), "active", false).secrets()).isTrue();
    assertThat(steps(generation(3, "a"), generation(4, ""), "active", false).secrets()).isTrue();
    assertThat(steps(generation(5, "a"), generation(6, "a"), "active", true).secrets()).isTrue();
    assertThat(steps(generation(7, "a"), generation(8, "a"), "active", false).secrets()).isFalse();
    assertThat(steps(generation(9, ""), generation(10, ""), "active", true).secrets()).isFalse();
  }

  @Test
  void theFirstOnesAreOpenedByStartingWhatDoesSo() throws IOException {
    Steps steps = steps(generation(1, ""), generation(2, "a"), "inactive", false);
    assertThat(steps.secrets()).isFalse();
    assertThat(steps.start()).contains(UNIT);
    assertThat(steps(generation(3, ""), generation(4, ""), "inactive", false).start())
        .doesNotContain(UNIT);
  }

  @Test
  void theyEndWithTheTenant() throws IOException {
    Generation last = generation(1, "a");
    Map<String, UnitState> states = Map.of(UNIT, Generations.unit(UNIT, "active"));
    assertThat(
            Steps.of(
                    Generations.ACME, Optional.of(last), Optional.empty(), states, false, List.of())
                .stop())
        .containsExactly(UNIT);
  }
}
