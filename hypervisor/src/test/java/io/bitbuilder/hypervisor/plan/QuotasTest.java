package io.bitbuilder.hypervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.Inputs.Draft;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What tenants may have, and what all of them together. */
final class QuotasTest {
  private static final Tenant.Limits HIGH =
      new Tenant.Limits(
          Optional.of(1001),
          Optional.empty(),
          Optional.of(Inputs.gib(2)),
          Optional.of(Inputs.gib(3)),
          Optional.of(Inputs.gib(9)),
          Optional.empty(),
          Optional.empty(),
          Optional.of(Inputs.gib(999)));

  private final Report report = new Report();

  private List<String> check(Draft draft) {
    Report own = new Report();
    Quotas.check(draft.request(), own);
    report.addAll(own);
    assertThat(own.sorted()).allMatch(finding -> finding.code() == Code.BB403);
    return own.sorted().stream().map(Diagnostic::message).toList();
  }

  @Test
  void whatFitsExactlyFits() {
    Draft draft = new Draft("a").claim(Inputs.QUOTA).quota(Inputs.quota(1000, 1, 20, 1));
    assertThat(check(draft.container("x"))).isEmpty();
  }

  @Test
  void everyAmountIsComparedAndNamed() {
    Quota claim = new Quota(1500, Inputs.gib(2), new ByteSize(20L * (1 << 30) + 1), 3, 0);
    Draft draft = new Draft("a").claim(claim).quota(Inputs.quota(1000, 1, 20, 1));
    assertThat(check(draft.container("x").container("y").container("z").machine("v", 100)))
        .containsExactlyInAnyOrder(
            "tenant `a` asks for 1.5 of cpu, its quota is 1",
            "tenant `a` asks for 2G of memory, its quota is 1G",
            "tenant `a` asks for 20.0G of storage, its quota is 20G",
            "tenant `a` declares 1 machines, its quota is 0",
            "tenant `a` declares 3 containers, its quota is 1");
    Diagnostic containers =
        report.sorted().stream().filter(f -> f.message().contains("containers")).findFirst().get();
    assertThat(containers.location().path()).isEqualTo("containers/y/config.yaml");
    assertThat(containers.expected()).isEqualTo("at most 1 containers");
    assertThat(containers.help())
        .isEqualTo(
            "remove 2 of the containers, or ask the host operator to raise `quota/containers` of"
                + " the tenant");
    Diagnostic memory =
        report.sorted().stream().filter(f -> f.message().contains("memory")).findFirst().get();
    assertThat(memory.location().pointer()).isEqualTo("/resources/memory");
    assertThat(memory.help()).startsWith("lower `memory`, or ask");
    assertThat(memory.notes().getFirst().location().path()).isEqualTo("tenants/registry.json");
    assertThat(memory.notes().getFirst().location().pointer()).isEqualTo("/quota/memory");
  }

  @Test
  void limitsBeyondTheQuotaAreNoLimits() {
    assertThat(check(new Draft("a").limits(HIGH)))
        .containsExactlyInAnyOrder(
            "tenant `a` asks for 1.001 of cpu, its quota is 1",
            "tenant `a` asks for 2G of memory, its quota is 1G",
            "tenant `a` asks for 3G of memory, its quota is 1G",
            "tenant `a` asks for 999G of storage, its quota is 20G");
    assertThat(report.sorted())
        .allSatisfy(finding ->
            assertThat(finding.location().path()).isEqualTo("infrastructure/resource-limits.yaml"));
    assertThat(report.sorted())
        .extracting(
            finding -> finding.location().pointer() + " " + finding.help().split(",", -1)[0])
        .containsExactlyInAnyOrder(
            "/cpu lower `cpu`",
            "/memory lower `memory`",
            "/memoryHigh lower `memoryHigh`",
            "/storage lower `storage`");
  }

