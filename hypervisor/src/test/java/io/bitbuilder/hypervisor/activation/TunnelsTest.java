package io.bitbuilder.hypervisor.activation;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.compiler.TenantUnits;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.host.UnitState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A change of a tunnel is told to its service, and to no guest. */
class TunnelsTest {
  private static final String WIREGUARD = TenantUnits.wireguard(Generations.ACME);

  @TempDir private Path home;

  private Generation generation(int number, String conf) throws IOException {
    Path directory = Files.createDirectories(home.resolve(String.valueOf(number)));
    if (!conf.isEmpty()) {
      Files.createDirectories(directory.resolve("wireguard"));
      Files.writeString(directory.resolve("wireguard/bw-1.conf"), conf);
    }
    return new Generation(
        Generations.ACME,
        number,
        directory,
        Generations.manifest(Generations.resource("web")),
        Optional.empty(),
        false);
  }

  private static UnitState active(String unit) {
    return new UnitState(
        unit, "loaded", "active", "running", "success", "1", 0, Optional.empty(), 0, "");
  }

  /** Of a tenant that runs. */
  private static Steps steps(Generation from, Generation to, boolean unknown) throws IOException {
    Map<String, UnitState> states = new HashMap<>();
    for (String unit : Steps.units(Generations.ACME, Optional.of(from), Optional.of(to))) {
      states.put(unit, active(unit));
    }
    return Steps.of(
        Generations.ACME, Optional.of(from), Optional.of(to), states, unknown, List.of());
  }

  @Test
  void aPeerMoreIsToldToTheTunnelsAndNothingIsStoppedOrStarted() throws IOException {
    Steps steps = steps(generation(1, "[Tunnel]\n"), generation(2, "[Tunnel]\n\n[Peer]\n"), false);
    assertThat(steps.tunnels()).isTrue();
    assertThat(steps.stop()).isEmpty();
    assertThat(steps.start()).isEmpty();
    assertThat(steps.reload()).isFalse();
    assertThat(steps.network()).isFalse();
  }

  @Test
  void tunnelsThatStayTheSameAreLeftAlone() throws IOException {
    assertThat(steps(generation(1, "[Tunnel]\n"), generation(2, "[Tunnel]\n"), false).tunnels())
        .isFalse();
    assertThat(steps(generation(3, ""), generation(4, ""), false).tunnels()).isFalse();
    assertThat(steps(generation(5, ""), generation(6, ""), true).tunnels()).isFalse();
  }

  @Test
  void theLastTunnelIsTakenDownAndTheFirstIsBroughtUp() throws IOException {
    assertThat(steps(generation(1, "[Tunnel]\n"), generation(2, ""), false).tunnels()).isTrue();
    assertThat(steps(generation(3, ""), generation(4, "[Tunnel]\n"), false).tunnels()).isTrue();
    assertThat(steps(generation(5, "[Tunnel]\n"), generation(6, ""), true).tunnels()).isTrue();
  }

  @Test
  void anotherCredentialIsToldToo() throws IOException {
    Generation before = generation(1, "[Tunnel]\n");
    Generation after = generation(2, "[Tunnel]\n");
    Path dropIn = after.directory().resolve("units").resolve(WIREGUARD + ".d");
    Files.createDirectories(dropIn);
    Files.writeString(dropIn.resolve("50-tunnels.conf"), "[Service]\n");
    Steps steps = steps(before, after, false);
    assertThat(steps.tunnels()).isTrue();
    assertThat(steps.reload()).isTrue();
  }

  @Test
  void aTenantThatStartsStartsItsTunnelsByNameSoThatTheirFailureIsTold() throws IOException {
    Steps steps =
        Steps.of(
            Generations.ACME,
            Optional.empty(),
            Optional.of(generation(1, "[Tunnel]\n")),
            Map.of(),
            false,
            List.of());
    assertThat(steps.start()).contains(WIREGUARD);
    assertThat(steps.tunnels()).isFalse();
    Steps off =
        Steps.of(
            Generations.ACME,
            Optional.of(generation(2, "[Tunnel]\n")),
            Optional.empty(),
            Map.of(WIREGUARD, active(WIREGUARD)),
            false,
            List.of());
    assertThat(off.stop()).contains(WIREGUARD);
  }
}
