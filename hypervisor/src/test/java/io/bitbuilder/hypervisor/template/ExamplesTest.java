package io.bitbuilder.hypervisor.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.diagnostic.TextRenderer;
import io.bitbuilder.hypervisor.discovery.Systems;
import io.bitbuilder.hypervisor.discovery.Tenants;
import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.SystemModel;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.model.VerifyMode;
import io.bitbuilder.hypervisor.networkd.Networkd;
import io.bitbuilder.hypervisor.plan.Allocations;
import io.bitbuilder.hypervisor.plan.Capacity;
import io.bitbuilder.hypervisor.plan.Planned;
import io.bitbuilder.hypervisor.plan.Planner;
import io.bitbuilder.hypervisor.plan.Request;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.sync.DirectoryTree;
import io.bitbuilder.hypervisor.template.Templates.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What we hand out to begin with is read without a finding and fits a small host. */
final class ExamplesTest {
  private static final Path EXAMPLES = Path.of("../examples");
  private static final Capacity SMALL =
      new Capacity(2000, new ByteSize(2L << 30), new ByteSize(20L << 30));

  @TempDir private Path directory;
  private final Report report = new Report();

  private SystemModel system(Path path) throws IOException {
    Optional<SystemModel> system =
        Systems.read(new DirectoryTree(path), new Networkd(Path.of("../host")), report);
    noFindings();
    return system.orElseThrow();
  }

  private Tenant tenant(Path path, Optional<TenantEntry> entry) throws IOException {
    Optional<Tenant> tenant = Tenants.read(new DirectoryTree(path), entry, report);
    noFindings();
    return tenant.orElseThrow();
  }

  private void noFindings() {
    assertThat(TextRenderer.render(report.sorted(), false)).isEmpty();
  }

  @Test
  void theExamplesFitTogether() throws IOException {
    SystemModel system = system(EXAMPLES.resolve("system"));
    assertThat(system.config().verify().mode()).isEqualTo(VerifyMode.OFF);
    List<Request> requests = new ArrayList<>();
    for (TenantEntry entry : system.tenants()) {
      Tenant tenant = tenant(EXAMPLES.resolve(entry.id().value()), Optional.of(entry));
      requests.add(new Request(entry, tenant, new CommitId("a".repeat(40))));
    }
    Planned planned =
        Planner.plan(
            system.config(), SMALL, requests, system.tenants(), Allocations.empty(), report);
    noFindings();
    assertThat(planned.tenants())
        .containsOnlyKeys(new TenantId("tenant-001"), new TenantId("tenant-blue"));
    assertThat(planned.allocations().entries())
        .containsEntry("bridge/tenant-001/eth0", "br-tenant001")
        .containsEntry("address/tenant-blue/back/page", "10.129.7.2");
    ResolvedTenant blue =
        Objects.requireNonNull(planned.tenants().get(new TenantId("tenant-blue")));
    assertThat(blue.containers())
        .extracting(ResolvedTenant.ResolvedContainer::machineName)
        .containsExactly("clock.tenant-blue", "page.tenant-blue");
  }

  @Test
  void theTemplatesAreReadWithoutAFinding() throws IOException {
    Templates templates = new Templates(Path.of("../host"));
    TenantId id = new TenantId("acme");
    ResourceName name = new ResourceName("web");
    templates.write(Kind.SYSTEM, directory.resolve("system"), id, name);
    templates.write(Kind.TENANT, directory.resolve("acme"), id, name);
    templates.write(Kind.CONTAINER, directory.resolve("acme"), id, new ResourceName("more"));
    assertThat(system(directory.resolve("system")).tenants()).isEmpty();
    Tenant tenant = tenant(directory.resolve("acme"), Optional.empty());
    assertThat(tenant.id()).isEqualTo(id);
    assertThat(tenant.containers()).hasSize(2).allMatch(container -> container.boots());
    assertThat(tenant.limits().tasksMax()).contains(2048);
  }
}
