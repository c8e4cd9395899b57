package io.bitbuilder.hypervisor.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.Inputs.Draft;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedContainer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for all tenants, over histories of random changes. */
final class PlannerPropertyTest {
  private static Planned plan(List<Request> requests, Allocations before, Report report) {
    List<TenantEntry> all = requests.stream().map(Request::entry).toList();
    return Planner.plan(Inputs.config("10.128.0.0/22"), Inputs.HUGE, requests, all, before, report);
  }

  private static List<Request> random(Random random) {
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      if (random.nextInt(5) > 0) {
        requests.add(randomTenant("t" + i, random));
      }
    }
    return requests;
  }

  private static Request randomTenant(String id, Random random) {
    Draft draft = new Draft(id).quota(Inputs.quota(1000, 1, 1, 3));
    String[] bridges = {"", "", "br-x", "br-y"};
    String[] subnets = {"", "", "10.128.0.0/25", "10.128.1.0/24", "10.128.0.128/29"};
    List<String> networks = new ArrayList<>();
    for (String name : List.of("lan", "dmz")) {
      if (random.nextInt(3) > 0) {
        draft.network(
            name, bridges[random.nextInt(bridges.length)], subnets[random.nextInt(subnets.length)]);
        networks.add(name);
      }
    }
    for (String name : List.of("a", "b", "c", "d")) {
      if (random.nextBoolean()) {
        String[] joined =
            networks.isEmpty() || random.nextInt(4) == 0
                ? new String[0]
                : new String[] {networks.get(random.nextInt(networks.size()))};
        draft.special(name + random.nextInt(2), name, "host", joined);
      }
    }
    return draft.request();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everyHistoryKeepsTenantsApart(long seed) {
    Random random = new Random(seed);
    Allocations allocations = Allocations.empty().seeded(() -> "s" + seed);
    int planned = 0;
    for (int step = 0; step < 80; step++) {
      List<Request> requests = random(random);
      Report report = new Report();
      Planned result = plan(requests, allocations, report);
      planned += result.tenants().size();

      disjoint(result);
      distinct(result.allocations());
      unplannedStay(result, allocations);
      usedStays(result, allocations);

      List<Request> shuffled = new ArrayList<>(requests);
      Collections.shuffle(shuffled, random);
      Report again = new Report();
      assertThat(plan(shuffled, allocations, again)).isEqualTo(result);
      assertThat(again.sorted()).isEqualTo(report.sorted());

      List<Request> fine =
          requests.stream().filter(r -> result.tenants().containsKey(r.id())).toList();
      assertThat(plan(fine, result.allocations(), new Report()))
          .isEqualTo(new Planned(result.tenants(), result.allocations()));
      allocations = result.allocations();
    }
    assertThat(planned).isGreaterThan(60);
  }

  /**
   * No two containers share a UID, address, MAC or machine id; no two networks a bridge or address.
   */
  private static void disjoint(Planned planned) {
    Set<Object> seen = new HashSet<>();
    List<Subnet> subnets = new ArrayList<>();
    for (ResolvedTenant tenant : planned.tenants().values()) {
      for (ResolvedTenant.Network network : tenant.networks()) {
        assertThat(seen.add(network.bridge())).isTrue();
        assertThat(network.bridge()).hasSizeLessThanOrEqualTo(15);
        long base = Subnet.parseAddress(network.gateway()) - 1;
        Subnet subnet = new Subnet(base, network.prefix());
        assertThat(subnets).noneMatch(subnet::overlaps);
        subnets.add(subnet);
      }
      for (ResolvedContainer container : tenant.containers()) {
        assertThat(container.uidBase() % 65536).isZero();
        assertThat(container.uidBase()).isBetween(0x70000000L, 0x7FFD0000L);
        assertThat(seen.add(container.uidBase())).isTrue();
        assertThat(seen.add(container.machineId())).isTrue();
        container
            .port()
            .ifPresent(port -> {
              assertThat(seen.add(port.mac())).isTrue();
              assertThat(seen.add(port.address())).isTrue();
              assertThat(seen.add(port.address6())).isTrue();
              assertThat(seen.add(port.link())).isTrue();
              Subnet around = Subnet.around(port.address() + "/" + port.prefix()).orElseThrow();
              assertThat(port.address()).isNotEqualTo(around.gateway());
              assertThat(port.gateway()).isIn("", around.gateway());
              assertThat(subnetOf(tenant, port)).isEqualTo(around.toString());
            });
      }
    }
  }

  /** Nothing is chosen twice, not even for what nobody declares at present. */
  private static void distinct(Allocations allocations) {
    List<String> values = new ArrayList<>(allocations.entries().values());
    assertThat(values).doesNotHaveDuplicates();
    List<Subnet> subnets = values.stream().flatMap(value -> Subnet.parse(value).stream()).toList();
    for (int i = 0; i < subnets.size(); i++) {
      assertThat(subnets.subList(0, i)).noneMatch(subnets.get(i)::overlaps);
    }
  }

  private static void unplannedStay(Planned planned, Allocations before) {
    Set<String> changed = new HashSet<>();
    planned.tenants().keySet().forEach(tenant -> changed.add(tenant.value()));
    assertThat(of(planned.allocations(), changed, false)).isEqualTo(of(before, changed, false));
  }

  private static SortedMap<String, String> of(
      Allocations allocations, Set<String> tenants, boolean among) {
    SortedMap<String, String> result = new TreeMap<>(allocations.entries());
    result.keySet().removeIf(key -> tenants.contains(Key.of(key).tenant()) != among);
    return result;
  }

  /** A container that is declared keeps UIDs, MAC and machine id; and at most its quota is kept. */
  private static void usedStays(Planned planned, Allocations before) {
    SortedMap<String, String> after = planned.allocations().entries();
    planned
        .tenants()
        .forEach((tenant, resolved) -> {
          for (ResolvedContainer container : resolved.containers()) {
            for (String kind : List.of("uid", "mac", "machine-id")) {
              String key = kind + "/" + tenant + "/" + container.declared().uid();
              String had = before.entries().get(key);
              if (had != null) {
                assertThat(after).containsEntry(key, had);
              }
            }
          }
          assertThat(count(after, "uid", tenant)).isLessThanOrEqualTo(3);
          assertThat(count(after, "mac", tenant)).isEqualTo(count(after, "uid", tenant));
          assertThat(count(after, "bridge", tenant)).isEqualTo(count(after, "subnet", tenant));
        });
  }

  private static long count(Map<String, String> entries, String kind, TenantId tenant) {
    return entries.keySet().stream().filter(k -> k.startsWith(kind + "/" + tenant + "/")).count();
  }

  /** More containers than there are UIDs without an owner, so that the shared ones are used too. */
  @Test
  void twoThousandTenantsArePlannedAtOnce() {
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      requests.add(
          new Draft("t" + i)
              .network("lan")
              .container("a", "lan")
              .container("b", "lan")
              .container("c", "lan")
              .request());
    }
    List<TenantEntry> all = requests.stream().map(Request::entry).toList();
    Planned planned =
        Planner.plan(
            Inputs.config("10.128.0.0/9"),
            Inputs.HUGE,
            requests,
            all,
            Allocations.empty(),
            new Report());
    assertThat(planned.tenants()).hasSize(2000);
    Set<Long> bases = new HashSet<>();
    planned
        .tenants()
        .values()
        .forEach(tenant -> tenant.containers().forEach(c -> bases.add(c.uidBase())));
    assertThat(bases).hasSize(6000);
    assertThat(bases.stream().filter(base -> base >= 0x70000000L)).hasSize(4094);
    assertThat(bases).allMatch(base -> base >= 0x80000 && base < 0x7FFE0000L);
  }

  private static String subnetOf(ResolvedTenant tenant, ResolvedTenant.Port port) {
    ResolvedTenant.Network network =
        tenant.networks().stream()
            .filter(each -> each.name().equals(port.network()))
            .findFirst()
            .orElseThrow();
    assertThat(port.address6())
        .startsWith(network.subnet6().substring(0, network.subnet6().length() - 5));
    return Subnet.around(network.gateway() + "/" + network.prefix()).orElseThrow().toString();
  }
}
