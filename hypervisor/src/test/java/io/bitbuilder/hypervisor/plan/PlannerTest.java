package io.bitbuilder.hypervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.Inputs.Draft;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedContainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What tenants get, and what they are told when they do not. */
final class PlannerTest extends Planning {
  @Test
  void aContainerGetsEverythingItNeeds() {
    Planned planned =
        plan(Allocations.empty(), new Draft("acme").network("lan").container("web", "lan"));
    assertThat(report.sorted()).isEmpty();
    ResolvedTenant acme = tenant(planned, "acme");
    assertThat(acme.name()).isEqualTo("Tenant acme");
    assertThat(acme.commit()).isEmpty();
    assertThat(acme.claim()).isEqualTo(new Quota(1000, Inputs.GIB, Inputs.gib(20), 0, 1));
    assertThat(acme.limits().tasksMax()).contains(16384);
    ResolvedTenant.Network lan = acme.networks().getFirst();
    assertThat(lan.bridge()).startsWith("bb-").hasSize(13);
    assertThat(lan.gateway()).isEqualTo("10.128.0.1");
    assertThat(lan.prefix()).isEqualTo(24);
    assertThat(lan.dhcp()).isTrue();
    ResolvedContainer web = acme.containers().getFirst();
    assertThat(web.machineName()).isEqualTo("web.acme");
    assertThat(web.uidBase()).isEqualTo(0x70000000L);
    assertThat(web.machineId()).matches("[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}");
    assertThat(web.image()).isEmpty();
    ResolvedTenant.Port port = web.port().orElseThrow();
    assertThat(port.network().value()).isEqualTo("lan");
    assertThat(port.bridge()).isEqualTo(lan.bridge());
    assertThat(port.address()).isEqualTo("10.128.0.2");
    assertThat(port.prefix()).isEqualTo(24);
    assertThat(port.link()).isEqualTo("vb-web.acme");
    assertThat(port.address6()).startsWith("fd00:b17b:0:1:");
    // There is nothing beyond an isolated network.
    assertThat(port.gateway()).isEmpty();
    assertThat(port.mac()).matches("[0-9a-f][26ae](:[0-9a-f]{2}){5}");
    assertThat(planned.allocations().entries())
        .containsOnlyKeys(
            "uid/acme/web",
            "mac/acme/web",
            "machine-id/acme/web",
            "subnet/acme/lan",
            "subnet6/acme/lan",
            "bridge/acme/lan",
            "link/acme/web",
            "address/acme/lan/web")
        .containsEntry("subnet/acme/lan", "10.128.0.0/24")
        .containsEntry("address/acme/lan/web", "10.128.0.2")
        .containsEntry("uid/acme/web", "1879048192");
  }

  @Test
  void theCommitAndTheImageAreHandedOn() {
    CommitId commit = new CommitId("a".repeat(40));
    Request draft = new Draft("acme").special("db", "db", "debian-14").request();
    Request request = new Request(draft.entry(), draft.tenant(), commit);
    Planned planned =
        Planner.plan(
            Inputs.config(POOL),
            Inputs.HUGE,
            List.of(request),
            List.of(),
            Allocations.empty(),
            report);
    assertThat(tenant(planned, "acme").commit()).contains(commit);
    ResolvedContainer db = tenant(planned, "acme").containers().getFirst();
    assertThat(db.image().orElseThrow().name()).isEqualTo("debian-14");
    assertThat(db.port()).isEmpty();
  }

  @Test
  void aNetworkOfModeNoneHasNoInterface() {
    Draft draft =
        new Draft("acme").network("off", Tenant.Network.Mode.NONE, "", "").container("web", "off");
    ResolvedTenant acme = tenant(plan(Allocations.empty(), draft), "acme");
    assertThat(acme.networks()).isEmpty();
    assertThat(acme.containers().getFirst().port()).isEmpty();
  }

  @Test
  void eachContainerIsInItsOwnNetworkOnlyAndUidsDecideTheOrder() {
    Planned planned =
        plan(
            Allocations.empty(),
            new Draft("acme")
                .network("x")
                .network("y")
                .special("a", "z", "host", "x")
                .special("b", "k", "host", "x")
                .container("c", "y"));
    assertThat(planned.allocations().entries())
        .containsEntry("address/acme/x/k", "10.128.0.2")
        .containsEntry("address/acme/x/z", "10.128.0.3")
        .containsEntry("address/acme/y/c", "10.128.1.2")
        .doesNotContainKeys("address/acme/x/c", "address/acme/y/k", "address/acme/y/z");
    assertThat(tenant(planned, "acme").containers())
        .extracting(container -> container.port().orElseThrow().network().value())
        .containsExactly("x", "x", "y");
  }

