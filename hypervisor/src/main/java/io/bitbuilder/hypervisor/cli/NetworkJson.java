package io.bitbuilder.hypervisor.cli;

import io.bitbuilder.hypervisor.model.Firewall.Policy;
import io.bitbuilder.hypervisor.network.Topology;
import io.bitbuilder.hypervisor.network.Ways;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The networks of a tenant as JSON; its keys are stable. */
final class NetworkJson {
  private NetworkJson() {}

  /** All there is to say of a tenant. */
  static Map<String, Object> of(NetworkView view) {
    Map<String, Object> value = brief(view);
    List<Map<String, Object>> ways = new ArrayList<>();
    view.ways().all().forEach(way -> ways.add(way(way)));
    value.put("ways", ways);
    value.put("tunnels", TenantTunnels.json(view.tunnels()));
    List<Map<String, Object>> rules = new ArrayList<>();
    for (int i = 0; i < view.rules().size(); i++) {
      Ways.Count count = view.ways().counts().getOrDefault(i + 1, Ways.Count.ZERO);
      Map<String, Object> rule = rule(i + 1, view.rules().get(i));
      rule.putAll(count(count));
      rules.add(rule);
    }
    value.put("rules", rules);
    value.put("notes", view.notes());
    return value;
  }

  /** Networks, members and ports. */
  static Map<String, Object> brief(NetworkView view) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("tenant", view.tenant().id().value());
    view.tenant().current().ifPresent(one -> value.put("generation", (long) one.number()));
    value.put("networks", view.networks().stream().map(NetworkJson::network).toList());
    value.put("ports", view.ways().ports().stream().map(port -> port(view, port)).toList());
    return value;
  }

  private static Map<String, Object> network(NetworkView.Net network) {
    Topology.Net net = network.net();
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("name", network.name());
    value.put("mode", net.mode().word());
    value.put("bridge", net.bridge());
    value.put("address", net.address());
    value.put("address6", net.address6());
    value.put("mtu", (long) net.mtu());
    value.put("bandwidth", net.bandwidth());
    value.put("policy", policy(net.policy()));
    value.put("members", network.members().stream().map(NetworkJson::member).toList());
    value.put("otherLeases", network.strangers().stream().map(NetworkJson::lease).toList());
    return value;
  }

  private static Map<String, Object> policy(Policy policy) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("within", word(policy.within()));
    value.put("in", word(policy.in()));
    value.put("out", word(policy.out()));
    return value;
  }

  private static String word(boolean accept) {
    return accept ? "accept" : "drop";
  }

  private static Map<String, Object> member(NetworkView.Member member) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("name", member.name());
    value.put("kind", member.resource().kind().word());
    value.put("state", member.state());
    value.put("address", member.resource().address());
    value.put("address6", member.resource().port().address6());
    value.put("mac", member.resource().mac());
    value.put("link", member.resource().port().link());
    member.lease().ifPresent(lease -> value.put("lease", lease(lease)));
    return value;
  }

  private static Map<String, Object> lease(Leases.Lease lease) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("address", lease.address());
    value.put("mac", lease.mac());
    value.put("name", lease.name());
    value.put("until", lease.until().toString());
    return value;
  }

  private static Map<String, Object> port(NetworkView view, Ways.Port port) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("host", (long) port.host());
    value.put("protocol", port.protocol());
    value.put("guest", view.guest(port.address()));
    value.put("port", (long) port.guest());
    return value;
  }

  private static Map<String, Object> way(Ways.Way way) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("from", way.from());
    value.put("to", way.to());
    value.put("tunnel", way.tunnel());
    value.put("rules", way.rules().stream().map(Integer::longValue).toList());
    value.put("otherwise", word(way.accepts()));
    value.putAll(count(way.otherwise()));
    value.put("published", count(way.published()));
    return value;
  }

  private static Map<String, Object> count(Ways.Count count) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("packets", count.packets());
    value.put("bytes", count.bytes());
    return value;
  }

  /** A rule and where it is written. */
  static Map<String, Object> rule(int number, Topology.Rule rule) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("number", (long) number);
    value.put("file", rule.file());
    value.put("line", (long) rule.line());
    value.put("position", (long) rule.position());
    value.put("name", rule.name());
    value.put("action", rule.action());
    value.put("from", rule.from());
    value.put("to", rule.to());
    value.put("protocol", rule.protocol());
    value.put("ports", rule.ports());
    value.put("log", rule.log());
    return value;
  }
}
