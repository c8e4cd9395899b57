package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.Machine;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.network.NetworkFiles;
import io.bitbuilder.hypervisor.network.Ruleset;
import io.bitbuilder.hypervisor.network.Topology;
import io.bitbuilder.hypervisor.networkd.Templates;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Port;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedContainer;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedMachine;
import io.bitbuilder.hypervisor.secret.Ciphertext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;

/**
 * From a resolved tenant to the files of its generation: the same tenant gives the same bytes,
 * whatever the order its parts come in.
 */
public final class Compiler {
  private Compiler() {}

  /**
   * Compiles one tenant.
   *
   * <p>Which changes are applied in place: limits of the tenant and of a container, restart policy,
   * deadline, whether a guest starts by itself, and what its network offers. The image of a machine
   * has no effect on a disk that is there. All else needs a restart.
   *
   * @param templates what the operator adds to files of networks
   * @throws IllegalArgumentException when a value that earlier stages vouch for cannot be written
   *     safely, as a control character in a command; nothing the tenant wrote is in the message
   */
  public static Compiled compile(
      ResolvedTenant tenant, SystemConfig.Health health, Templates templates) {
    NetworkFiles networks = new NetworkFiles(templates);
    Output out = new Output();
    Output limits = new Output();
    SliceUnits.add(tenant, limits);
    StorageUnits.add(tenant, limits);
    out.all(limits.tree());
    List<ResolvedContainer> containers = byName(tenant.containers());
    List<ResolvedMachine> machines = new ArrayList<>(tenant.machines());
    machines.sort(Comparator.comparing(machine -> machine.declared().name()));
    List<Compiled.Resource> resources = new ArrayList<>();
    for (ResolvedTenant.Network network : tenant.networks()) {
      out.files(networks.of(tenant.id(), network, ports(tenant, network)));
    }
    Ruleset firewall = firewall(tenant, out);
    TunnelUnits.add(tenant, templates, out);
    SecretUnits.add(tenant, out);
    for (ResolvedContainer container : containers) {
      ContainerPlace place = new ContainerPlace(tenant.id(), container);
      Output restart = new Output();
      MountUnits.add(place, restart);
      NspawnFiles.add(place, scripts(tenant, container), restart);
      SortedMap<String, Ciphertext> own = SecretUnits.of(container.declared(), tenant);
      ContainerUnits.addRestart(place, own.keySet(), restart);
      SecretUnits.add(tenant.id(), place.unit(), own, restart);
      Output live = new Output();
      ContainerUnits.addLive(place, health, networks.mtu(container.port()), live);
      out.all(restart.tree());
      out.all(live.tree());
      FileTree around = network(tenant, container.port(), networks, firewall);
      String liveDigest = liveDigest(live.tree(), limits.tree(), around);
      resources.add(
          resource(place, restartDigest(restart.tree(), container.port(), own), liveDigest));
    }
    for (ResolvedMachine machine : machines) {
      MachinePlace place = new MachinePlace(tenant.id(), machine, ScriptUnits.in(tenant, machine));
      Output restart = new Output();
      SortedMap<String, Ciphertext> own = SecretUnits.of(machine.declared(), tenant);
      MachineUnits.addRestart(place, own.keySet(), restart);
      SecretUnits.add(tenant.id(), place.unit(), own, restart);
      machine.port().ifPresent(port -> restart.files(NetworkFiles.of(machine, port)));
      Output live = new Output();
      MachineUnits.addLive(place, health, live);
      out.all(restart.tree());
      out.all(live.tree());
      FileTree around = network(tenant, machine.port(), networks, firewall);
      String liveDigest = liveDigest(live.tree(), limits.tree(), around);
      Compiled.Resource resource =
          resource(place, restartDigest(restart.tree(), machine.port(), own), liveDigest);
      resources.add(ScriptUnits.hand(tenant, resource));
    }
    resources.addAll(ScriptUnits.add(tenant, resources, out));
    resources.sort(Comparator.comparing(Compiled.Resource::name));
    InfraUnits.add(tenant, out);
    NameUnits.add(tenant, out);
    TenantConf.add(tenant, containers, machines, firewall.filtered(), out);
    String target = TenantUnits.target(tenant.id());
    out.link("units/tenants.target.wants/" + target, "/usr/lib/systemd/system/tenant@.target");
    return new Compiled(out.tree(), resources, Topology.of(tenant));
  }

