package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Network;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Port;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedContainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A tenant, resolved as planning does it: one network, addresses and ranges in order. Tenants of
 * different index share none of them.
 */
final class TenantInput {
  private static final ResourceName LAN = new ResourceName("lan");

  private final TenantId id;
  private final int index;
  private final List<ContainerInput> containers = new ArrayList<>();
  private Tenant.Limits limits = Tenant.Limits.NONE;
  private boolean networked = true;
  private boolean dhcp = true;

  TenantInput(String id, int index) {
    this.id = new TenantId(id);
    this.index = index;
  }

  TenantInput container(ContainerInput container) {
    containers.add(container);
    return this;
  }

  TenantInput limits(Tenant.Limits value) {
    limits = value;
    return this;
  }

  TenantInput offline() {
    networked = false;
    return this;
  }

  TenantInput withoutDhcp() {
    dhcp = false;
    return this;
  }

  TenantId id() {
    return id;
  }

  private String bridge() {
    return "bb-" + id.value().substring(0, Math.min(4, id.value().length())) + index;
  }

  private String address(int host) {
    return "10.128." + index + "." + host;
  }

  ResolvedTenant resolve() {
    List<ResolvedContainer> resolved = new ArrayList<>();
    for (int i = 0; i < containers.size(); i++) {
      resolved.add(resolve(containers.get(i), i));
    }
    List<Network> networks =
        networked ? List.of(new Network(LAN, bridge(), address(1), 24, dhcp)) : List.of();
    Quota claim =
        new Quota(4000, new ByteSize(4L << 30), new ByteSize(10L << 30), 0, containers.size());
    return new ResolvedTenant(
        id, "Tenant " + id, Optional.empty(), claim, limits, networks, resolved);
  }

  private ResolvedContainer resolve(ContainerInput container, int place) {
    int number = index * 100 + place;
    return new ResolvedContainer(
        container.declare(),
        container.name + "." + id,
        (8L + number) << 16,
        String.format("%032x", 0xabcdef0000L + number),
        Optional.ofNullable(container.image),
        container.networked && networked
            ? Optional.of(
                new Port(
                    LAN,
                    bridge(),
                    String.format("02:bb:00:00:%02x:%02x", index, place + 1),
                    address(place + 2),
                    24,
                    address(1)))
            : Optional.empty());
  }
}
