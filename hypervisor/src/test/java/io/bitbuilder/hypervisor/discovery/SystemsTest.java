package io.bitbuilder.hypervisor.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.HostUnits;
import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.model.Signer;
import io.bitbuilder.hypervisor.model.SourceTree.Kind;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.SystemModel;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.VerifyMode;
import io.bitbuilder.hypervisor.networkd.Networkd;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SystemsTest {
  private final MemoryTree tree = new MemoryTree();
  private final Report report = new Report();

  private SystemModel read() throws IOException {
    SystemModel model = Systems.read(tree, new Networkd(Path.of("../host")), report).orElseThrow();
    assertThat(report.sorted()).isEmpty();
    return model;
  }

  @Test
  void everyKeyHasADefault() {
    SystemConfig config = Systems.defaults();
    assertThat(config.sync())
        .isEqualTo(new SystemConfig.Sync(Duration.ofMinutes(1), Duration.ofSeconds(30), 32));
    assertThat(config.discovery())
        .isEqualTo(
            new SystemConfig.Discovery(
                "tenants/registry.json",
                List.of(),
                new Quota(4000, new ByteSize(8L << 30), new ByteSize(100L << 30), 10, 50)));
    assertThat(config.verify())
        .isEqualTo(new SystemConfig.Verify(VerifyMode.REQUIRE, Duration.ZERO));
    assertThat(config.host())
        .isEqualTo(
            new SystemConfig.Host(
                new Quota(1000, new ByteSize(1L << 30), ByteSize.ZERO, 0, 0), 4.0, 1.0));
    assertThat(config.network())
        .isEqualTo(
            new SystemConfig.Network(
                "10.128.0.0/9",
                "fd00:b17b::/32",
                "auto",
                List.of(
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.168.0.0/16",
                    "fc00::/7",
                    "fe80::/10"),
                16384));
    assertThat(config.images()).isEmpty();
    assertThat(config.health()).isEqualTo(new SystemConfig.Health(Duration.ofMinutes(5), true));
    assertThat(config.retention()).isEqualTo(new SystemConfig.Retention(10, Duration.ofDays(7)));
  }

  @Test
  void tenantsAreInOrderOfTheirIds() throws IOException {
    tree.file(
        "tenants/registry.json",
        """
        {"version": 1, "signers": [{"name": "bob", "keys": ["openpgp:%s"], "until": "2026-05-01"}],
         "tenants": [
          {"id": "blue", "repository": "file:///srv/blue.git", "enabled": false,
           "placement": {"tags": ["zone=a"]}, "signers": ["bob"]},
          {"id": "acme", "repository": "ssh://git@example.org/acme.git", "ref": "live",
           "credential": "key", "quota": {"cpu": 8, "containers": 3}}]}
        """
            .formatted("0".repeat(40)));
    SystemModel model = read();
    assertThat(model.signers().list())
        .containsExactly(
            new Signer(
                "bob",
                List.of("openpgp:" + "0".repeat(40)),
                Set.of(),
                Optional.empty(),
                Optional.of(Instant.parse("2026-05-02T00:00:00Z")),
                false));
    List<TenantEntry> tenants = model.tenants();
    TenantEntry acme = tenants.getFirst();
    TenantEntry blue = tenants.getLast();
    assertThat(tenants).extracting(entry -> entry.id().value()).containsExactly("acme", "blue");
    assertThat(acme.ref()).isEqualTo("live");
    assertThat(acme.credential()).isEqualTo("key");
    assertThat(acme.enabled()).isTrue();
    assertThat(acme.quota())
        .isEqualTo(new Quota(8000, new ByteSize(8L << 30), new ByteSize(100L << 30), 10, 3));
    assertThat(acme.origin().at("/quota/cpu").pointer()).isEqualTo("/tenants/1/quota/cpu");
    assertThat(blue.enabled()).isFalse();
    assertThat(blue.ref()).isEqualTo("main");
    assertThat(blue.placement()).containsExactly("zone=a");
    assertThat(blue.signers()).containsExactly("bob");
  }

  @Test
  void theDefaultQuotaFillsTheGaps() throws IOException {
    tree.file(
            ".gitops/config.yaml",
            """
            discovery: {registry: hosts/one.json, defaultQuota: {cpu: 1}}
            images:
              deb: {url: "http://example.org/d.raw", verify: "sha256:%s", type: raw}
            health: {onFailure: keep}
            """
                .formatted("ab".repeat(32)))
        .file(
            "hosts/one.json",
            "{\"version\": 1, \"tenants\": [{\"id\": \"a\", \"repository\": \"file:///a\"}]}");
    SystemModel model = read();
    assertThat(model.tenants().getFirst().quota().cpuMillis()).isEqualTo(1000);
    assertThat(model.config().health().rollback()).isFalse();
    assertThat(model.config().images().get("deb"))
        .isEqualTo(
            new SystemConfig.CatalogueImage(
                "deb",
                "http://example.org/d.raw",
                "ab".repeat(32),
                SystemConfig.CatalogueImage.Type.RAW,
                ""));
  }

  /** A password in an address is a finding that does not repeat it. */
  @Test
  void secretsAreNotShown() throws IOException {
    tree.file(
        "tenants/registry.json",
        "{\"version\": 1, \"tenants\": [{\"id\": \"a\","
            + " \"repository\": \"https://bob:hunter2@example.org/a.git\"}]}");
    assertThat(Systems.read(tree, new Networkd(Path.of("../host")), report)).isEmpty();
    assertThat(report.sorted()).hasSize(1);
    assertThat(report.sorted().toString()).doesNotContain("hunter2");
  }

  @Test
  void aHugeTemplateIsNotRead() throws IOException {
    tree.file("tenants/registry.json", "{\"version\": 1, \"tenants\": []}")
        .huge("network/10-tenant-bridge.network", 1 << 20)
        .huge("network/50-uplink.network", 1L << 40);
    assertThat(Systems.read(tree, new Networkd(Path.of("../host")), report)).isEmpty();
    assertThat(report.sorted())
        .extracting(finding -> finding.code() + " " + finding.location().path())
        .containsExactly(
            "BB103 network/10-tenant-bridge.network",
            "BB103 network/50-uplink.network",
            "BB212 network/50-uplink.network");
  }

  /** A line of a megabyte of one sign is work for nobody. */
  @Test
  void aTemplateAsLargeAsItMayBeIsReadInNoTime() throws IOException {
    String many = "@a".repeat(15_000);
    tree.file("tenants/registry.json", "{\"version\": 1, \"tenants\": []}")
        .file("network/10-tenant-bridge.network", "[Network]\nDescription=" + many + "@\n")
        .file("network/10-tenant-bridge.netdev", "[NetDev]\n" + "MTUBytes=1400\n".repeat(4_000));
    assertThat(Systems.read(tree, new Networkd(Path.of("../host")), report)).isEmpty();
    assertThat(report.sorted()).hasSizeBetween(201, 8_000);
  }

  /** Work grows with the size of the registry, not with its square. */
  @Test
  void aLargeRegistryIsReadAndPointedInto() throws IOException {
    StringBuilder registry = new StringBuilder("{\"version\": 1, \"tenants\": [\n");
    for (int i = 0; i < 20_000; i++) {
      registry.append("{\"id\": \"t").append(i).append("\", \"repository\": \"file:///srv/t\"},\n");
    }
    tree.file("tenants/registry.json", registry.append("]}").toString());
    List<TenantEntry> tenants = read().tenants();
    assertThat(tenants).hasSize(20_000);
    for (TenantEntry entry : tenants) {
      assertThat(entry.origin().at("/id").sourceLine()).contains("\"" + entry.id() + "\"");
    }
  }

  @Test
  void imagesOfExtensionsAreNotReadToBeListed() throws IOException {
    tree.huge("extensions/tools-1.2.sysext.raw", 100L << 20)
        .huge("extensions/security.confext.raw", 1024)
        .file("extensions/README.md", "what is here\n");
    assertThat(Systems.hostUnits(tree, report).orElseThrow().extensions())
        .containsOnlyKeys("tools-1.2.sysext.raw", "security.confext.raw");
    assertThat(tree.reads()).isZero();
  }

  @Test
  void portableServicesHaveAFolderOfTheirOwn() throws IOException {
    tree.huge("services/app_1.2.portable.raw", 5000);
    HostUnits units = Systems.hostUnits(tree, report).orElseThrow();
    assertThat(units.portables()).containsOnlyKeys("app_1.2.portable.raw");
    assertThat(units.extensions()).isEmpty();
    assertThat(HostUnits.prefix("app_1.2.portable.raw")).isEqualTo("app");
    List<String> refused =
        List.of(
            "services/app.raw",
            "services/tools.sysext.raw",
            "services/tenant.portable.raw",
            "services/bitbuilder_1.portable.raw",
            "extensions/app.portable.raw");
    refused.forEach(path -> tree.huge(path, 5000));
    assertThat(Systems.hostUnits(tree, report)).isEmpty();
    assertThat(report.sorted())
        .extracting(one -> one.location().path())
        .containsExactlyInAnyOrderElementsOf(refused);
  }

  @Test
  void whatCannotBeAnExtensionIsRefused() throws IOException {
    List<String> refused =
        List.of(
            "tools.raw",
            "tools.sysext",
            ".sysext.raw",
            "..sysext.raw",
            "-x.sysext.raw",
            "a b.sysext.raw",
            "bitbuilder.sysext.raw",
            "bitbuilder-tools.confext.raw",
            "a".repeat(65) + ".sysext.raw");
    refused.forEach(name -> tree.huge("extensions/" + name, 5000));
    tree.huge("extensions/small.sysext.raw", 1023)
        .huge("extensions/large.sysext.raw", (100L << 20) + 1)
        .put("extensions/link.sysext.raw", Kind.SYMLINK, 0)
        .put("extensions/folder.sysext.raw", Kind.DIRECTORY, 0);
    assertThat(Systems.hostUnits(tree, report)).isEmpty();
    List<String> paths =
        report.sorted().stream().map(one -> one.location().path()).distinct().toList();
    assertThat(paths)
        .containsAll(refused.stream().map(name -> "extensions/" + name).toList())
        .contains(
            "extensions/small.sysext.raw",
            "extensions/large.sysext.raw",
            "extensions/link.sysext.raw",
            "extensions/folder.sysext.raw");
  }

  @Test
  void extensionsHaveALimitTogether() throws IOException {
    for (int i = 0; i < 3; i++) {
      tree.huge("extensions/e" + i + ".sysext.raw", 90L << 20);
    }
    assertThat(Systems.hostUnits(tree, report)).isEmpty();
    assertThat(report.sorted()).extracting(one -> one.code()).containsExactly(Code.BB308);
  }

  @Test
  void theLargerFolderOfImagesIsNamed() throws IOException {
    tree.huge("extensions/tools.sysext.raw", 90L << 20);
    for (int i = 0; i < 2; i++) {
      tree.huge("services/s" + i + ".portable.raw", 90L << 20);
    }
    assertThat(Systems.hostUnits(tree, report)).isEmpty();
    assertThat(report.sorted())
        .extracting(one -> one.code() + " " + one.location().path())
        .containsExactly("BB308 services");
  }
}
