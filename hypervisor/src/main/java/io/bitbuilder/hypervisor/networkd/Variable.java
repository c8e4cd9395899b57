package io.bitbuilder.hypervisor.networkd;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a template may leave to be filled in, written {@code @name@}. */
public enum Variable {
  TENANT(VariableType.LABEL, "a234567890123456789012345678-32x", "The id of the tenant."),
  NETWORK(
      VariableType.LABEL,
      "a23456789012345678901234567-31x",
      "The name of the network within the tenant."),
  MODE(
      VariableType.LABEL,
      "isolated-bridge",
      "How the network is connected, as in network/topology.yaml."),
  BRIDGE(VariableType.INTERFACE, "br-123456789012", "The interface of the network."),
  TUNNEL(
      VariableType.LABEL,
      "a23456789012345678901234567-31x",
      "The name of the tunnel within the tenant."),
  INTERFACE(VariableType.INTERFACE, "bw-123456789012", "The interface of the tunnel."),
  DOMAIN(
      VariableType.DOMAIN,
      "a234567890123456789012345678-32x.internal",
      "The domain the names of the tenant's containers and machines are in."),
  GATEWAY(VariableType.ADDRESS4, "255.255.255.255", "The host's IPv4 address on the network."),
  GATEWAY6(
      VariableType.ADDRESS6,
      "fd00:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "The host's IPv6 address on the network.");

  private final VariableType type;
  private final String longest;
  private final String doc;

  Variable(VariableType type, String longest, String doc) {
    this.type = type;
    this.longest = longest;
    this.doc = doc;
  }

  /** What it stands for. */
  public VariableType type() {
    return type;
  }

  /** A value of its type, as long as any can be: what is fine with it is fine. */
  String longest() {
    return longest;
  }

  /** A sentence on it. */
  public String doc() {
    return doc;
  }

  /** Its name, without the signs around it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** How a template writes it. */
  public String written() {
    return "@" + word() + "@";
  }

  /** One of these by its name. */
  static Optional<Variable> of(String word, List<Variable> among) {
    return among.stream().filter(variable -> variable.word().equals(word)).findFirst();
  }

  /** All of them. */
  public static List<Variable> all() {
    return Arrays.asList(values());
  }
}