  private static List<ResolvedContainer> byName(List<ResolvedContainer> containers) {
    return containers.stream()
        .sorted(Comparator.comparing(container -> container.declared().name()))
        .toList();
  }

  private static Ruleset firewall(ResolvedTenant tenant, Output out) {
    Ruleset firewall = new Ruleset(tenant);
    if (!firewall.text().isEmpty()) {
      out.text("firewall.nft", firewall.text());
    }
    return firewall;
  }

  /** The layer of the tenant's scripts, for the container they run in. */
  private static Optional<String> scripts(ResolvedTenant tenant, ResolvedContainer container) {
    boolean own = !tenant.scripts().isEmpty() && container.declared().name().equals(Tenant.INFRA);
    return own ? Optional.of(Layers.digest(tenant.scripts())) : Optional.empty();
  }

  private static List<Port> ports(ResolvedTenant tenant, ResolvedTenant.Network network) {
    return Stream.concat(
            tenant.containers().stream()
                .sorted(Comparator.comparing(container -> container.declared().name()))
                .map(ResolvedContainer::port),
            tenant.machines().stream()
                .sorted(Comparator.comparing(machine -> machine.declared().name()))
                .map(ResolvedMachine::port))
        .flatMap(Optional::stream)
        .filter(port -> port.network().equals(network.name()))
        .toList();
  }

  /** A moved guest has to ask for its address anew, though none of its files may say so. */
  private static String restartDigest(
      FileTree files, Optional<Port> moved, SortedMap<String, Ciphertext> secrets) {
    Digest digest = new Digest().add(files);
    moved.ifPresent(port ->
        digest
            .add(port.address())
            .add(String.valueOf(port.prefix()))
            .add(port.gateway())
            .add(port.address6()));
    SecretUnits.addTo(digest, secrets);
    return digest.hex();
  }

  private static String liveDigest(FileTree files, FileTree limits, FileTree network) {
    return new Digest().add(files).add(limits).add(network).hex();
  }

  /** The network a guest is in and the rules of the tenant, without the leases of others. */
  private static FileTree network(
      ResolvedTenant tenant, Optional<Port> port, NetworkFiles networks, Ruleset firewall) {
    Output out = new Output();
    for (ResolvedTenant.Network network : tenant.networks()) {
      if (port.isPresent() && port.get().network().equals(network.name())) {
        out.files(networks.of(tenant.id(), network, List.of()));
        out.text("rules", firewall.rules());
        out.text("servers", String.join(" ", NameUnits.servers(network)));
      }
    }
    return out.tree();
  }

  private static Compiled.Resource resource(
      ContainerPlace place, String restartDigest, String liveDigest) {
    ResolvedContainer container = place.container();
    Container declared = container.declared();
    return new Compiled.Resource(
        Compiled.Resource.Kind.CONTAINER,
        declared.name(),
        declared.uid(),
        place.unit(),
        container.machineName(),
        Compiled.Resource.Port.of(container.port()),
        container.uidBase(),
        container.image().map(CatalogueImage::sha256).orElse("host"),
        List.of(),
        declared.boots(),
        declared.autostart(),
        restartDigest,
        liveDigest,
        declared.checks());
  }

  private static Compiled.Resource resource(
      MachinePlace place, String restartDigest, String liveDigest) {
    ResolvedMachine machine = place.machine();
    Machine declared = machine.declared();
    return new Compiled.Resource(
        Compiled.Resource.Kind.MACHINE,
        declared.name(),
        declared.uid(),
        place.unit(),
        machine.machineName(),
        Compiled.Resource.Port.of(machine.port()),
        machine.uidBase(),
        machine.image().sha256(),
        machine.kernel().map(kernel -> List.of(kernel.sha256(), kernel.initrd())).orElse(List.of()),
        true,
        declared.autostart(),
        restartDigest,
        liveDigest,
        declared.checks());
  }
}
