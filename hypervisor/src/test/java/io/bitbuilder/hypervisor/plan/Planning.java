package io.bitbuilder.hypervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.Inputs.Draft;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What tests of planning share: one report, and short ways to plan and to look. */
abstract class Planning {
  static final String POOL = "10.128.0.0/9";

  final Report report = new Report();

  Planned plan(Allocations before, Draft... drafts) {
    return plan(Inputs.config(POOL), before, drafts);
  }

  Planned plan(SystemConfig config, Allocations before, Draft... drafts) {
    List<Request> requests = Stream.of(drafts).map(Draft::request).toList();
    List<TenantEntry> all = requests.stream().map(Request::entry).toList();
    return Planner.plan(config, Inputs.HUGE, requests, all, before, report);
  }

  Diagnostic only(Code code) {
    assertThat(report.sorted()).hasSize(1);
    Diagnostic finding = report.sorted().getFirst();
    assertThat(finding.code()).isEqualTo(code);
    return finding;
  }

  static Allocations allocations(String... pairs) {
    TreeMap<String, String> entries = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      entries.put(pairs[i], pairs[i + 1]);
    }
    return new Allocations(entries);
  }

  static ResolvedTenant tenant(Planned planned, String id) {
    ResolvedTenant tenant = planned.tenants().get(new TenantId(id));
    assertThat(tenant).isNotNull();
    return java.util.Objects.requireNonNull(tenant);
  }
}
