package io.bitbuilder.hypervisor.generation;

import io.bitbuilder.hypervisor.model.Firewall.Action;
import io.bitbuilder.hypervisor.model.Firewall.Policy;
import io.bitbuilder.hypervisor.model.Firewall.Protocol;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Tenant.Network.Mode;
import io.bitbuilder.hypervisor.network.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The members {@code networks} and {@code rules} of {@code manifest.json}, which nothing is run by:
 * they are for whoever looks. Manifests of earlier versions have neither.
 */
final class ManifestTopology {
  private static final int RULES = 20_000;
  private static final int TEXT = 100_000;
  private static final String DIRECTORY = "network/firewall/";
  private static final Pattern ADDRESS6 = Reach.SUBNET6;
  private static final Pattern PORTS = Pattern.compile("[0-9]{1,5}(-[0-9]{1,5})?");

  private ManifestTopology() {}

  static void put(Topology topology, Map<String, Object> map) {
    map.put("networks", topology.networks().stream().map(ManifestTopology::toValue).toList());
    map.put("rules", topology.rules().stream().map(ManifestTopology::toValue).toList());
  }

  private static Map<String, Object> toValue(Topology.Net network) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", network.name().value());
    map.put("mode", network.mode().word());
    map.put("bridge", network.bridge());
    map.put("address", network.address());
    map.put("address6", network.address6());
    map.put("mtu", (long) network.mtu());
    map.put("bandwidth", network.bandwidth());
    map.put("within", network.policy().within());
    map.put("in", network.policy().in());
    map.put("out", network.policy().out());
    return map;
  }

  private static Map<String, Object> toValue(Topology.Rule rule) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("file", rule.file());
    map.put("line", (long) rule.line());
    map.put("position", (long) rule.position());
    map.put("name", rule.name());
    map.put("action", rule.action());
    map.put("from", rule.from());
    map.put("to", rule.to());
    map.put("protocol", rule.protocol());
    map.put("ports", rule.ports());
    map.put("log", rule.log());
    return map;
  }

  /**
   * Reads what {@link #put} wrote.
   *
   * @throws IllegalArgumentException when it is something else
   */
  static Topology of(Fields fields) {
    if (!fields.map().containsKey("networks")) {
      return Topology.NONE;
    }
    List<Topology.Net> networks = new ArrayList<>();
    for (Fields network : fields.objects("networks")) {
      networks.add(
          new Topology.Net(
              new ResourceName(network.text("name")),
              mode(network.text("mode")),
              network.text("bridge"),
              network.text("address"),
              network.text("address6"),
              Math.toIntExact(network.number("mtu")),
              network.number("bandwidth"),
              new Policy(network.flag("within"), network.flag("in"), network.flag("out"))));
    }
    List<Topology.Rule> rules = new ArrayList<>();
    for (Fields rule : fields.objects("rules")) {
      rules.add(
          new Topology.Rule(
              rule.text("file"),
              Math.toIntExact(rule.number("line")),
              Math.toIntExact(rule.number("position")),
              rule.text("name"),
              rule.text("action"),
              rule.text("from"),
              rule.text("to"),
              rule.text("protocol"),
              rule.texts("ports"),
              rule.flag("log")));
    }
    return new Topology(networks, rules);
  }

  private static Mode mode(String word) {
    for (Mode mode : Mode.values()) {
      if (mode.word().equals(word)) {
        return mode;
      }
    }
    throw new IllegalArgumentException("network of an unknown mode");
  }

  /**
   * Whether it is of the shape the compiler writes; what it says of the tenant is shown, no more.
   */
  static boolean admits(Topology topology) {
    return topology.rules().size() <= RULES
        && topology.networks().stream().allMatch(ManifestTopology::admits)
        && topology.rules().stream().allMatch(ManifestTopology::admits);
  }

  private static boolean admits(Topology.Net network) {
    return Contents.isBridge(network.bridge())
        && Reach.SUBNET.matcher(network.address()).matches()
        && ADDRESS6.matcher(network.address6()).matches()
        && network.mtu() >= 0
        && network.bandwidth() >= 0;
  }

  private static boolean admits(Topology.Rule rule) {
    return rule.file().startsWith(DIRECTORY)
        && rule.file().indexOf('/', DIRECTORY.length()) < 0
        && rule.line() > 0
        && rule.position() > 0
        && isWord(rule.action(), Action.values())
        && isWord(rule.protocol(), Protocol.values())
        && rule.ports().stream().allMatch(ports -> PORTS.matcher(ports).matches())
        && rule.file().length() + rule.name().length() + rule.from().length() + rule.to().length()
            <= TEXT;
  }

  private static boolean isWord(String word, Action[] actions) {
    return List.of(actions).stream().anyMatch(action -> action.word().equals(word));
  }

  private static boolean isWord(String word, Protocol[] protocols) {
    return List.of(protocols).stream().anyMatch(protocol -> protocol.word().equals(word));
  }
}
