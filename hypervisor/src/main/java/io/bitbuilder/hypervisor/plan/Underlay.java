package io.bitbuilder.hypervisor.plan;

import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.SystemConfig.Fleet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How this host reaches those it shares networks with: a tunnel of its own, in which each host has
 * an address that follows from its name.
 *
 * @param address of this host in it
 * @param port of this host that the others call
 */
public record Underlay(String address, int port, List<Peer> peers) {
  public Underlay {
    peers = List.copyOf(peers);
  }

  /**
   * Another host.
   *
   * @param endpoint where it is called
   * @param address what it has in the tunnel, and nothing else
   */
  public record Peer(String name, String publicKey, String endpoint, String address) {}

  /** That of this host; empty where nothing is encrypted or shared. */
  public static Optional<Underlay> of(SystemConfig config) {
    Fleet fleet = config.fleet();
    Optional<Subnet6> pool = Subnet6.parse(config.network().ipv6Pool());
    Fleet.Member self = fleet.members().get(fleet.self());
    if (!fleet.encrypted() || self == null || pool.isEmpty()) {
      return Optional.empty();
    }
    List<Peer> peers = new ArrayList<>();
    fleet
        .members()
        .forEach((name, member) -> {
          if (!name.equals(fleet.self())) {
            peers.add(
                new Peer(name, member.publicKey(), member.endpoint(), address(pool.get(), name)));
          }
        });
    return Optional.of(new Underlay(address(pool.get(), fleet.self()), self.port(), peers));
  }

  /**
   * The address of a host.
   *
   * @param pool whose first network hosts have their addresses for each other in
   */
  static String address(Subnet6 pool, String host) {
    return pool.network(0).address(Digests.mac("host", host));
  }
}
