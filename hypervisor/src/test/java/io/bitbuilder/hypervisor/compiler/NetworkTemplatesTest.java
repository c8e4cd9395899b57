package io.bitbuilder.hypervisor.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.document.Document;
import io.bitbuilder.hypervisor.model.NetworkTemplate;
import io.bitbuilder.hypervisor.model.NetworkTemplates;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.network.NetworkFiles;
import io.bitbuilder.hypervisor.networkd.Directives;
import io.bitbuilder.hypervisor.networkd.Kept;
import io.bitbuilder.hypervisor.networkd.NetworkFile;
import io.bitbuilder.hypervisor.networkd.TemplateKind;
import io.bitbuilder.hypervisor.networkd.TemplateKind.Allowed;
import io.bitbuilder.hypervisor.networkd.Templates;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Network;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Span;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What templates do to the files of a tenant, and what they cannot do. */
class NetworkTemplatesTest {
  private static final Templates NONE = new Templates(NetworkTemplates.NONE);

  /** One with DHCP and one without, containers and a machine, alone and connected. */
  private static TenantInput tenant() {
    return flagship("machines");
  }

  private static TenantInput flagship(String name) {
    return Objects.requireNonNull(Inputs.flagships().get(name));
  }

  private static Templates of(TemplateKind kind, String text) {
    Report report = new Report();
    Optional<NetworkTemplate> template =
        NetworkFile.template(
            new Document.Source("system", "", kind.file()),
            text.getBytes(StandardCharsets.UTF_8),
            kind,
            Directives.shipped(),
            report);
    assertThat(report.sorted()).isEmpty();
    return new Templates(
        new NetworkTemplates(new TreeMap<>(Map.of(kind.file(), template.orElseThrow()))));
  }

  private static Map<String, FileTree.Node> files(TenantInput tenant, Templates templates) {
    return Compiler.compile(tenant.resolve(), Inputs.HEALTH, templates).tree().nodes();
  }

  private static UnitFile bridge(Map<String, FileTree.Node> files, String suffix) {
    return files.entrySet().stream()
        .filter(file -> file.getKey().matches("network/40-b[br]-.*\\." + suffix))
        .map(file -> UnitFile.parse(((FileTree.Text) file.getValue()).content()))
        .findFirst()
        .orElseThrow();
  }

  /** Of a network that goes on on other hosts. */
  private static Map<TemplateKind, UnitFile> spanning(Templates templates) {
    Network network =
        new Network(
            new ResourceName("lan"),
            Tenant.Network.Mode.VXLAN,
            "bb-lan",
            "10.0.0.1",
            24,
            "fd00::/64",
            "fd00::1",
            false,
            true,
            List.of(),
            1350,
            0,
            Optional.of(new Span(77, "bx-77", "192.0.2.1", List.of("192.0.2.2", "192.0.2.3"))),
            false,
            false);
    Map<String, UnitFile> files =
        new NetworkFiles(templates).of(new TenantId("acme"), network, List.of());
    return Map.of(
        TemplateKind.SPAN_DEVICE, Objects.requireNonNull(files.get("network/40-bx-77.netdev")),
        TemplateKind.SPAN_LINK, Objects.requireNonNull(files.get("network/40-bx-77.network")));
  }

  private static UnitFile spanning(TemplateKind kind, String template) {
    return Objects.requireNonNull(spanning(of(kind, template)).get(kind));
  }

  @Test
  void whatJoinsHostsHasItsTemplatesToo() {
    Map<TemplateKind, UnitFile> files = spanning(NONE);
    assertThat(spanning(Inputs.TEMPLATES)).isEqualTo(files);
    files.forEach(NetworkTemplatesTest::ownOrOpen);
    UnitFile changed = spanning(TemplateKind.SPAN_DEVICE, "[VXLAN]\nTTL=8\nFDBAgeingSec=1h\n");
    assertThat(changed.values("VXLAN", "TTL")).containsExactly("8");
    assertThat(changed.values("VXLAN", "FDBAgeingSec")).containsExactly("3600");
    assertThat(changed.values("VXLAN", "VNI")).containsExactly("77");
    UnitFile link = spanning(TemplateKind.SPAN_LINK, "[Network]\nDescription=@bridge@, @mode@\n");
    assertThat(link.values("Network", "Description")).containsExactly("bb-lan, vxlan");
    assertThat(link.values("BridgeFDB", "Destination")).containsExactly("192.0.2.2", "192.0.2.3");
  }

  @Test
  void tunnelsHaveTheirTemplatesToo() {
    TenantInput tenant = flagship("tunnels");
    UnitFile frame = tunnel(tenant, NONE);
    ownOrOpen(TemplateKind.TUNNEL_LINK, frame);
    assertThat(frame.values("Link", "MTUBytes")).hasSize(1);
    UnitFile changed =
        tunnel(tenant, of(TemplateKind.TUNNEL_LINK, "[Network]\nDescription=@tunnel@/@tenant@\n"));
    assertThat(changed.values("Network", "Description")).containsExactly("office/acme");
    Templates small = of(TemplateKind.TUNNEL_DEVICE, "[NetDev]\nMTUBytes=1300\n");
    assertThat(mtus(tenant, NONE)).containsExactlyInAnyOrder("1380", "1420");
    assertThat(mtus(tenant, small)).containsExactlyInAnyOrder("1380", "1300");
  }

  private static UnitFile tunnel(TenantInput tenant, Templates templates) {
    return tunnels(tenant, templates).getFirst();
  }

  private static List<String> mtus(TenantInput tenant, Templates templates) {
    return tunnels(tenant, templates).stream()
        .flatMap(file -> file.values("Link", "MTUBytes").stream())
        .toList();
  }

