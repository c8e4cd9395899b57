package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.SystemConfig.Fleet;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantEntry;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Networks that go on on other hosts: which those are, and what of each network is this host's. */
final class Spans {
  /** What is left of 1500 octets beside the headers of VXLAN and WireGuard over IPv6. */
  static final int MTU = 1350;

  private final Fleet fleet;
  private final Subnet6 pool;

  /**
   * The spans of one host.
   *
   * @param pool whose first network hosts have their addresses for each other in
   */
  Spans(Fleet fleet, Subnet6 pool) {
    this.fleet = fleet;
    this.pool = pool;
  }

  /** Reports what a network across hosts lacks. */
  void check(Tenant.Network network, TenantEntry entry, Report report) {
    if (network.mode() != Tenant.Network.Mode.VXLAN) {
      return;
    }
    if (!entry.vnis().contains(network.vni())) {
      report.add(
          Code.BB418,
          network.origin().at("/vxlan/vni"),
          "the registry does not give the tenant network number " + network.vni(),
          entry.vnis().isEmpty()
              ? "no number: `vnis` of the tenant is empty in the registry"
              : entry.vnis().stream().map(String::valueOf).collect(Collectors.joining(", ")),
          "ask the host operator to add it to `vnis` in the registry");
    }
    if (!fleet.self().isEmpty() && !fleet.members().containsKey(fleet.self())) {
      report.add(
          Code.BB304,
          network.origin().at("/mode"),
          "this host, " + Quote.quote(fleet.self()) + ", shares networks with no other",
          fleet.members().isEmpty()
              ? "`hosts` in the system repository"
              : String.join(", ", fleet.members().keySet()),
          "ask the host operator to add it to `hosts` of the system repository, or to write its"
              + " `name` into host.yaml");
    }
  }

  /** The addresses this host hands out of a network. */
  Part part(Tenant.Network network, Subnet subnet) {
    return self()
        .filter(_ -> network.mode() == Tenant.Network.Mode.VXLAN)
        .map(member -> Part.slot(subnet, member.slot()))
        .orElseGet(() -> Part.whole(subnet));
  }

  /** Where a network goes on. */
  Optional<ResolvedTenant.Span> of(Tenant.Network network) {
    if (network.mode() != Tenant.Network.Mode.VXLAN || self().isEmpty()) {
      return Optional.empty();
    }
    List<String> remotes =
        fleet.members().entrySet().stream()
            .filter(entry -> !entry.getKey().equals(fleet.self()))
            .map(this::address)
            .toList();
    Fleet.Member own = self().orElseThrow();
    return Optional.of(
        new ResolvedTenant.Span(
            network.vni(), "bx-" + network.vni(), address(Map.entry(fleet.self(), own)), remotes));
  }

  private Optional<Fleet.Member> self() {
    return Optional.ofNullable(fleet.members().get(fleet.self()));
  }

  /** Within WireGuard an address that follows from the name, else its own. */
  private String address(Map.Entry<String, Fleet.Member> host) {
    return fleet.encrypted()
        ? Underlay.address(pool, Objects.requireNonNull(host.getKey()))
        : host.getValue().address();
  }
}
