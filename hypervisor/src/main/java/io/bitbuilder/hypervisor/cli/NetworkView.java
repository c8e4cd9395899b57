package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.compiler.Compiled;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.generation.Generation;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.network.Topology;
import io.bitbuilder.hypervisor.network.Ways;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The networks of a tenant as they are, for the tree, JSON and pictures.
 *
 * @param ways with what the kernel counted, when it was asked
 * @param tunnels with what the kernel knows of their peers
 * @param now when it was read
 * @param notes what could not be read, and why; escaped
 */
record NetworkView(
    TenantState tenant,
    List<Net> networks,
    Ways ways,
    List<TenantTunnels.Tunnel> tunnels,
    Instant now,
    List<String> notes) {
  NetworkView {
    networks = List.copyOf(networks);
    tunnels = List.copyOf(tunnels);
    notes = List.copyOf(notes);
  }

  /**
   * A network.
   *
   * @param strangers leases of others than its members
   */
  record Net(Topology.Net net, List<Member> members, List<Leases.Lease> strangers) {
    Net {
      members = List.copyOf(members);
      strangers = List.copyOf(strangers);
    }

    String name() {
      return net.name().value();
    }
  }

  /** A container or machine in a network. */
  record Member(Compiled.Resource resource, String state, Optional<Leases.Lease> lease) {
    String name() {
      return resource.name().value();
    }
  }

  /** What of a tenant is applied, or would be. */
  record Rules(String text, boolean applied) {}

  /**
   * Reads all there is to see.
   *
   * @param counters whether to ask the kernel what it counted, and heard from peers of tunnels
   */
  static NetworkView read(TenantState tenant, boolean counters, Context context)
      throws IOException {
    List<String> notes = new ArrayList<>();
    Topology topology = topology(tenant);
    Ways ways = ways(tenant, topology, counters, context, notes);
    List<Net> networks = new ArrayList<>();
    for (Topology.Net net : topology.networks()) {
      List<Leases.Lease> leases = new ArrayList<>(Leases.read(net.bridge(), context.root(), notes));
      List<Member> members = new ArrayList<>();
      for (Compiled.Resource guest : tenant.guests()) {
        if (guest.bridge().equals(net.bridge())) {
          Optional<Leases.Lease> lease =
              leases.stream().filter(one -> one.mac().equals(guest.mac())).findFirst();
          lease.ifPresent(leases::remove);
          members.add(new Member(guest, tenant.activeState(guest), lease));
        }
      }
      networks.add(new Net(net, members, leases));
    }
    boolean unknown =
        networks.isEmpty() && tenant.guests().stream().anyMatch(one -> !one.bridge().isEmpty());
    if (unknown) {
      notes.add(
          "the generation was made by an earlier version, which wrote down nothing of its"
              + " networks");
    }
    List<TenantTunnels.Tunnel> tunnels =
        counters && tenant.current().isPresent()
            ? TenantTunnels.read(tenant.current().get(), context.root(), context.commands())
            : List.of();
    return new NetworkView(tenant, networks, ways, tunnels, context.clock().instant(), notes);
  }

  private static Topology topology(TenantState tenant) {
    return tenant.current().map(current -> current.manifest().topology()).orElse(Topology.NONE);
  }

  private static Ways ways(
      TenantState tenant, Topology topology, boolean counters, Context context, List<String> notes)
      throws IOException {
    Optional<Rules> rules = rules(tenant, context, notes);
    if (rules.isEmpty()) {
      return Ways.NONE;
    }
    try {
      String text = rules.get().text();
      Map<String, List<Ways.Count>> counts =
          counters && rules.get().applied()
              ? KernelCounters.read(Ways.chains(text), context.commands(), notes)
              : Map.of();
      Ways ways = Ways.of(topology, text, counts);
      ways.changed()
          .forEach(chain ->
              notes.add("counters: chain " + chain + " of the kernel is not as it was applied"));
      return ways;
    } catch (IllegalArgumentException e) {
      notes.add("rules: " + Quote.escape(String.valueOf(e.getMessage()), 400));
      return Ways.NONE;
    }
  }

  /**
   * The tenant's rules as they are applied, or else as its generation has them; empty when it has
   * none.
   *
   * @param notes takes why it is not what is applied
   */
  static Optional<Rules> rules(TenantState tenant, Context context, List<String> notes)
      throws IOException {
    Optional<Generation> current = tenant.current();
    if (current.isEmpty()) {
      return Optional.empty();
    }
    TenantId id = tenant.id();
    Path compiled = current.get().directory().resolve("firewall.nft");
    try {
      Path applied = context.root().resolve("run/tenants").resolve(id.value());
      String text = Files.readString(applied.resolve("firewall.nft"));
      if (!Files.exists(compiled) || !text.equals(Files.readString(compiled))) {
        notes.add("what is applied is not what generation " + current.get().number() + " says");
      }
      return Optional.of(new Rules(text, true));
    } catch (NoSuchFileException _) {
      if (!Files.exists(compiled)) {
        return Optional.empty();
      }
      notes.add("its networks are not up: nothing of its rules is applied");
    } catch (IOException e) {
      notes.add(
          "what is applied cannot be read, so this is what generation "
              + current.get().number()
              + " says: "
              + Quote.escape(String.valueOf(e.getMessage()), 400));
    }
    return Optional.of(new Rules(Files.readString(compiled), false));
  }

  /** The guest that a port of the host leads to, by its address. */
  String guest(String address) {
    return tenant.guests().stream()
        .filter(one -> one.address().equals(address))
        .findFirst()
        .map(one -> one.name().value())
        .orElse(address);
  }

  /** Where the rules are written; the number of a rule is its place, from 1 on. */
  List<Topology.Rule> rules() {
    return topology(tenant).rules();
  }
}