  @Test
  void aRenamedContainerWithItsUidKeepsEverything() {
    Planned first =
        plan(Allocations.empty(), new Draft("acme").network("lan").container("web", "lan"));
    Planned second =
        plan(
            first.allocations(),
            new Draft("acme").network("lan").special("front", "web", "host", "lan"));
    assertThat(kept(second)).isEqualTo(kept(first));
    assertThat(second.allocations().entries()).containsEntry("link/acme/web", "vb-front.acme");
    ResolvedContainer front = tenant(second, "acme").containers().getFirst();
    ResolvedContainer web = tenant(first, "acme").containers().getFirst();
    assertThat(front.machineName()).isEqualTo("front.acme");
    assertThat(front.uidBase()).isEqualTo(web.uidBase());
    assertThat(front.machineId()).isEqualTo(web.machineId());
    assertThat(front.port().orElseThrow().address()).isEqualTo(web.port().orElseThrow().address());
    assertThat(front.port().orElseThrow().address6())
        .isEqualTo(web.port().orElseThrow().address6());
  }

  /** All that is chosen; an interface on the host follows from names, and is free with them. */
  private static Map<String, String> kept(Planned planned) {
    Map<String, String> kept = new TreeMap<>(planned.allocations().entries());
    kept.keySet().removeIf(key -> key.startsWith("link/"));
    return kept;
  }

  @Test
  void aContainerThatReturnsGetsTheSameBack() {
    Draft both = new Draft("acme").network("lan").container("a", "lan").container("b", "lan");
    Planned first = plan(Allocations.empty(), both);
    Planned without =
        plan(
            first.allocations(),
            new Draft("acme").network("lan").container("b", "lan").container("c", "lan"));
    assertThat(without.allocations().entries()).containsAllEntriesOf(kept(first));
    assertThat(tenant(without, "acme").containers().get(1).port().orElseThrow().address())
        .isEqualTo("10.128.0.4");
    assertThat(plan(without.allocations(), both).tenants()).isEqualTo(first.tenants());
  }

  @Test
  void moreThanTheQuotaIsNotKept() {
    Quota two = Inputs.quota(1000, 1, 20, 2);
    Planned first =
        plan(
            Allocations.empty(),
            new Draft("acme").quota(two).network("lan").container("a", "lan").container("b"));
    Planned second =
        plan(first.allocations(), new Draft("acme").quota(two).network("lan").container("c"));
    assertThat(second.allocations().entries())
        .containsKeys("uid/acme/a", "mac/acme/a", "machine-id/acme/a", "address/acme/lan/a")
        .containsKey("uid/acme/c")
        .doesNotContainKeys("uid/acme/b", "mac/acme/b", "machine-id/acme/b");
    Planned third =
        plan(second.allocations(), new Draft("acme").quota(two).container("c").container("d"));
    assertThat(third.allocations().entries())
        .containsKeys("subnet/acme/lan", "bridge/acme/lan", "uid/acme/d")
        .doesNotContainKeys("uid/acme/a", "address/acme/lan/a");
  }

  @Test
  void unusedNetworksAreKeptUpToTheLimit() {
    Draft many = new Draft("acme");
    for (int i = 0; i < Quotas.NETWORKS; i++) {
      many.network("n" + (char) ('a' + i));
    }
    Planned first = plan(Allocations.empty(), many);
    Planned second = plan(first.allocations(), new Draft("acme").network("zz"));
    assertThat(second.allocations().entries())
        .containsKeys("subnet/acme/zz", "subnet/acme/na", "bridge/acme/na", "subnet/acme/no")
        .doesNotContainKeys("subnet/acme/np", "bridge/acme/np");
    assertThat(report.hasErrors()).isFalse();
    plan(Allocations.empty(), many.network("one-more"));
    assertThat(only(Code.BB403).message())
        .isEqualTo("tenant `acme` declares 17 networks, a tenant can have 16");
  }

