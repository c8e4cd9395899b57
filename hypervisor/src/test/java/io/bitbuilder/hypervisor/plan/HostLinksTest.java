package io.bitbuilder.hypervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.Inputs.Draft;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostLinksTest {
  private static final Capacity CAPACITY = new Capacity(64_000, Inputs.gib(64), Inputs.gib(640));

  private final Report report = new Report();

  private Planned plan(Allocations before, Draft... drafts) {
    List<Request> requests = List.of(drafts).stream().map(Draft::request).toList();
    return Planner.plan(
        Inputs.config("10.128.0.0/9"),
        CAPACITY,
        requests,
        requests.stream().map(Request::entry).toList(),
        before,
        report);
  }

  private static Draft tenant(String id, String... containers) {
    Draft draft = new Draft(id).quota(Inputs.quota(1000, 1, 20, 10)).network("lan");
    for (String container : containers) {
      draft.container(container, "lan");
    }
    return draft;
  }

  /** Two names of one tenant that nspawn makes the same interface of, found by trying. */
  private static List<String> colliding(String tenant) {
    Map<String, String> seen = new HashMap<>();
    for (int i = 0; ; i++) {
      String name = "aaaaaaaa" + Integer.toString(i, 36);
      String other = seen.put(HostLinks.of(name + "." + tenant), name);
      if (other != null) {
        return List.of(other, name);
      }
    }
  }

  /** Appendix A of the paper. */
  @Test
  void theHashIsSipHash() {
    byte[] key = new byte[16];
    byte[] message = new byte[15];
    for (int i = 0; i < 16; i++) {
      key[i] = (byte) i;
      message[Math.min(i, 14)] = (byte) Math.min(i, 14);
    }
    assertThat(HostLinks.sipHash(key, message)).isEqualTo(0xa129ca6149be45e5L);
  }

  @Test
  void aShortNameIsTheMachines() {
    assertThat(HostLinks.of("web.acme")).isEqualTo("vb-web.acme");
    assertThat(HostLinks.of("twelve.chars")).isEqualTo("vb-twelve.chars");
    assertThat(HostLinks.of("thirteen.char")).startsWith("vb-thirteen").hasSize(15);
  }

  @Test
  void twoContainersWithOneInterfaceAreFound() {
    List<String> names = colliding("a");
    Planned planned = plan(Allocations.empty(), tenant("a", names.get(0), names.get(1)));
    assertThat(planned.tenants()).isEmpty();
    assertThat(report.sorted())
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.code()).isEqualTo(Code.BB305);
          assertThat(finding.message())
              .endsWith(
                  "would both have the interface `"
                      + HostLinks.of(names.get(0) + ".a")
                      + "` on the host");
          assertThat(finding.location().path()).endsWith("/config.yaml");
          assertThat(finding.help()).startsWith("rename its directory; with `uid: ");
        });
  }

  /** The digest covers the tenant's id too, so what collides within one need not within another. */
  @Test
  void whatATenantHasAlreadyIsNotGivenToAnother() {
    String link = HostLinks.of("web.b");
    Allocations before = new Allocations(new java.util.TreeMap<>(Map.of("link/a/x", link)));
    Planned planned = plan(before, tenant("b", "web"));
    assertThat(planned.tenants()).isEmpty();
    assertThat(report.sorted())
        .extracting(Diagnostic::code, Diagnostic::message)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                Code.BB401,
                "container `web` and one of tenant `a` would both have the interface `"
                    + link
                    + "` on the host"));
  }

  @Test
  void aContainerThatIsRenamedOrGoneLeavesItsInterface() {
    Planned first = plan(Allocations.empty(), tenant("a", "web", "db"));
    Planned second = plan(first.allocations(), tenant("a", "web"));
    assertThat(report.sorted()).isEmpty();
    assertThat(first.allocations().entries()).containsEntry("link/a/db", "vb-db.a");
    assertThat(second.allocations().entries())
        .containsEntry("link/a/web", "vb-web.a")
        .doesNotContainKey("link/a/db");
    assertThat(second.tenants()).containsKey(new TenantId("a"));
  }

  @Test
  void aContainerWithoutANetworkHasNone() {
    Planned planned =
        plan(
            Allocations.empty(),
            new Draft("a").quota(Inputs.quota(1000, 1, 20, 10)).container("x"));
    assertThat(planned.allocations().entries()).doesNotContainKey("link/a/x");
  }
}
