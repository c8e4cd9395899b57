package io.bitbuilder.hypervisor.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.Check;
import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Restart;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.model.SourceTree.Kind;
import io.bitbuilder.hypervisor.model.Tenant;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TenantsTest {
  private static final String EVERY_KEY =
      """
      image: debian-14
      uid: old
      command: [/bin/a, b c]
      environment: {B: 2, A: "x"}
      ephemeral: true
      autostart: false
      capabilities: [CAP_NET_ADMIN]
      networks: [back]
      volumes: [{name: data, path: /srv, readOnly: true}]
      credentials: {inside: outside}
      limits: {cpu: 0.25, cpuWeight: 1, memory: 2, memoryHigh: 1, memorySwap: 3, tasks: 4, ioWeight: 5}
      restart: always
      health:
        checks:
          - {tcp: 1, interval: 2s, timeout: 3s}
          - http: {port: 4, path: /x, status: 204}
          - exec: [/bin/c]
      """;

  static final String METADATA =
      "{\"tenant\": {\"id\": \"acme\"}, \"resources\": {\"cpu\": 2, \"memory\": \"4G\","
          + " \"storage\": \"20G\"}}";
  private static final String OVERLAY = "containers/web/rootfs-overlay";

  private final MemoryTree tree = new MemoryTree().file("metadata.json", METADATA);
  private final Report report = new Report();

  private Tenant read() throws IOException {
    Optional<Tenant> tenant = Tenants.read(tree, Optional.empty(), report);
    assertThat(report.sorted()).isEmpty();
    return tenant.orElseThrow();
  }

  private List<Code> refused() throws IOException {
    assertThat(Tenants.read(tree, Optional.empty(), report)).isEmpty();
    return report.sorted().stream().map(finding -> finding.code()).toList();
  }

  @Test
  void theSmallestTenantHasAnInfrastructureInstance() throws IOException {
    Tenant tenant = read();
    assertThat(tenant.name()).isEqualTo("acme");
    assertThat(tenant.enabled()).isTrue();
    assertThat(tenant.resources())
        .isEqualTo(new Quota(2000, new ByteSize(4L << 30), new ByteSize(20L << 30), 0, 1));
    assertThat(tenant.networks()).hasSize(1);
    assertThat(tenant.networks().getFirst().name()).isEqualTo(new ResourceName("default"));
    Container infra = tenant.containers().getFirst();
    assertThat(infra.name()).isEqualTo(new ResourceName("infra"));
    assertThat(infra.boots()).isTrue();
    assertThat(infra.image()).isEqualTo("host");
    assertThat(infra.networks()).containsExactly(new ResourceName("default"));
    assertThat(infra.limits().cpuMillis()).contains(2000);
    assertThat(infra.limits().memoryMax()).contains(new ByteSize(4L << 30));
    assertThat(infra.origin().at("/memory").toString())
        .isEqualTo("acme@0123456789ab:metadata.json:1:62");
  }

  @Test
  void everyKeyOfAContainerArrives() throws IOException {
    tree.file("network/topology.yaml", "networks: [{name: back, ipv4: 10.9.0.0/24, dhcp: false}]\n")
        .file("containers/web/config.yaml", EVERY_KEY);
    Tenant tenant = read();
    Container web = tenant.containers().getFirst();
    assertThat(tenant.containers()).hasSize(1);
    assertThat(web.name()).isEqualTo(new ResourceName("web"));
    assertThat(web.uid()).isEqualTo("old");
    assertThat(web.image()).isEqualTo("debian-14");
    assertThat(web.command()).containsExactly("/bin/a", "b c");
    assertThat(web.environment())
        .containsExactlyEntriesOf(new java.util.TreeMap<>(Map.of("A", "x", "B", "2")));
    assertThat(web.ephemeral()).isTrue();
    assertThat(web.readOnly()).isFalse();
    assertThat(web.autostart()).isFalse();
    assertThat(web.capabilities()).containsExactly("CAP_NET_ADMIN");
    assertThat(web.networks()).containsExactly(new ResourceName("back"));
    assertThat(web.volumes())
        .containsExactly(new Container.Volume(new ResourceName("data"), "/srv", true));
    assertThat(web.credentials()).containsExactly(Map.entry("inside", "outside"));
    assertThat(web.limits())
        .isEqualTo(
            new Tenant.Limits(
                Optional.of(250),
                Optional.of(1),
                Optional.of(new ByteSize(2)),
                Optional.of(new ByteSize(1)),
                Optional.of(new ByteSize(3)),
                Optional.of(4),
                Optional.of(5),
                Optional.empty()));
    assertThat(web.restart()).isEqualTo(Restart.ALWAYS);
    Duration second = Duration.ofSeconds(1);
    Duration five = Duration.ofSeconds(5);
    assertThat(web.checks())
        .containsExactly(
            new Check.Tcp(1, Duration.ofSeconds(2), Duration.ofSeconds(3)),
            new Check.Http(4, "/x", Optional.of(204), second, five),
            new Check.Exec(List.of("/bin/c"), second, five));
    assertThat(web.origin().at("/limits/tasks").span().line()).isEqualTo(11);
    Tenant.Network back = tenant.networks().getFirst();
    assertThat(back.ipv4()).isEqualTo("10.9.0.0/24");
    assertThat(back.dhcp()).isFalse();
    assertThat(back.origin().at("/ipv4").pointer()).isEqualTo("/networks/0/ipv4");
  }

  @Test
  void everyFileIsReadOnce() throws IOException {
    tree.file("containers/a/config.yaml", "")
        .file("containers/b/config.yaml", "")
        .file("network/topology.yaml", "")
        .file("infrastructure/config.yaml", "")
        .file("infrastructure/resource-limits.yaml", "")
        .file("containers/a/rootfs-overlay/x", "never read here");
    read();
    assertThat(tree.reads()).isEqualTo(6);
  }

  @Test
  void anOverlayIsListedInPathOrder() throws IOException {
    tree.file("containers/web/config.yaml", "")
        .file(OVERLAY + "/etc/b", "1")
        .file(OVERLAY + "/etc/a/c", "22")
        .put(OVERLAY + "/bin", Kind.SYMLINK, 0)
        .put(OVERLAY + "/run.sh", Kind.EXECUTABLE, 3);
    assertThat(read().containers().getFirst().overlay())
        .extracting(SourceTree.Entry::path)
        .containsExactly(
            OVERLAY + "/bin",
            OVERLAY + "/etc",
            OVERLAY + "/etc/a",
            OVERLAY + "/etc/a/c",
            OVERLAY + "/etc/b",
            OVERLAY + "/run.sh");
  }

  @Test
  void anOverlayHoldsNoSubmodules() throws IOException {
    tree.file("containers/web/config.yaml", "").put(OVERLAY + "/lib", Kind.SUBMODULE, 0);
    assertThat(refused()).containsExactly(Code.BB302);
  }

  @Test
  void filesOfAnOverlayAreLimited() throws IOException {
    tree.file("containers/web/config.yaml", "").huge(OVERLAY + "/big", (16L << 20) + 1);
    assertThat(refused()).containsExactly(Code.BB307);
  }

  @Test
  void theLargestFileOfAnOverlayIsAllowed() throws IOException {
    tree.file("containers/web/config.yaml", "").huge(OVERLAY + "/big", 16L << 20);
    assertThat(read().containers().getFirst().overlay()).hasSize(1);
  }

  @Test
  void allFilesOfAnOverlayTogetherAreLimited() throws IOException {
    tree.file("containers/web/config.yaml", "");
    for (int i = 0; i < 5; i++) {
      tree.huge(OVERLAY + "/big" + i, 16L << 20);
    }
    assertThat(refused()).containsExactly(Code.BB307);
  }

  @Test
  void entriesOfAnOverlayAreLimited() throws IOException {
    tree.file("containers/web/config.yaml", "");
    for (int i = 0; i <= Overlay.ENTRY_LIMIT; i++) {
      tree.huge(OVERLAY + "/f" + i, 1);
    }
    assertThat(refused()).containsExactly(Code.BB308);
  }

  @Test
  void namesInAnOverlayArePrintable() throws IOException {
    tree.file("containers/web/config.yaml", "")
        .huge(OVERLAY + "/a\nb", 1)
        .huge(OVERLAY + "/\u001b[2J", 1)
        .huge(OVERLAY + "/..", 1);
    assertThat(refused()).containsExactly(Code.BB210, Code.BB210, Code.BB210);
  }

  @Test
  void aSubmoduleIsNoContainer() throws IOException {
    tree.put("containers/web", Kind.SUBMODULE, 0);
    assertThat(refused()).containsExactly(Code.BB302);
  }

  @Test
  void aHostileDirectoryNameIsEscaped() throws IOException {
    tree.file("containers/\u001b[31m\n/config.yaml", "");
    assertThat(refused()).containsExactly(Code.BB207);
    assertThat(report.sorted().getFirst().message()).contains("\\u{1b}[31m\\n");
  }

  @Test
  void aHugeDocumentIsNotRead() throws IOException {
    tree.huge("containers/web/config.yaml", (1L << 20) + 1);
    assertThat(refused()).containsExactly(Code.BB103);
  }

  @Test
  void tooManyContainersAreNotRead() throws IOException {
    for (int i = 0; i <= Repository.ENTRY_LIMIT; i++) {
      tree.put("containers/c" + i, Kind.DIRECTORY, 0);
    }
    assertThat(refused()).containsExactly(Code.BB308);
  }

  /** A damaged store is not the tenant's mistake. */
  @Test
  void aDamagedStoreIsAnException() {
    tree.huge("containers/web/config.yaml", 1);
    assertThatThrownBy(() -> Tenants.read(tree, Optional.empty(), report))
        .isInstanceOf(IOException.class);
  }

  @Test
  void kindsOfRepositories() throws IOException {
    assertThat(RepositoryKind.of(tree)).isEqualTo(RepositoryKind.TENANT);
    assertThat(RepositoryKind.of(new MemoryTree().file(".gitops/config.yaml", "")))
        .isEqualTo(RepositoryKind.SYSTEM);
    assertThat(RepositoryKind.of(new MemoryTree().file("tenants/registry.json", "")))
        .isEqualTo(RepositoryKind.SYSTEM);
    assertThat(RepositoryKind.of(new MemoryTree().file("README.md", "")))
        .isEqualTo(RepositoryKind.NEITHER);
  }
}