  @Test
  void amountsAreShortAndRoundedDown() {
    assertThat(Amounts.cpu(0)).isEqualTo("0");
    assertThat(Amounts.cpu(2000)).isEqualTo("2");
    assertThat(Amounts.cpu(2050)).isEqualTo("2.05");
    assertThat(Amounts.cpu(500)).isEqualTo("0.5");
    assertThat(Amounts.bytes(0)).isEqualTo("0");
    assertThat(Amounts.bytes(99999)).isEqualTo("99999");
    assertThat(Amounts.bytes(1536L << 20)).isEqualTo("1536M");
    assertThat(Amounts.bytes(8_123_456L << 10)).isEqualTo("7.7G");
    assertThat(Amounts.bytes((1L << 40) * 3 + 1)).isEqualTo("3.0T");
    assertThat(Amounts.bytes(Long.MAX_VALUE)).isEqualTo("8388607.9T");
    assertThat(Amounts.bytes(123_457)).isEqualTo("120.5K");
  }

  private Planned plan(
      SystemConfig config, Capacity capacity, Allocations before, Draft... drafts) {
    List<Request> requests = List.of(drafts).stream().map(Draft::request).toList();
    List<TenantEntry> all = requests.stream().map(Request::entry).toList();
    return Planner.plan(config, capacity, requests, all, before, report);
  }

  @Test
  void quotasTogetherFitTheHost() {
    SystemConfig config = Inputs.config("10.128.0.0/9", Inputs.quota(1000, 1, 0, 0), 2, 1);
    Capacity capacity = new Capacity(3000, Inputs.gib(4), Inputs.gib(1));
    Draft a = new Draft("a").quota(Inputs.quota(2000, 1, 99, 1));
    Draft b = new Draft("b").quota(Inputs.quota(2001, 1, 99, 1));
    Draft c = new Draft("c").quota(Inputs.quota(2000, 2, 99, 1));
    Draft d = new Draft("d").quota(Inputs.quota(0, 1, 99, 1));
    Planned planned = plan(config, capacity, Allocations.empty(), d, c, b, a);
    assertThat(planned.tenants()).containsOnlyKeys(new TenantId("a"), new TenantId("c"));
    assertThat(report.sorted())
        .extracting(Diagnostic::message)
        .containsExactly(
            "the quota of tenant `b` does not fit this host: cpu 2.001, 2 left of 4",
            "the quota of tenant `d` does not fit this host: memory 1G, 0 left of 3G");
    Diagnostic finding = report.sorted().getFirst();
    assertThat(finding.code()).isEqualTo(Code.BB404);
    assertThat(finding.location().toString()).isEqualTo("b");
    assertThat(finding.expected())
        .isEqualTo("quotas of all tenants within 4 (the host's 3 less a reserve of 1, times 2.0)");
    assertThat(finding.notes().getFirst().location().pointer()).isEqualTo("/quota/cpu");
    assertThat(report.sorted().get(1).help()).contains("host/overcommit/memory");
  }

  @Test
  void tenantsOfThisHostComeBeforeNewOnes() {
    SystemConfig config = Inputs.config("10.128.0.0/9");
    Capacity capacity = new Capacity(1500, Inputs.gib(4), Inputs.gib(1));
    Allocations before = new Allocations(new TreeMap<>(java.util.Map.of("uid/b/x", "1879048192")));
    Planned planned = plan(config, capacity, before, new Draft("a"), new Draft("b").container("x"));
    assertThat(planned.tenants()).containsOnlyKeys(new TenantId("b"));
  }

  @Test
  void aReserveLargerThanTheHostLeavesNothing() {
    SystemConfig config = Inputs.config("10.128.0.0/9", Inputs.quota(1000, 9, 0, 0), 1, 1);
    Capacity capacity = new Capacity(9000, Inputs.gib(8), Inputs.gib(1));
    plan(config, capacity, Allocations.empty(), new Draft("a"));
    assertThat(report.sorted())
        .extracting(Diagnostic::message)
        .containsExactly("the quota of tenant `a` does not fit this host: memory 1G, 0 left of 0");
  }

  @Test
  void disabledTenantsDoNotCount() {
    TenantEntry a = Inputs.entry("a", Inputs.QUOTA);
    TenantEntry off =
        new TenantEntry(
            a.id(),
            a.repository(),
            a.ref(),
            "",
            false,
            a.quota(),
            List.of(),
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            a.origin());
    Request b = new Draft("b").request();
    Planned planned =
        Planner.plan(
            Inputs.config("10.128.0.0/9"),
            new Capacity(1000, Inputs.gib(4), Inputs.gib(1)),
            List.of(b),
            List.of(off, b.entry()),
            Allocations.empty(),
            report);
    assertThat(planned.tenants()).containsOnlyKeys(new TenantId("b"));
  }
}
