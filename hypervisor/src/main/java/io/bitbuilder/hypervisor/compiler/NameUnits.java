package io.bitbuilder.hypervisor.compiler;

import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.ResolvedTenant;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Network;
import io.bitbuilder.hypervisor.plan.ResolvedTenant.Port;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import io.bitbuilder.hypervisor.unitfile.Words;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Who resolves names in each network: a socket at the host's addresses there, which starts the name
 * server when somebody asks (docs/decisions/0017). What the server has to know besides names is in
 * {@code tenant.conf}, so that a change of it is one of the generation.
 */
final class NameUnits {
  static final String RESOLV_CONF = "/etc/resolv.conf";

  private static final int PORT = 53;

  /** Instead of servers: those the host asks. */
  private static final String HOST = "host";

  private NameUnits() {}

  static void add(ResolvedTenant tenant, Output out) {
    for (Network network : tenant.networks()) {
      socket(tenant.id(), network, out);
      server(tenant.id(), network, out);
    }
    tenant
        .containers()
        .forEach(container ->
            guest(
                tenant.id(),
                TenantUnits.container(tenant.id(), container.declared().name()),
                container.port(),
                out));
    tenant
        .machines()
        .forEach(machine ->
            guest(
                tenant.id(),
                TenantUnits.machine(tenant.id(), machine.declared().name()),
                machine.port(),
                out));
  }

  private static void socket(TenantId tenant, Network network, Output out) {
    UnitFile.Builder file =
        UnitFile.builder()
            .section("Unit")
            .set("Description", "Names in network " + network.name() + " of tenant " + tenant)
            .set("PartOf", TenantUnits.target(tenant))
            .section("Socket");
    for (String address : addresses(network)) {
      file.set("ListenDatagram", address + ":" + PORT);
    }
    for (String address : addresses(network)) {
      file.set("ListenStream", address + ":" + PORT);
    }
    out.file(
        "units/" + TenantUnits.namesSocket(tenant, network.name()) + ".d/50-names.conf",
        file.build());
  }

  private static void server(TenantId tenant, Network network, Output out) {
    UnitFile.Builder file =
        UnitFile.builder()
            .section("Unit")
            .set("Description", "Names in network " + network.name() + " of tenant " + tenant)
            .section("Service")
            .set("LogExtraFields", "TENANT=" + tenant)
            .set("BindReadOnlyPaths", "/var/lib/bitbuilder/generations/tenants/" + tenant);
    List<String> servers = servers(network);
    if (!servers.isEmpty()) {
      // So that it sees when it should be started anew.
      file.set("Environment", Words.environment("FORWARD", String.join(",", servers)));
    }
    if (servers.equals(List.of(HOST))) {
      // To ask the host's resolver by its socket.
      file.set("RestrictAddressFamilies", "AF_UNIX");
    } else if (!servers.isEmpty()) {
      file.set("PrivateNetwork", false).set("IPAddressAllow", String.join(" ", servers));
    }
    out.file(
        "units/" + TenantUnits.namesServer(tenant, network.name()) + ".d/50-names.conf",
        file.build());
  }

  /** A network has somebody to ask for as long as it has a member. */
  private static void guest(TenantId tenant, String unit, Optional<Port> port, Output out) {
    port.map(present -> TenantUnits.namesSocket(tenant, present.network()))
        .ifPresent(socket ->
            out.file(
                "units/" + unit + ".d/40-names.conf",
                UnitFile.builder()
                    .section("Unit")
                    .set("Wants", socket)
                    .set("After", socket)
                    .build()));
  }

  /** Shows a container who resolves names; setup-tenant writes the file. */
  static void bind(ContainerPlace place, UnitFile.Builder file) {
    String network = place.container().port().orElseThrow().network().value();
    file.set(
        "BindReadOnly",
        "/run/tenants/%s/resolv/%s.conf:%s:idmap,norbind"
            .formatted(place.tenant(), network, RESOLV_CONF));
  }

  /** The lines of {@code tenant.conf}. */
  static String settings(ResolvedTenant tenant) {
    if (tenant.networks().isEmpty()) {
      return "";
    }
    List<String> resolvers = new ArrayList<>();
    List<String> forward = new ArrayList<>();
    for (Network network : sorted(tenant)) {
      String four = network.gateway() + "/" + network.prefix();
      resolvers.add(network.name() + "=" + four + "," + network.gateway6() + "/64");
      if (!servers(network).isEmpty()) {
        forward.add(network.name() + "=" + String.join(",", servers(network)));
      }
    }
    return TenantConf.setting("RESOLVERS", String.join(" ", resolvers))
        + (forward.isEmpty() ? "" : TenantConf.setting("FORWARD", String.join(" ", forward)));
  }

  private static List<Network> sorted(ResolvedTenant tenant) {
    return tenant.networks().stream().sorted(Comparator.comparing(Network::name)).toList();
  }

  /** The host's addresses in a network, as sockets listen on them. */
  private static List<String> addresses(Network network) {
    return List.of(network.gateway(), "[" + network.gateway6() + "]");
  }

  /** Who is asked for names that are not the tenant's: nobody in a network without a way out. */
  static List<String> servers(Network network) {
    if (!network.mode().leads()) {
      return List.of();
    }
    return network.dns().isEmpty() ? List.of(HOST) : network.dns();
  }
}
