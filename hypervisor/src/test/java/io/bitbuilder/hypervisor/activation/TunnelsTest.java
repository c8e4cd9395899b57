package io.bitbuilder.hypervisor.activation;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.compiler.TenantUnits;
import io.bitbuilder.hypervisor.generation.Generation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    return Generations.with(home, number, "wireguard/bw-1.conf", conf);
  }

  /** Of a tenant that runs. */
  private static Steps steps(Generation from, Generation to, boolean unknown) throws IOException {
    return Generations.steps(from, to, WIREGUARD, "active", unknown);
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
            Map.of(WIREGUARD, Generations.unit(WIREGUARD, "active")),
            false,
            List.of());
    assertThat(off.stop()).contains(WIREGUARD);
  }
}
