package io.bitbuilder.testbed.matrix;

import io.bitbuilder.testbed.Host;
import io.bitbuilder.testbed.Json;
import io.bitbuilder.testbed.matrix.Party.Role;
import java.util.List;

/**
 * Two namespaces on a plain bridge in a third, without anything that filters: where everything has
 * to arrive, or the tools see nothing.
 */
public final class Bench {
  private static final String BUILD =
      """
      ip netns add bench-host
      ip -n bench-host link add name bridge0 type bridge
      n=1
      for name in one two; do
        ip netns add "bench-$name"
        ip -n bench-host link add name "port-$name" type veth peer name eth0 netns "bench-$name"
        ip -n bench-host link set "port-$name" master bridge0 up
        ip -n "bench-$name" link set lo up
        ip -n "bench-$name" link set eth0 up
        n=$((n + 1))
        ip -n "bench-$name" address add "198.51.100.$n/24" dev eth0
        ip -n "bench-$name" address add "2001:db8:1::$n/64" dev eth0 nodad
      done
      ip -n bench-host link set lo up
      ip -n bench-host link set bridge0 up
      ip -n bench-host address add 198.51.100.1/24 dev bridge0
      ip -n bench-host address add 2001:db8:1::1/64 dev bridge0 nodad
      # Link-local addresses become usable a moment after the links are up.
      until ! ip -n bench-host -6 address show tentative | grep -q inet6 &&
        ! ip -n bench-one -6 address show tentative | grep -q inet6 &&
        ! ip -n bench-two -6 address show tentative | grep -q inet6; do sleep 0.1; done\
      """;

  private final Host host;

  private Bench(Host host) {
    this.host = host;
  }

  /** Sets one up on a host. */
  public static List<Party> on(Host host) {
    host.sh(BUILD);
    Bench bench = new Bench(host);
    Party gateway = bench.party("host", Role.GATEWAY, "stack", "bridge0", null);
    return List.of(
        bench.party("one", Role.ISOLATED, "packets", "eth0", gateway),
        bench.party("two", Role.ISOLATED, "packets", "eth0", gateway),
        gateway);
  }

  private Party party(
      String name,
      Role role,
      String mode,
      String link,
      @org.jspecify.annotations.Nullable Party gateway) {
    String space = "bench-" + name;
    Json found = Json.parse(host.sh("ip -n \"$1\" -j address show dev \"$2\"", space, link)).at(0);
    Observer observer = new Observer(space, host, "netns " + space, mode, List.of(link));
    return Cast.party(space, role, "bench", observer, link, found, gateway);
  }
}
