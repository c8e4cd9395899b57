package io.bitbuilder.hypervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.Inputs.Draft;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What becomes of wishes for bridges and subnets. */
final class PlannerWishesTest extends Planning {
  @Test
  void wishesAreMetBeforeAnythingIsChosenFreely() {
    Planned planned =
        plan(
            Allocations.empty(),
            new Draft("a").network("lan"),
            new Draft("b").network("lan", "br-b", "10.128.0.0/25"));
    assertThat(report.sorted()).isEmpty();
    assertThat(tenant(planned, "b").networks().getFirst())
        .extracting("bridge", "gateway", "prefix")
        .containsExactly("br-b", "10.128.0.1", 25);
    assertThat(tenant(planned, "a").networks().getFirst().gateway()).isEqualTo("10.128.1.1");
  }

  @Test
  void aWishThatIsDroppedChangesNothing() {
    Planned wished =
        plan(Allocations.empty(), new Draft("a").network("lan", "br-a", "10.200.0.0/29"));
    assertThat(plan(wished.allocations(), new Draft("a").network("lan"))).isEqualTo(wished);
  }

  @Test
  void aWishThatChangesMovesTheContainers() {
    Draft before = new Draft("a").network("lan").container("x", "lan");
    Planned first = plan(Allocations.empty(), before);
    Planned second =
        plan(
            first.allocations(),
            new Draft("a").network("lan", "br-a", "10.200.0.0/24").container("x", "lan"));
    assertThat(second.allocations().entries())
        .containsEntry("bridge/a/lan", "br-a")
        .containsEntry("subnet/a/lan", "10.200.0.0/24")
        .containsEntry("address/a/lan/x", "10.200.0.2");
  }

  @Test
  void aBridgeMovesFromOneOwnNetworkToAnother() {
    Planned first = plan(Allocations.empty(), new Draft("a").network("x", "br-a", "10.200.0.0/24"));
    Planned second =
        plan(
            first.allocations(), new Draft("a").network("x").network("y", "br-a", "10.200.0.0/24"));
    assertThat(report.sorted()).isEmpty();
    assertThat(second.allocations().entries())
        .containsEntry("bridge/a/y", "br-a")
        .containsEntry("subnet/a/y", "10.200.0.0/24")
        .containsEntry("subnet/a/x", "10.128.0.0/24");
    assertThat(second.allocations().entries().get("bridge/a/x")).startsWith("bb-");
    Planned renamed =
        plan(first.allocations(), new Draft("a").network("y", "br-a", "10.200.0.0/24"));
    assertThat(renamed.allocations().entries())
        .containsOnlyKeys("bridge/a/y", "subnet/a/y", "subnet6/a/y");
  }

  @Test
  void aBridgeBelongsToTheFirstWhoHasIt() {
    Planned first = plan(Allocations.empty(), new Draft("b").network("lan", "br-x", ""));
    Planned second =
        plan(
            first.allocations(),
            new Draft("a").network("lan", "br-x", ""),
            new Draft("b").network("lan", "br-x", ""));
    assertThat(second.tenants()).containsOnlyKeys(new TenantId("b"));
    assertThat(second.allocations()).isEqualTo(first.allocations());
    Diagnostic finding = only(Code.BB402);
    assertThat(finding.location().toString()).startsWith("a:network/lan:");
    assertThat(finding.location().pointer()).isEqualTo("/bridge");
    assertThat(finding.message()).isEqualTo("bridge `br-x` is claimed by two tenants");
    assertThat(finding.notes().getFirst().message()).isEqualTo("first claimed by tenant `b`");
    assertThat(finding.notes().getFirst().location().toString()).isEqualTo("b");
  }

  @Test
  void amongNewClaimsTheLowestIdWinsAndTheOtherSeesWhere() {
    Planned planned =
        plan(
            Allocations.empty(),
            new Draft("b").network("lan", "br-x", ""),
            new Draft("a").network("lan", "br-x", ""));
    assertThat(planned.tenants()).containsOnlyKeys(new TenantId("a"));
    Diagnostic finding = only(Code.BB402);
    assertThat(finding.location().repository()).isEqualTo("b");
    assertThat(finding.notes().getFirst().location().toString()).startsWith("a:network/lan:");
  }

