package io.bitbuilder.hypervisor.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.compiler.FileTree;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.network.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TunnelChangesTest {
  private static final String A = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaE=";
  private static final String B = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbE=";

  @TempDir private Path home;

  private static String tunnel(String name, String key, int port, String... peers) {
    StringBuilder text =
        new StringBuilder(
            "[Tunnel]\nName=%s\nPrivateKey=%s\nListenPort=%d\n".formatted(name, key, port));
    for (String peer : peers) {
      text.append("\n[Peer]\n").append(peer);
    }
    return text.toString();
  }

  private static String peer(String name, String key, String ranges) {
    return (name.isEmpty() ? "" : "Name=" + name + "\n")
        + "PublicKey="
        + key
        + "\nAllowedIPs="
        + ranges
        + "\nPersistentKeepalive=0\n";
  }

  private List<String> changes(Map<String, String> before, Map<String, String> after)
      throws IOException {
    Path directory = Files.createDirectories(home.resolve("1/wireguard"));
    for (Map.Entry<String, String> file : before.entrySet()) {
      Files.writeString(directory.resolve(file.getKey()), file.getValue());
    }
    TreeMap<String, FileTree.Node> nodes = new TreeMap<>();
    after.forEach((name, text) -> nodes.put("wireguard/" + name, new FileTree.Text(text)));
    TenantId acme = new TenantId("acme");
    Manifest manifest =
        new Manifest(acme, "a".repeat(40), "", Instant.EPOCH, "", "", "", List.of(), Topology.NONE);
    Optional<Generation> from =
        before.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Generation(acme, 1, home.resolve("1"), manifest, Optional.empty(), false));
    return TunnelChanges.between(from, new FileTree(nodes)).stream()
        .map(change -> change.kind() + " " + change.tunnel() + ": " + change.why())
        .toList();
  }

  @Test
  void tunnelsComeAndGo() throws IOException {
    String office = tunnel("office", "generate", 1);
    assertThat(changes(Map.of(), Map.of("bw-1.conf", office))).containsExactly("UP office: new");
    assertThat(changes(Map.of("bw-1.conf", office), Map.of()))
        .containsExactly("DOWN office: no longer declared");
    assertThat(changes(Map.of("bw-1.conf", office), Map.of("bw-1.conf", office))).isEmpty();
  }

  /** The size of packets is not WireGuard's to know. */
  @Test
  void whatNetworkdIsToldIsAChangeToo() throws IOException {
    String office = tunnel("office", "generate", 1);
    Path network = Files.createDirectories(home.resolve("1/network"));
    Files.writeString(network.resolve("40-bw-1.network"), "[Link]\nMTUBytes=1420\n");
    assertThat(changes(Map.of("bw-1.conf", office), Map.of("bw-1.conf", office)))
        .containsExactly("LIVE office: what the host does with it changed");
  }

  @Test
  void peersAreNamedAsTheTenantNamesThem() throws IOException {
    Map<String, String> before =
        Map.of("bw-1.conf", tunnel("office", "generate", 1, peer("road", A, "10.9.0.1/32")));
    assertThat(
            changes(
                before,
                Map.of("bw-1.conf", tunnel("office", "generate", 1, peer("", B, "10.9.0.2/32")))))
        .containsExactly("LIVE office: new " + B + ", no longer road");
    assertThat(
            changes(
                before,
                Map.of(
                    "bw-1.conf", tunnel("office", "generate", 1, peer("road", A, "10.9.0.3/32")))))
        .containsExactly("LIVE office: 1 peer changed");
  }

  @Test
  void anotherKeyOrPortEndsTheSessions() throws IOException {
    assertThat(
            changes(
                Map.of("bw-1.conf", tunnel("office", "generate", 1)),
                Map.of("bw-1.conf", tunnel("office", "tenant.acme.vpn", 2))))
        .containsExactly("LIVE office: key changed, port changed: its sessions begin anew");
  }
}
