package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.Firewall;
import io.bitbuilder.hypervisor.model.Machine;
import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.model.Tunnel;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Kernel;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Network;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Port;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedContainer;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedMachine;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedTunnel;
import io.bitbuilder.hypervisor.secret.Ciphertext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A tenant, resolved as planning does it: addresses and ranges in order, and one network unless
 * more are added. Tenants of different index share none of them.
 */
final class TenantInput {
  final Map<String, Tenant.Network.Mode> modes = new HashMap<>();
  Firewall firewall = Firewall.NONE;
  private final TenantId id;
  private final int index;
  private final List<Machine> machines = new ArrayList<>();
  private final List<SourceTree.Entry> scripts = new ArrayList<>();
  final SortedMap<String, Ciphertext> secrets = new TreeMap<>();
  private final List<ResolvedTunnel> tunnels = new ArrayList<>();
  private final List<ContainerInput> containers = new ArrayList<>();
  private final List<String> networks = new ArrayList<>(List.of("lan"));
  private Tenant.Limits limits = Tenant.Limits.NONE;
  private String bridge;
  private int prefix = 24;
  private boolean dhcp = true;

  TenantInput(String id, int index) {
    this.id = new TenantId(id);
    this.index = index;
    this.bridge = "bb-" + id.substring(0, Math.min(4, id.length())) + index;
  }

  TenantInput container(ContainerInput container) {
    containers.add(container);
    return this;
  }

  TenantInput network(String name) {
    networks.add(name);
    return this;
  }

  TenantInput limits(Tenant.Limits value) {
    limits = value;
    return this;
  }

  TenantInput offline() {
    networks.clear();
    return this;
  }

  TenantInput withoutDhcp() {
    dhcp = false;
    return this;
  }

  TenantInput machine(Machine machine) {
    machines.add(machine);
    return this;
  }

  TenantInput tunnel(Tunnel tunnel) {
    tunnels.add(new ResolvedTunnel(tunnel, index * 1000 + tunnels.size()));
    return this;
  }

  TenantInput scripts(String... names) {
    for (String name : names) {
      scripts.add(
          new SourceTree.Entry(
              name, "scripts/" + name, SourceTree.Kind.EXECUTABLE, "cd".repeat(20), 10));
    }
    return this;
  }

  TenantInput bridge(String value) {
    bridge = value;
    return this;
  }

  TenantInput prefix(int value) {
    prefix = value;
    return this;
  }

  TenantId id() {
    return id;
  }

  private String bridgeOf(String network) {
    return network.equals("lan") ? bridge : bridge + "-" + network;
  }

  private String address(String network, int host) {
    return "10." + (128 + networks.indexOf(network)) + "." + index + "." + host;
  }

  ResolvedTenant resolve() {
    List<ResolvedContainer> resolved = new ArrayList<>();
    for (int i = 0; i < containers.size(); i++) {
      resolved.add(resolve(containers.get(i), i));
    }
    List<ResolvedMachine> resolvedMachines = new ArrayList<>();
    for (int i = 0; i < machines.size(); i++) {
      resolvedMachines.add(resolve(machines.get(i), containers.size() + i));
    }
    List<Network> resolvedNetworks =
        networks.stream()
            .map(name ->
                new Network(
                    new ResourceName(name),
                    modes.getOrDefault(name, Tenant.Network.Mode.ISOLATED_BRIDGE),
                    bridgeOf(name),
                    address(name, 1),
                    prefix,
                    address6(name, "") + "/64",
                    address6(name, "1"),
                    crossed(name),
                    dhcp,
                    List.of(),
                    0,
                    0,
                    Optional.empty(),
                    true,
                    false))
            .toList();
    Quota claim =
        new Quota(4000, new ByteSize(4L << 30), new ByteSize(10L << 30), 0, containers.size());
    return new ResolvedTenant(
        id,
        "Tenant " + id,
        Optional.empty(),
        claim,
        limits,
        resolvedNetworks,
        resolved,
        resolvedMachines,
        tunnels,
        firewall,
        new SystemConfig.Network(
            "10.128.0.0/9",
            "fd00:b17b::/32",
            "auto",
            List.of("10.0.0.0/8", "169.254.0.0/16", "fc00::/7"),
            1000),
        scripts,
        secrets);
  }

  private ResolvedContainer resolve(ContainerInput container, int place) {
    int number = index * 100 + place;
    return new ResolvedContainer(
        container.declare(),
        container.name + "." + id,
        (8L + number) << 16,
        String.format("%032x", 0xabcdef0000L + number),
        Optional.ofNullable(container.image),
        container
            .network
            .map(ResourceName::value)
            .filter(networks::contains)
            .map(network -> port(network, "vb-" + container.name, place)));
  }

  private ResolvedMachine resolve(Machine machine, int place) {
    int number = index * 100 + place;
    boolean direct = machine.firmware() == Machine.Firmware.NONE;
    return new ResolvedMachine(
        machine,
        machine.name() + "." + id,
        (8L + number) << 16,
        String.format("%032x", 0xabcdef0000L + number),
        Inputs.image(machine.image(), CatalogueImage.Type.RAW, "d4"),
        direct
            ? Optional.of(new Kernel("e5".repeat(32), "f6".repeat(32), "root=PARTLABEL=root rw"))
            : Optional.empty(),
        machine.networks().stream()
            .map(ResourceName::value)
            .filter(networks::contains)
            .findFirst()
            .map(network -> port(network, ResolvedMachine.link((8L + number) << 16), place)));
  }

  private Port port(String network, String link, int place) {
    return new Port(
        new ResourceName(network),
        bridgeOf(network),
        link.substring(0, Math.min(15, link.length())),
        String.format("02:bb:00:00:%02x:%02x", index, place + 1),
        address(network, place + 2),
        prefix,
        crossed(network) ? address(network, 1) : "",
        address6(network, String.format("bb:ff:fe00:%02x%02x", index, place + 1)),
        crossed(network) ? address6(network, "1") : "",
        0);
  }

  private boolean crossed(String network) {
    return networks.size() > 1
        || tunnels.stream()
            .anyMatch(tunnel -> tunnel.declared().networks().contains(new ResourceName(network)))
        || modes.getOrDefault(network, Tenant.Network.Mode.ISOLATED_BRIDGE).leads();
  }

  private String address6(String network, String host) {
    return "fd00:b17b:" + (networks.indexOf(network) + 1) + ":" + index + "::" + host;
  }
}
