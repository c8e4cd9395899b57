package io.bitbuilder.hypervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.SystemConfig.Fleet;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantEntry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a network across hosts has on each of them. */
final class SpansTest {
  private static final Subnet6 POOL = Subnet6.parse("fd00:b17b::/32").orElseThrow();
  private static final Subnet SHARED = Subnet.parse("10.200.1.0/24").orElseThrow();

  private static Spans on(String self, boolean encrypted) {
    return new Spans(
        new Fleet(
            self,
            encrypted,
            new TreeMap<>(Map.of("alpha", member(0, "192.0.2.1"), "beta", member(7, "192.0.2.2")))),
        POOL);
  }

  private static Fleet.Member member(int slot, String address) {
    return new Fleet.Member(slot, address + ":51820", "", _ -> Location.ofFile("system", "", ""));
  }

  private static Tenant.Network network(int vni) {
    return new Tenant.Network(
        new ResourceName("lan"),
        Tenant.Network.Mode.VXLAN,
        "",
        "10.200.1.0/24",
        "fd00:b17b:77::/64",
        true,
        List.of(),
        0,
        vni,
        0,
        _ -> Location.ofFile("acme", "", "network/topology.yaml"));
  }

  private static List<Code> findings(Spans spans, int vni) {
    TenantEntry entry = Inputs.entry("acme", Inputs.QUOTA);
    TenantEntry granted =
        new TenantEntry(
            entry.id(),
            entry.repository(),
            entry.ref(),
            "",
            true,
            entry.quota(),
            List.of(),
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(1001),
            List.of(),
            List.of(),
            entry.origin());
    Report report = new Report();
    spans.check(network(vni), granted, report);
    return report.sorted().stream().map(Diagnostic::code).toList();
  }

  @Test
  void eachHostHandsOutAPartThatNoOtherHas() {
    Part alpha = on("alpha", false).part(network(1001), SHARED);
    Part beta = on("beta", false).part(network(1001), SHARED);
    assertThat(Subnet.format(alpha.first())).isEqualTo("10.200.1.2");
    assertThat(Subnet.format(alpha.end() - 1)).isEqualTo("10.200.1.31");
    assertThat(Subnet.format(beta.first())).isEqualTo("10.200.1.224");
    assertThat(Subnet.format(beta.end() - 1)).isEqualTo("10.200.1.254");
    assertThat(alpha.room()).isEqualTo(30);
    assertThat(beta.contains(alpha.first())).isFalse();
  }

  @Test
  void theOthersAreReachedWhereTheyAre() {
    ResolvedTenant.Span span = on("alpha", false).of(network(1001)).orElseThrow();
    assertThat(span)
        .isEqualTo(new ResolvedTenant.Span(1001, "bx-1001", "192.0.2.1", List.of("192.0.2.2")));
  }

  @Test
  void aHostThatIsNotAmongThemTakesNoPart() {
    assertThat(findings(on("gamma", false), 1001)).containsExactly(Code.BB304);
    assertThat(on("gamma", false).of(network(1001))).isEmpty();
  }

  @Test
  void aNumberIsGivenByTheOperator() {
    assertThat(findings(on("alpha", false), 1001)).isEmpty();
    assertThat(findings(on("alpha", false), 7)).containsExactly(Code.BB418);
  }

  @Test
  void withinWireGuardEachHasAnAddressThatFollowsFromItsName() {
    assertThat(findings(on("alpha", true), 1001)).isEmpty();
    ResolvedTenant.Span alpha = on("alpha", true).of(network(1001)).orElseThrow();
    ResolvedTenant.Span beta = on("beta", true).of(network(1001)).orElseThrow();
    assertThat(alpha.local()).startsWith("fd00:b17b::").isNotEqualTo(beta.local());
    assertThat(alpha.remotes()).containsExactly(beta.local());
    assertThat(beta.remotes()).containsExactly(alpha.local());
  }
}