  private static List<UnitFile> tunnels(TenantInput tenant, Templates templates) {
    return files(tenant, templates).entrySet().stream()
        .filter(file -> file.getKey().startsWith("network/40-bw-"))
        .map(file -> UnitFile.parse(((FileTree.Text) file.getValue()).content()))
        .toList();
  }

  private static int ownOrOpen(TemplateKind kind, UnitFile file) {
    int seen = 0;
    for (UnitFile.Section section : file.sections()) {
      for (UnitFile.Entry entry : section.entries()) {
        boolean kept =
            Kept.all().stream()
                .anyMatch(one ->
                    one.kind() == kind.fileKind()
                        && one.section().equals(section.name())
                        && (one.key().isEmpty() || one.key().equals(entry.key())));
        assertThat(kept || kind.allowed(section.name(), entry.key()).isPresent())
            .as("[%s] %s", section.name(), entry.key())
            .isTrue();
        seen++;
      }
    }
    return seen;
  }

  /** They say what holds without them, for people to start from. */
  @Test
  void thoseOfThePackageChangeNothing() {
    Inputs.flagships()
        .forEach((name, input) ->
            assertThat(files(input, Inputs.TEMPLATES)).as(name).isEqualTo(files(input, NONE)));
  }

  @Test
  void whatTheProductSaysIsItsOwnOrMayBeSaidOtherwise() {
    int seen = 0;
    for (TemplateKind kind : List.of(TemplateKind.BRIDGE_DEVICE, TemplateKind.BRIDGE_LINK)) {
      for (String name : List.of("boot", "machines", "scripts")) {
        Map<String, FileTree.Node> files = files(flagship(name), NONE);
        seen += ownOrOpen(kind, bridge(files, kind.fileKind().suffix()));
      }
    }
    assertThat(seen).isGreaterThan(100);
  }

  /** What the reference says holds without a template, holds. */
  @Test
  void otherwiseIsTrue() {
    Map<String, FileTree.Node> files = files(tenant(), NONE);
    int seen = 0;
    for (TemplateKind kind : List.of(TemplateKind.BRIDGE_DEVICE, TemplateKind.BRIDGE_LINK)) {
      UnitFile file = bridge(files, kind.fileKind().suffix());
      for (Allowed allowed : kind.allowed()) {
        String otherwise =
            allowed
                .otherwise()
                .replace("`", "")
                .replace("@network@", "lan")
                .replace("@domain@", "tenant-001.internal")
                .replace("@tenant@", "tenant-001");
        for (String value : file.values(allowed.section(), allowed.key())) {
          assertThat(value).as(allowed.key()).isEqualTo(otherwise);
          seen++;
        }
      }
    }
    assertThat(seen).isEqualTo(10);
  }

  @Test
  void aChangeIsLiveAndForThoseOnANetwork() {
    Templates changed = of(TemplateKind.BRIDGE_LINK, "[DHCPServer]\nDefaultLeaseTimeSec=2h\n");
    TenantInput tenant = tenant().container(new ContainerInput("alone").offline());
    List<Compiled.Resource> before =
        Compiler.compile(tenant.resolve(), Inputs.HEALTH, NONE).resources();
    List<Compiled.Resource> after =
        Compiler.compile(tenant.resolve(), Inputs.HEALTH, changed).resources();
    assertThat(after).hasSameSizeAs(before).hasSizeGreaterThan(2);
    for (int i = 0; i < before.size(); i++) {
      Compiled.Resource old = before.get(i);
      Compiled.Resource now = after.get(i);
      assertThat(now.restartDigest()).isEqualTo(old.restartDigest());
      assertThat(now.liveDigest().equals(old.liveDigest()))
          .as("%s unchanged", now.name())
          .isEqualTo(now.name().value().equals("alone"));
    }
  }

  @Test
  void theMtuOfTheOperatorIsHandedOut() {
    Templates small = of(TemplateKind.BRIDGE_DEVICE, "[NetDev]\nMTUBytes=1400\n");
    Map<String, FileTree.Node> files = files(tenant(), small);
    assertThat(bridge(files, "netdev").values("NetDev", "MTUBytes")).containsExactly("1400");
    assertThat(bridge(files, "network").values("DHCPServer", "SendOption"))
        .containsExactly("26:uint16:1400");
    assertThat(bridge(files(tenant(), NONE), "network").values("DHCPServer", "SendOption"))
        .isEmpty();
  }

  /** An init asks for it; a command is told when it starts, and goes on when it runs. */
  @Test
  void aContainerWithoutAnInitHasItFromItsNextStartOn() {
    Templates small = of(TemplateKind.BRIDGE_DEVICE, "[NetDev]\nMTUBytes=1400\n");
    TenantInput tenant =
        Inputs.tenant("acme", 1, Inputs.container("app").command("/bin/true"))
            .container(Inputs.container("os"));
    String live = "units/tenant-container@acme-%s.service.d/60-live.conf";
    assertThat(files(tenant, small).get(live.formatted("app")))
        .asString()
        .contains("Environment=MTU=1400");
    assertThat(files(tenant, small).get(live.formatted("os"))).asString().doesNotContain("MTU");
    assertThat(files(tenant, NONE).get(live.formatted("app"))).asString().doesNotContain("MTU");
  }

  /** A network that hands out no addresses does not by a template. */
  @Test
  void aTemplateBringsNoServer() {
    Templates changed = of(TemplateKind.BRIDGE_LINK, "[DHCPServer]\nDefaultLeaseTimeSec=2h\n");
    TenantInput silent = Inputs.tenant("acme", 3, Inputs.container("web")).withoutDhcp();
    assertThat(files(silent, changed)).isEqualTo(files(silent, NONE));
  }
}
