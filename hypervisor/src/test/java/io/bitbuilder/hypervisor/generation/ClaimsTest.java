package io.bitbuilder.hypervisor.generation;

import static io.bitbuilder.hypervisor.generation.Fixtures.ALPHA;
import static io.bitbuilder.hypervisor.generation.Fixtures.BETA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.compiler.FileTree;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a compiler that was taken over may not hand one tenant, because it is another's. */
class ClaimsTest {
  @TempDir Path root;
  private Store store;

  @BeforeEach
  void open() {
    store = new Store(root);
  }

  /** Stages a candidate with one bridge and one subnet of its own, and these files beside them. */
  private Path stage(TenantId tenant, String inputs, String subnet, Map<String, String> more)
      throws IOException {
    TreeMap<String, FileTree.Node> nodes = new TreeMap<>(Fixtures.tree(tenant).nodes());
    nodes.put("network/40-bb-" + tenant + ".network", network("bb-" + tenant, subnet));
    more.forEach((path, text) -> nodes.put(path, new FileTree.Text(text)));
    Staging staging = new Staging(root);
    staging.clear();
    staging.writeTenant(Fixtures.manifest(tenant, inputs), new FileTree(nodes));
    return Fixtures.candidate(staging, tenant);
  }

  private static FileTree.Text network(String bridge, String address) {
    return new FileTree.Text(
        "[Match]\nName=" + bridge + "\n\n[Network]\nAddress=" + address + "\n");
  }

  private void alphaHas() throws IOException {
    store.add(ALPHA, stage(ALPHA, "one", "10.128.4.1/24", Map.of()));
  }

  private void assertRefused(Path staged, String why) {
    assertThatThrownBy(() -> store.add(BETA, staged))
        .isInstanceOfSatisfying(
            NotAdmitted.class,
            e ->
                assertThat(e.findings())
                    .anySatisfy(finding -> assertThat(finding.message()).isEqualTo(why)));
    assertThat(store.tenants()).containsExactly(ALPHA);
  }