  @Test
  void whatIsGivenUpIsFreeInTheNextRunOnly() {
    Quota one = Inputs.quota(1000, 1, 20, 1);
    Planned first = plan(Allocations.empty(), new Draft("a").quota(one).container("x"));
    Planned second =
        plan(
            first.allocations(),
            new Draft("a").quota(one).container("y"),
            new Draft("b").container("z"));
    assertThat(second.allocations().entries())
        .containsEntry("uid/a/y", String.valueOf(0x70010000L))
        .containsEntry("uid/b/z", String.valueOf(0x70020000L));
    Planned third =
        plan(
            second.allocations(),
            new Draft("a").quota(one).container("y"),
            new Draft("c").container("z"));
    assertThat(third.allocations().entries()).containsEntry("uid/c/z", String.valueOf(0x70000000L));
  }

  @Test
  void tenantsThatAreNotPlannedKeepTheirChoicesAndNobodyGetsThem() {
    Planned first = plan(Allocations.empty(), new Draft("a").network("lan").container("x", "lan"));
    Planned second = plan(first.allocations(), new Draft("b").network("lan").container("x", "lan"));
    assertThat(second.allocations().entries())
        .containsAllEntriesOf(first.allocations().entries())
        .containsEntry("subnet/b/lan", "10.128.1.0/24")
        .containsEntry("uid/b/x", String.valueOf(0x70010000L));
    assertThat(second.allocations().without(new TenantId("b"))).isEqualTo(first.allocations());
  }

  @Test
  void aSeedMakesMachineIdsAndMacsOfThisHostOnly() {
    Draft draft = new Draft("acme").network("lan").container("web", "lan");
    Allocations one = Allocations.empty().seeded(() -> "one");
    assertThat(one.seeded(() -> "two")).isEqualTo(one);
    ResolvedContainer here = tenant(plan(one, draft), "acme").containers().getFirst();
    ResolvedContainer there =
        tenant(plan(Allocations.empty().seeded(() -> "two"), draft), "acme")
            .containers()
            .getFirst();
    assertThat(here.machineId()).isNotEqualTo(there.machineId());
    assertThat(here.port().orElseThrow().mac()).isNotEqualTo(there.port().orElseThrow().mac());
    assertThat(here.port().orElseThrow().bridge()).isEqualTo(there.port().orElseThrow().bridge());
    assertThat(plan(one, draft).allocations().entries()).containsEntry("seed", "one");
  }

  @Test
  void aMacOrBridgeThatIsTakenIsNotChosenAgain() {
    Draft draft = new Draft("acme").network("lan").container("web", "lan");
    Map<String, String> free = plan(Allocations.empty(), draft).allocations().entries();
    String mac = java.util.Objects.requireNonNull(free.get("mac/acme/web"));
    String bridge = java.util.Objects.requireNonNull(free.get("bridge/acme/lan"));
    Allocations taken = allocations("mac/b/x", mac, "bridge/b/lan", bridge);
    assertThat(plan(taken, draft).allocations().entries())
        .doesNotContainEntry("mac/acme/web", mac)
        .doesNotContainEntry("bridge/acme/lan", bridge)
        .containsAllEntriesOf(taken.entries());
  }

  @Test
  void addressesRunOutAndThoseLeftBehindAreGivenAway() {
    Draft five = new Draft("a").network("lan", "", "10.128.0.0/29");
    for (String name : List.of("a", "b", "c", "d", "e")) {
      five.container(name, "lan");
    }
    Planned first = plan(Allocations.empty(), five);
    assertThat(report.sorted()).isEmpty();
    assertThat(first.allocations().entries()).containsEntry("address/a/lan/e", "10.128.0.6");

    Draft changed = new Draft("a").network("lan", "", "10.128.0.0/29");
    for (String name : List.of("a", "c", "d", "e", "f")) {
      changed.container(name, "lan");
    }
    Planned second = plan(first.allocations(), changed);
    assertThat(second.allocations().entries())
        .containsEntry("address/a/lan/f", "10.128.0.3")
        .containsEntry("address/a/lan/e", "10.128.0.6")
        .containsKey("uid/a/b")
        .doesNotContainKey("address/a/lan/b");

    assertThat(plan(first.allocations(), five.container("f", "lan")).tenants()).isEmpty();
    assertThat(only(Code.BB406).message())
        .isEqualTo("no address is left for container `f` in network `lan`");
    assertThat(report.sorted().getFirst().expected())
        .isEqualTo("at most 5 containers and machines of this host in 10.128.0.0/29");
  }

