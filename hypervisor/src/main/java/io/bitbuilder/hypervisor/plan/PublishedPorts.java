package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.model.PortRange;
import io.bitbuilder.hypervisor.model.Tenant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Ports of the host that lead to guests: only those the registry gives the tenant, each once, and
 * only to guests whose answers have a way out.
 */
final class PublishedPorts {
  private PublishedPorts() {}

  static void check(Request request, Report report) {
    Map<String, Guest.Published> seen = new HashMap<>();
    for (Guest guest : request.tenant().guests()) {
      for (Guest.Published port : guest.ports()) {
        Location place = port.origin().at("/host");
        granted(request, port.host(), place, report);
        String protocol = port.protocol().name().toLowerCase(Locale.ROOT);
        Guest.Published first = seen.putIfAbsent(port.host() + "/" + protocol, port);
        if (first != null) {
          report.add(
              new Diagnostic(
                  Code.BB305,
                  "port " + port.host() + "/" + protocol + " is published twice",
                  place,
                  "every port once",
                  "",
                  List.of(new Diagnostic.Note("first published at", first.origin().at("/host")))));
        }
        if (!hasWay(guest, request.tenant())) {
          report.add(
              Code.BB408,
              port.origin().at(""),
              guest.kind() + " `" + guest.name() + "` is in no network with a way to the outside",
              "a network of mode nat or routed",
              "set `mode: nat` for its network in network/topology.yaml");
        }
      }
    }
  }

  /** Reports a port of the host that the registry does not give the tenant. */
  static void granted(Request request, int port, Location place, Report report) {
    List<PortRange> granted = request.entry().ports();
    if (granted.stream().noneMatch(range -> range.contains(port))) {
      report.add(
          Code.BB408,
          place,
          "the registry does not give the tenant port " + port,
          granted.isEmpty()
              ? "no port: `ports` of the tenant is empty in the registry"
              : granted.stream().map(PortRange::toString).collect(Collectors.joining(", ")),
          "ask the host operator to add it to `ports` in the registry");
    }
  }

  private static boolean hasWay(Guest guest, Tenant tenant) {
    return tenant.networks().stream()
        .anyMatch(network -> network.mode().leads() && guest.networks().contains(network.name()));
  }
}