  @Test
  void tenantsWithTheirOwnAreTakenInSideBySide() throws IOException {
    alphaHas();
    assertThat(store.add(BETA, stage(BETA, "one", "10.128.5.1/24", Map.of())).number())
        .isEqualTo(1);
    assertThat(store.add(ALPHA, stage(ALPHA, "two", "10.128.4.1/24", Map.of())).number())
        .as("its own again")
        .isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "network/40-bb-alpha.netdev,'[NetDev]\nName=bb-alpha\nKind=bridge\n'",
    "network/40-bb-alpha.network,'[Match]\nName=bb-alpha\n'",
    "nspawn/web.beta-2.nspawn,'[Network]\nBridge=bb-alpha\n'",
    "tenant.conf,'BRIDGES=\"bb-beta-2 bb-alpha\"\n'"
  })
  void aBridgeOfAnotherTenantIsRefused(String path, String text) throws IOException {
    alphaHas();
    Map<String, String> more = Map.of(path, text.replace("\\n", "\n"));
    assertRefused(
        stage(BETA, "one", "10.128.5.1/24", more), "bridge bb-alpha belongs to tenant alpha");
  }

  /** A port a tunnel listens on, its interface, and packets that are led into it. */
  @ParameterizedTest
  @CsvSource({
    "wireguard/bw-8.conf,'[Tunnel]\nListenPort=51820\n',port 51820/udp",
    "network/40-bw-7.network,'[Match]\nName=bw-7\n',bridge bw-7",
    "network/40-bw-8.network,'[RoutingPolicyRule]\nIncomingInterface=bb-alpha\n',bridge bb-alpha"
  })
  void whatIsOfAnotherTenantsTunnelIsRefused(String path, String text, String what)
      throws IOException {
    Claims claims = new Claims();
    Claims.Claimed alphas =
        Claims.Claimed.of(
            Fixtures.manifest(ALPHA, "one"),
            new TreeMap<>(
                Map.of(
                    "wireguard/bw-7.conf", "[Tunnel]\nListenPort=51820\n",
                    "wireguard/bw-9.conf", "[Tunnel]\nListenPort=0\n",
                    "network/40-bw-7.network", "[Match]\nName=bw-7\n",
                    "network/40-bb-alpha.network", "[Match]\nName=bb-alpha\n")));
    assertThat(claims.take(ALPHA, alphas, store)).isEmpty();
    Claims.Claimed betas =
        Claims.Claimed.of(
            Fixtures.manifest(BETA, "one"),
            new TreeMap<>(
                Map.of(
                    path,
                    text.replace("\\n", "\n"),
                    "wireguard/bw-10.conf",
                    "[Tunnel]\nListenPort=0\n")));
    assertThat(claims.take(BETA, betas, store)).containsExactly(what + " belongs to tenant alpha");
  }

  @Test
  void aSubnetThatOverlapsAnothersIsRefused() throws IOException {
    alphaHas();
    assertRefused(
        stage(BETA, "one", "10.128.4.129/25", Map.of()),
        "subnet 10.128.4.128/25 overlaps one of tenant alpha");
  }

  /** It would answer who asks the other tenant's server. */
  @ParameterizedTest
  @CsvSource({
    "10.128.4.1:53, subnet 10.128.4.1/32 overlaps one of tenant alpha",
    "[fd00:b17b:0:4::1]:53, IPv6 subnet fd00:b17b:0:4::/64 belongs to tenant alpha",
    "[fd00:b17b:0:4:0::1]:53, IPv6 subnet fd00:b17b:0:4::/64 belongs to tenant alpha"
  })
  void aNameServerAtAnAddressOfAnotherTenantIsRefused(String address, String why)
      throws IOException {
    String six = "[Match]\nName=bb-%s-6\n\n[Address]\nAddress=fd00:b17b:0:%d::1/64\n";
    store.add(
        ALPHA,
        stage(
            ALPHA,
            "one",
            "10.128.4.1/24",
            Map.of("network/40-bb-alpha-6.network", six.formatted("alpha", 4))));
    String socket = "units/tenant-names@beta\\x2d2-lan.socket.d/50-names.conf";
    Map<String, String> more =
        Map.of(
            "network/40-bb-beta-6.network",
            six.formatted("beta", 5),
            socket,
            "[Socket]\nListenStream=10.128.5.1:53\nListenDatagram=" + address + "\n");
    assertRefused(stage(BETA, "one", "10.128.5.1/24", more), why);
    Map<String, String> own = new TreeMap<>(more);
    own.put(socket, "[Socket]\nListenStream=10.128.5.1:53\nListenStream=[fd00:b17b:0:5::1]:53\n");
    assertThat(store.add(BETA, stage(BETA, "one", "10.128.5.1/24", own)).number()).isEqualTo(1);
  }

  @Test
  void aRangeOfUidsOfAnotherTenantIsRefused() throws IOException {
    alphaHas();
    Path staged = stage(BETA, "one", "10.128.5.1/24", Map.of());
    String own = String.valueOf(Fixtures.uidBase(BETA));
    String alphas = String.valueOf(Fixtures.uidBase(ALPHA));
    String text = Files.readString(staged);
    Files.writeString(staged, text.replace(own, alphas));
    assertRefused(staged, "UID range " + alphas + " belongs to tenant alpha");
  }

  @Test
  void whatWasGivenUpIsFreeOnceNothingThatHasItIsLeft() throws IOException {
    alphaHas();
    TreeMap<TenantId, Integer> first = new TreeMap<>(Map.of(ALPHA, 1));
    store.select(first);
    store.add(ALPHA, stage(ALPHA, "two", "10.128.6.1/24", Map.of()));
    Path wants = stage(BETA, "one", "10.128.4.1/24", Map.of());
    assertRefused(wants, "subnet 10.128.4.0/24 overlaps one of tenant alpha");
    store.select(new TreeMap<>(Map.of(ALPHA, 2)));
    assertThat(store.add(BETA, wants).number()).isEqualTo(1);
  }

  /** Of two candidates that claim the same, one gets it, though neither runs yet. */
  @Test
  void twoCandidatesOfOneStagingCannotShare() throws IOException {
    Claims claims = new Claims();
    store.add(ALPHA, stage(ALPHA, "one", "10.128.4.1/24", Map.of()), claims);
    Path staged = stage(BETA, "one", "10.128.4.1/24", Map.of());
    assertThatThrownBy(() -> store.add(BETA, staged, claims)).isInstanceOf(NotAdmitted.class);
  }
}
