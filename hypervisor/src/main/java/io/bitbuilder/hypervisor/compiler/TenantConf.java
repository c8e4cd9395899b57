package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Network;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedContainer;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.ResolvedMachine;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** {@code tenant.conf}: what the shell helpers of the host are told (systemd.exec(5)). */
final class TenantConf {
  private TenantConf() {}

  /**
   * Adds it.
   *
   * @param containers and {@code machines} in order of their names
   * @param filtered bridges whose members are kept apart by rules
   */
  static void add(
      ResolvedTenant resolved,
      List<ResolvedContainer> containers,
      List<ResolvedMachine> machines,
      List<String> filtered,
      Output out) {
    TenantId tenant = resolved.id();
    List<String> directories = new ArrayList<>();
    List<String> files = new ArrayList<>();
    TreeSet<String> volumes = new TreeSet<>();
    for (ResolvedContainer container : containers) {
      ContainerPlace place = new ContainerPlace(tenant, container);
      if (place.writable() && !container.declared().ephemeral()) {
        directories.add(container.uidBase() + ":" + place.upper());
        directories.add(container.uidBase() + ":" + place.work());
      }
      for (Container.Volume volume : container.declared().volumes()) {
        if (!place.writable()) {
          points(place, volume.path(), directories);
        }
        volumes.add("0:" + ContainerPlace.volume(tenant, volume.name()));
      }
      if (place.resolves() && place.pointed()) {
        points(place, "/etc", directories);
        files.add(place.points() + NameUnits.RESOLV_CONF);
      }
    }
    directories.addAll(volumes);
    if (InfraUnits.has(resolved)) {
      // The place of the scripts must be there, for inside all of it is read-only.
      directories.add("0:" + InfraUnits.data(tenant) + "/scripts");
    }
    String bridges =
        resolved.networks().stream().map(Network::bridge).sorted().collect(Collectors.joining(" "));
    List<String> taps = new ArrayList<>();
    List<String> users = new ArrayList<>();
    for (ResolvedMachine machine : machines) {
      users.add(String.valueOf(machine.uidBase()));
      machine.port().ifPresent(_ -> taps.add(MachinePlace.of(tenant, machine).link()));
    }
    out.text(
        "tenant.conf",
        setting("BRIDGES", bridges)
            + spans(resolved)
            + (filtered.isEmpty() ? "" : setting("FILTERED", String.join(" ", filtered)))
            + (leads(resolved) ? setting("UPLINK", resolved.outside().uplink()) : "")
            + setting("DIRECTORIES", String.join(" ", directories))
            + (files.isEmpty() ? "" : setting("FILES", String.join(" ", files)))
            + NameUnits.settings(resolved)
            + Layers.repository(resolved).map(layer -> setting("CONFIG", layer)).orElse("")
            + (machines.isEmpty()
                ? ""
                : setting("TAPS", String.join(" ", taps))
                    + setting("USERS", String.join(" ", users))));
  }

  /** Interfaces to the same networks elsewhere, and who may send to them. */
  private static String spans(ResolvedTenant resolved) {
    List<String> links = new ArrayList<>();
    TreeSet<String> remotes = new TreeSet<>();
    for (Network network : resolved.networks()) {
      network
          .span()
          .ifPresent(span -> {
            links.add(span.link());
            remotes.addAll(span.remotes());
          });
    }
    return links.isEmpty()
        ? ""
        : setting("SPANS", String.join(" ", links)) + setting("REMOTES", String.join(" ", remotes));
  }

  private static boolean leads(ResolvedTenant resolved) {
    return resolved.networks().stream().anyMatch(network -> network.mode().leads());
  }

  static String setting(String name, String value) {
    return name + "=\"" + value + "\"\n";
  }

  /** Each directory on the way, so that all of them are the container's. */
  private static void points(ContainerPlace place, String path, List<String> directories) {
    StringBuilder at = new StringBuilder(place.points());
    for (String part : path.split("/", -1)) {
      if (!part.isEmpty()) {
        at.append('/').append(part);
        String entry = place.container().uidBase() + ":" + at;
        if (!directories.contains(entry)) {
          directories.add(entry);
        }
      }
    }
  }
}