  @Test
  void uidRangesRunOut() {
    TreeMap<String, String> all = new TreeMap<>();
    for (long base = 0x80000; base < 0x7FFE0000L; base += 0x10000) {
      all.put("uid/b/" + base, String.valueOf(base));
    }
    all.remove("uid/b/" + 0x80000L);
    Allocations before = new Allocations(all);
    Planned planned = plan(before, new Draft("a").container("x").container("y"));
    assertThat(planned.tenants()).isEmpty();
    assertThat(planned.allocations()).isEqualTo(before);
    assertThat(only(Code.BB405).message()).isEqualTo("no UID range is left for container `y`");
    assertThat(plan(before, new Draft("a").container("x")).allocations().entries())
        .containsEntry("uid/a/x", String.valueOf(0x80000L));
  }

  @Test
  void choicesThatContradictEachOtherAreDamage() {
    for (Allocations damaged :
        List.of(
            allocations("uid/a/x", "1879048192", "uid/b/x", "1879048192"),
            allocations("uid/a/x", "1879048193"),
            allocations("uid/a/x", "0"),
            allocations("uid/a/x", "2147352576"),
            allocations("uid/a/x", "many"),
            allocations("subnet/a/lan", "10.0.0.0"))) {
      assertThatThrownBy(() -> plan(damaged, new Draft("a")))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void choicesOfALaterVersionAreKept() {
    Allocations before = allocations("vni/a/lan", "17", "epoch", "3");
    assertThat(plan(before, new Draft("a")).allocations()).isEqualTo(before);
  }

  @Test
  void twoRepositoriesCannotBeOneTenant() {
    TenantEntry one = Inputs.entry("a", Inputs.QUOTA);
    Request request = new Draft("a").request();
    Request other = new Draft("b").request();
    Planned planned =
        Planner.plan(
            Inputs.config(POOL),
            Inputs.HUGE,
            List.of(request, other),
            List.of(one, one, other.entry()),
            Allocations.empty(),
            report);
    assertThat(planned.tenants()).containsOnlyKeys(new TenantId("b"));
    assertThat(only(Code.BB401).location().repository()).isEqualTo("a");
    plan(Allocations.empty(), new Draft("b"), new Draft("b").network("x"));
    assertThat(report.sorted())
        .extracting(finding -> finding.location().repository())
        .containsExactly("a", "b");
  }

  @Test
  void containersAndNetworksAreCheckedAgainstEachOther() {
    plan(
        Allocations.empty(),
        new Draft("a")
            .network("x")
            .network("x")
            .network("y")
            .special("a", "same", "host", "gone")
            .special("b", "same", "nosuch", "x", "y"));
    assertThat(report.sorted())
        .extracting(Diagnostic::code)
        .containsExactlyInAnyOrder(
            Code.BB305, Code.BB305, Code.BB305, Code.BB304, Code.BB409, Code.BB212);
  }

  @Test
  void anImageOutsideTheCatalogueIsRefused() {
    plan(Allocations.empty(), new Draft("a").special("x", "x", "nosuch\u001b[2J"));
    Diagnostic finding = only(Code.BB409);
    assertThat(finding.message())
        .isEqualTo("image `nosuch\\u{1b}[2J` is not in the catalogue of this host");
    assertThat(finding.expected()).isEqualTo("host, debian-14, direct, disk");
  }

  @Test
  void limitsOfTheTenantStand() {
    Tenant.Limits limits =
        new Tenant.Limits(
            Optional.of(500),
            Optional.of(50),
            Optional.of(new ByteSize(5)),
            Optional.of(new ByteSize(6)),
            Optional.of(new ByteSize(7)),
            Optional.of(8),
            Optional.of(9),
            Optional.of(new ByteSize(10)));
    Quota claim = Inputs.quota(900, 1, 3, 0);
    ResolvedTenant acme =
        tenant(plan(Allocations.empty(), new Draft("acme").claim(claim).limits(limits)), "acme");
    assertThat(acme.limits()).isEqualTo(limits);
    assertThat(acme.claim()).isEqualTo(claim);
  }

  @Test
  void aTenantWithErrorsDoesNotDisturbOthers() {
    List<Draft> drafts = new ArrayList<>();
    drafts.add(new Draft("a").network("lan", "eth0", "").special("x", "x", "nosuch", "lan"));
    drafts.add(new Draft("b").network("lan").container("x", "lan"));
    Planned planned = plan(Allocations.empty(), drafts.toArray(Draft[]::new));
    assertThat(planned.tenants()).containsOnlyKeys(new TenantId("b"));
    assertThat(planned.allocations())
        .isEqualTo(plan(Allocations.empty(), drafts.get(1)).allocations());
  }
}
