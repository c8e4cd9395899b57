package io.bitbuilder.testbed;

import io.bitbuilder.testbed.matrix.Cast;
import io.bitbuilder.testbed.matrix.Exchange;
import io.bitbuilder.testbed.matrix.Family;
import io.bitbuilder.testbed.matrix.Party.Role;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Two tenants with two networks each, one of them with a way out, and two hosts beyond the uplink.
 * Root inside every container has set its routes as an attacker would.
 */
final class NetworkStage implements BeforeAllCallback, AfterAllCallback {
  /** Network and role by container, per tenant. */
  private static final Map<String, Map<String, String>> TENANTS =
      new TreeMap<>(
          Map.of(
              "acme", new TreeMap<>(Map.of("web", "lan", "db", "lan", "edge", "out")),
              "globex", new TreeMap<>(Map.of("spy", "lan", "gate", "out", "relay", "out"))));

  private static final String GUEST =
      """
      image: host
      command: [/bin/sh, -c, "trap 'exit 0' TERM; sleep infinity & wait"]
      capabilities: [CAP_NET_ADMIN]
      """;
  private static final String TOPOLOGY =
      """
      networks:
        - {name: lan, mode: isolated-bridge}
        - {name: out, mode: nat}
      """;

  /** $1 and $2 are the host's addresses: a peer that knows how to reach the tenants' networks. */
  private static final String PEER =
      """
      ip route add 10.128.0.0/9 via "$1"
      ip -6 route add fd00:b17b::/32 via "$2"
      ip route add 198.51.100.0/24 via "$1"
      ip -6 route add 2001:db8:1::/48 via "$2"\
      """;

  /** The metadata service of a cloud, and a private network the host is in. */
  private static final String METADATA =
      """
      ip address add 10.99.0.1/32 dev lo
      ip -6 address add fd99::1/128 dev lo nodad
      ip address add 169.254.169.254/32 dev lo
      ip -6 address add fd00:ec2::254/128 dev lo nodad\
      """;

  /**
   * $1 and $2 are addresses of who has it. In networkd's own words, or it forgets them with a
   * restart.
   */
  private static final String TO_METADATA =
      """
      mkdir -p /etc/systemd/network/20-testbed.network.d
      for address in 10.99.0.1 169.254.169.254; do
        printf '[Route]\\nDestination=%s\\nGateway=%s\\n' "$address" "$1"
      done >/etc/systemd/network/20-testbed.network.d/beyond.conf
      for address in fd99::1 fd00:ec2::254; do
        printf '[Route]\\nDestination=%s\\nGateway=%s\\n' "$address" "$2"
      done >>/etc/systemd/network/20-testbed.network.d/beyond.conf
      networkctl reload
      until ip -6 route show | grep -q fd00:ec2::254 && ip route show | grep -q 169.254.169.254; do sleep 0.1; done\
      """;

  /** $1 a machine, $2 and $3 the host's addresses on its link; not even asked for is a default. */
  private static final String ROUTES =
      """
      leader=$(machinectl show -P Leader "$1")
      nsenter --target "$leader" --net sh -euc '
        ip route show default | grep -q . || ip route add default via "$1"
        [ -z "$2" ] || ip -6 route show default | grep -q . || ip -6 route add default via "$2" dev host0
      ' sh "$2" "$3"\
      """;

  private final Scene scene;
  private @Nullable Host peer;
  private @Nullable Host second;
  private @Nullable Cast cast;

  NetworkStage(Scene scene) {
    this.scene = scene;
  }

  /** Who is there. */
  Cast cast() {
    return set(cast);
  }

  /** One beyond the uplink. */
  Host peer() {
    return set(peer);
  }

  private static <T> T set(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("the stage is not set");
    }
    return value;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    Site site = scene.site();
    peer = Host.boot("peer");
    second = Host.boot("second");
    site.config(Site.defaultConfig() + "network: {uplink: host0}\n");
    TENANTS.forEach((tenant, containers) -> site.push(tenant, "first", tree(tenant, containers)));
    site.register(TENANTS.keySet().toArray(String[]::new)).publish();
    site.sync(0);
    for (Host one : List.of(site.host(), peer(), second())) {
      one.write(Exchange.PROBE, Exchange.script());
    }
    Cast everybody = new Cast(site);
    TENANTS.forEach((tenant, containers) ->
        containers.forEach((name, network) ->
            everybody.guest(
                tenant, network, network.equals("out") ? Role.NAT : Role.ISOLATED, name)));
    everybody.peer("second host", second()).peer("peer", peer());
    everybody.beside("left", 1).beside("right", 2);
    connect(site.host(), everybody);
    everybody
        .forbidden(
            "metadata service",
            true,
            Map.of(Family.V4, "169.254.169.254", Family.V6, "fd00:ec2::254"))
        .forbidden("host's loopback", false, Map.of(Family.V4, "127.0.0.1", Family.V6, "::1"));
    cast = everybody;
  }

  private Host second() {
    return set(second);
  }

  private static Tree tree(String tenant, Map<String, String> containers) {
    Tree tree = Tree.tenant(tenant).with("network/topology.yaml", TOPOLOGY);
    for (Map.Entry<String, String> one : containers.entrySet()) {
      tree =
          tree.container(one.getKey(), GUEST + "networks: [" + one.getValue() + "]\n")
              .with(
                  "containers/" + one.getKey() + "/rootfs-overlay" + Exchange.PROBE,
                  Exchange.script());
    }
    return tree;
  }

  private void connect(Host host, Cast everybody) {
    String v4 = everybody.host().address(Family.V4);
    String v6 = everybody.host().address(Family.V6);
    for (Host one : List.of(peer(), second())) {
      one.sh(PEER, v4, v6);
    }
    peer().sh(METADATA);
    var metadata = everybody.named("peer");
    host.sh(TO_METADATA, metadata.address(Family.V4), metadata.address(Family.V6));
    for (var guest : everybody.guests()) {
      var gateway = guest.via();
      host.sh(
          ROUTES,
          guest.observer().name(),
          gateway.address(Family.V4),
          gateway.has(Family.V6) ? gateway.address(Family.V6) : "");
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (peer != null) {
      peer.close();
    }
    if (second != null) {
      second.close();
    }
  }
}