  @Test
  void aTenantCannotNameAnInterfaceOfTheHost() {
    for (String name :
        List.of(
            "eth0", "lo", "br0", "vb-web", "br-", "br-a-", "br-1234567890abc", "br-A", "br-a_b")) {
      Report own = new Report();
      Planner.plan(
          Inputs.config(POOL),
          Inputs.HUGE,
          List.of(new Draft("a").network("lan", name, "").request()),
          List.of(),
          Allocations.empty(),
          own);
      assertThat(own.sorted()).extracting(Diagnostic::code).containsExactly(Code.BB204);
      assertThat(own.sorted().getFirst().location().pointer()).isEqualTo("/bridge");
    }
    assertThat(plan(Allocations.empty(), new Draft("a").network("lan", "br-1234567890ab", "")))
        .matches(planned -> !planned.tenants().isEmpty());
  }

  @Test
  void aSubnetOutsideThePoolOrOfAnotherSizeIsRefused() {
    for (String wish :
        List.of(
            "10.0.0.0/24", "10.128.0.0/23", "10.128.0.0/30", "10.128.0.1/24", "10.128.0.0", "x")) {
      Report own = new Report();
      Planner.plan(
          Inputs.config(POOL),
          Inputs.HUGE,
          List.of(new Draft("a").network("lan", "", wish).request()),
          List.of(),
          Allocations.empty(),
          own);
      assertThat(own.sorted()).extracting(Diagnostic::code).containsExactly(Code.BB209);
      assertThat(own.sorted().getFirst().location().pointer()).isEqualTo("/ipv4");
    }
  }

  @Test
  void aSubnetThatIsTakenIsRefusedWithoutSayingByWhom() {
    Planned first = plan(Allocations.empty(), new Draft("b").network("lan", "", "10.128.0.0/25"));
    Planned second =
        plan(
            first.allocations(),
            new Draft("a").network("lan", "", "10.128.0.0/24"),
            new Draft("c").network("lan", "", "10.128.0.128/25"));
    assertThat(second.tenants()).containsOnlyKeys(new TenantId("c"));
    assertThat(only(Code.BB406).message()).isEqualTo("subnet 10.128.0.0/24 is taken");
    assertThat(report.sorted().getFirst().notes()).isEmpty();
  }

  @Test
  void twoOwnNetworksCannotShareABridgeOrSubnet() {
    plan(
        Allocations.empty(),
        new Draft("a")
            .network("x", "br-a", "10.128.0.0/24")
            .network("y", "br-a", "10.128.0.128/25"));
    assertThat(report.sorted())
        .extracting(Diagnostic::code)
        .containsExactly(Code.BB305, Code.BB305);
  }

  @Test
  void aPoolRunsOut() {
    Planned planned =
        plan(
            Inputs.config("10.1.2.0/23"),
            Allocations.empty(),
            new Draft("a").network("x").network("y"),
            new Draft("b").network("lan"));
    assertThat(planned.tenants()).containsOnlyKeys(new TenantId("a"));
    assertThat(planned.allocations().entries())
        .containsEntry("subnet/a/x", "10.1.2.0/24")
        .containsEntry("subnet/a/y", "10.1.3.0/24");
    Diagnostic finding = only(Code.BB406);
    assertThat(finding.location().repository()).isEqualTo("b");
    assertThat(finding.message()).isEqualTo("no subnet is left for network `lan`");
  }

  @Test
  void aPoolSmallerThanASubnetHoldsNone() {
    plan(Inputs.config("10.1.2.128/25"), Allocations.empty(), new Draft("a").network("x"));
    only(Code.BB406);
  }

  @Test
  void aPoolThatIsNoneStopsPlanning() {
    Allocations before = allocations("uid/b/x", "1879048192");
    Planned planned = plan(Inputs.config("10.1.2.1/23"), before, new Draft("a"));
    assertThat(planned).isEqualTo(new Planned(new TreeMap<>(), before));
    assertThat(only(Code.BB209).location().repository()).isEqualTo("system");
  }

  @Test
  void anotherPoolMovesThePlannedTenants() {
    Draft draft = new Draft("a").network("lan").container("x", "lan");
    Planned first = plan(Allocations.empty(), draft);
    Planned second = plan(Inputs.config("172.16.0.0/12"), first.allocations(), draft);
    assertThat(second.allocations().entries())
        .containsEntry("subnet/a/lan", "172.16.0.0/24")
        .containsEntry("address/a/lan/x", "172.16.0.2")
        .containsEntry("uid/a/x", "1879048192");
  }
}
