package io.bitbuilder.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.generation.Manifest;
import io.bitbuilder.hypervisor.host.Commands;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.network.Topology;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TenantTunnelsTest {
  private static final String OURS = "mBHV3Nt64DyqJpYBBpTzH9s3Im4H3oTlRGSjDbYlWEE=";
  private static final String TWO = "9m2yJ6S7lqfRrC0J1bQWzK4hX0m1o0mKqk0m9mWJcQU=";
  private static final String ROAD = "hV2b0vPqVnqjYd3r5V8s2m0zq7m0h1xS3rJpW0w5kkQ=";

  @TempDir private Path root;
  private final List<String> asked = new ArrayList<>();
  private Generation generation;

  @BeforeEach
  void oneTunnel() throws IOException {
    Path directory = root.resolve("1");
    Files.createDirectories(directory.resolve("wireguard"));
    Files.writeString(
        directory.resolve("wireguard/bw-7.conf"),
        """
        [Tunnel]
        Name=office
        PrivateKey=generate
        ListenPort=51820

        [Peer]
        Name=site-two
        PublicKey=%s
        AllowedIPs=10.9.0.0/24,fd09::/64
        Endpoint=two.example.org:51820
        PersistentKeepalive=25

        [Peer]
        PublicKey=%s
        AllowedIPs=10.99.0.2/32
        PersistentKeepalive=0
        """
            .formatted(TWO, ROAD));
    TenantId acme = new TenantId("acme");
    generation =
        new Generation(
            acme,
            1,
            directory,
            new Manifest(
                acme, "a".repeat(40), "", Instant.EPOCH, "", "", "", List.of(), Topology.NONE),
            Optional.empty(),
            false);
  }

  private List<TenantTunnels.Tunnel> read(String endpoints, String handshakes) throws IOException {
    Commands commands =
        new Commands() {
          @Override
          public Result run(List<String> words, String input, Duration limit) {
            asked.add(String.join(" ", words));
            String out = words.getLast().equals("endpoints") ? endpoints : handshakes;
            return new Result(out.isEmpty() ? 1 : 0, out, "", false);
          }

          @Override
          public int interactive(List<String> words) {
            throw new AssertionError();
          }
        };
    return TenantTunnels.read(generation, root, commands);
  }

  @Test
  void whatTheKernelKnowsGoesBeforeWhatWasDeclared() throws IOException {
    Path keys = Files.createDirectories(root.resolve("var/lib/bitbuilder/wireguard/acme"));
    Files.writeString(keys.resolve("office.pub"), OURS + "\n");
    List<TenantTunnels.Tunnel> tunnels =
        read(
            TWO + "\t192.0.2.7:4444\n" + ROAD + "\t(none)\n",
            TWO + "\t1767225600\n" + ROAD + "\t0\n");
    assertThat(tunnels).hasSize(1);
    TenantTunnels.Tunnel office = tunnels.getFirst();
    assertThat(office.publicKey()).contains(OURS);
    assertThat(office.port()).isEqualTo("51820");
    assertThat(office.peers())
        .containsExactly(
            new TenantTunnels.Peer(
                "site-two",
                TWO,
                "192.0.2.7:4444",
                List.of("10.9.0.0/24", "fd09::/64"),
                Optional.of(Instant.parse("2026-01-01T00:00:00Z"))),
            new TenantTunnels.Peer("", ROAD, "", List.of("10.99.0.2/32"), Optional.empty()));
    // An answer with all of it would have the private key in it.
    assertThat(asked)
        .containsExactlyInAnyOrder("wg show bw-7 endpoints", "wg show bw-7 latest-handshakes");
  }

  @Test
  void whoMayNotAskSeesWhatWasDeclared() throws IOException {
    TenantTunnels.Peer peer = read("", "").getFirst().peers().getFirst();
    assertThat(peer.endpoint()).isEqualTo("two.example.org:51820");
    assertThat(peer.handshake()).isEmpty();
  }

  @Test
  void itIsShownAsTables() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    TenantTunnels.print(
        read("", TWO + "\t1767225600\n"),
        Instant.parse("2026-01-01T00:00:12Z"),
        new Output(stream, stream, false, false, false));
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            """
            TUNNEL  LINK  PORT   PUBLIC KEY
            office  bw-7  51820  not made yet

            TUNNEL  PEER                                          AT                     BEHIND IT               HEARD FROM
            office  site-two                                      two.example.org:51820  10.9.0.0/24, fd09::/64  12s ago
            office  %s                         10.99.0.2/32            never
            """
                .formatted(ROAD));
  }
}
