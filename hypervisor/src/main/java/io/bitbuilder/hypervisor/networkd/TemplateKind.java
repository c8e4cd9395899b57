package io.bitbuilder.hypervisor.networkd;

import static io.bitbuilder.hypervisor.networkd.ValueTypes.DOMAIN;
import static io.bitbuilder.hypervisor.networkd.ValueTypes.DOMAINS;
import static io.bitbuilder.hypervisor.networkd.ValueTypes.FLAG;
import static io.bitbuilder.hypervisor.networkd.ValueTypes.SERVERS4;
import static io.bitbuilder.hypervisor.networkd.ValueTypes.TEXT;
import static io.bitbuilder.hypervisor.networkd.ValueTypes.TIMEZONE;
import static io.bitbuilder.hypervisor.networkd.ValueTypes.number;
import static io.bitbuilder.hypervisor.networkd.ValueTypes.seconds;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The kinds of network files an operator has a word in, each with what a template may set. All else
 * is the product's, for tenants are kept apart by it: it stands in the file whatever a template
 * says, and nothing a template says stands in the file that is not listed here.
 */
@SuppressWarnings("ImmutableEnumChecker") // the lists are made by List.of
public enum TemplateKind {
  /** The bridge of a network. */
  BRIDGE_DEVICE(
      "10-tenant-bridge.netdev",
      "The bridge of each network of a tenant.",
      List.of(
          Variable.TENANT,
          Variable.NETWORK,
          Variable.MODE,
          Variable.BRIDGE,
          Variable.DOMAIN,
          Variable.GATEWAY,
          Variable.GATEWAY6),
      List.of(
          new Allowed(
              "NetDev",
              "Description",
              TEXT,
              "`Network @network@ of tenant @tenant@`",
              "What it is, for people."),
          new Allowed(
              "NetDev",
              "MTUBytes",
              number(1280, 9000),
              "1500",
              "Bytes a packet may have; `mtu` in a tenant's network/topology.yaml comes first, and so"
                  + " does what is left of a packet between hosts. DHCP hands it out, and a container"
                  + " without an init has it from its next start on."),
          new Allowed(
              "Bridge",
              "AgeingTimeSec",
              seconds("10s", "1d"),
              "300",
              "How long the bridge remembers where a MAC address was seen."),
          new Allowed(
              "Bridge",
              "MulticastIGMPVersion",
              number(2, 3),
              "2",
              "The version of IGMP the bridge speaks."),
          new Allowed(
              "Bridge",
              "MulticastQuerier",
              FLAG,
              "no",
              "Whether the bridge itself asks who wants which group."),
          new Allowed(
              "Bridge",
              "MulticastSnooping",
              FLAG,
              "yes",
              "Whether a group is sent only to those who want it."))),

  /** The host's place in a network. */
  BRIDGE_LINK(
      "10-tenant-bridge.network",
      "The host's end of each network of a tenant: what it hands out there.",
      BRIDGE_DEVICE.variables,
      List.of(
          new Allowed("Network", "Description", TEXT, "none", "What it is, for people."),
          new Allowed(
              "IPv6SendRA",
              "Domains",
              DOMAINS,
              "`@domain@`",
              "Where guests look for names without a dot, told with the router."),
          new Allowed(
              "DHCPServer",
              "DefaultLeaseTimeSec",
              seconds("2min", "30d"),
              "1h",
              "How long a guest keeps its address before it asks again."),
          new Allowed(
              "DHCPServer",
              "Domain",
              DOMAIN,
              "`@domain@`",
              "Where guests look for names without a dot, told with the address."),
          new Allowed(
              "DHCPServer",
              "EmitNTP",
              FLAG,
              "no",
              "Whether guests are told of time servers; with `NTP`."),
          new Allowed(
              "DHCPServer",
              "EmitTimezone",
              FLAG,
              "no",
              "Whether guests are told of a time zone; with `Timezone`."),
          new Allowed(
              "DHCPServer",
              "MaxLeaseTimeSec",
              seconds("2min", "30d"),
              "12h",
              "How long a guest may keep its address when it asks for longer."),
          new Allowed(
              "DHCPServer",
              "NTP",
              SERVERS4,
              "none",
              "The time servers guests are told of. The host itself is none, and a network that"
                  + " leads nowhere does not lead there."),
          new Allowed(
              "DHCPServer",
              "RapidCommit",
              FLAG,
              "yes",
              "Whether a guest that can has its address after one question (RFC 4039)."),
          new Allowed(
              "DHCPServer", "Timezone", TIMEZONE, "none", "The time zone guests are told of."))),

  /** The interface of a tunnel. */
  TUNNEL_DEVICE(
      "20-wg-tenant.netdev",
      "The interface of each WireGuard tunnel of a tenant.",
      List.of(Variable.TENANT, Variable.TUNNEL, Variable.INTERFACE, Variable.DOMAIN),
      List.of(
          new Allowed(
              "NetDev",
              "MTUBytes",
              number(1280, 9000),
              "1420",
              "Bytes a packet may have inside the tunnel; `mtu` in a tenant's file comes first."))),

  /** The host's end of a tunnel. */
  TUNNEL_LINK(
      "20-wg-tenant.network",
      "The host's end of each WireGuard tunnel of a tenant.",
      TUNNEL_DEVICE.variables,
      List.of(new Allowed("Network", "Description", TEXT, "none", "What it is, for people."))),

  /** The interface of a network that spans hosts. */
  SPAN_DEVICE(
      "30-vxlan-tenant.netdev",
      "What joins the bridges of a network of mode `vxlan`, on each of its hosts.",
      BRIDGE_DEVICE.variables,
      List.of(
          new Allowed(
              "NetDev",
              "Description",
              TEXT,
              "`Network @network@ of tenant @tenant@ elsewhere`",
              "What it is, for people."),
          new Allowed(
              "VXLAN",
              "FDBAgeingSec",
              seconds("10s", "1d"),
              "300",
              "How long it remembers behind which host a MAC address was seen."),
          new Allowed(
              "VXLAN",
              "TTL",
              number(1, 255),
              "that of the host's other packets",
              "Over how many routers hosts reach each other."))),

  /** The port of its bridge that leads to the other hosts. */
  SPAN_LINK(
      "30-vxlan-tenant.network",
      "The port of a bridge that leads to the other hosts.",
      SPAN_DEVICE.variables,
      List.of(new Allowed("Network", "Description", TEXT, "none", "What it is, for people.")));

  private final String file;
  private final String doc;
  private final List<Variable> variables;
  private final List<Allowed> allowed;

  TemplateKind(String file, String doc, List<Variable> variables, List<Allowed> allowed) {
    this.file = file;
    this.doc = doc;
    this.variables = variables;
    this.allowed = allowed;
  }

  /**
   * A setting a template may have.
   *
   * @param otherwise what holds without it
   * @param doc a sentence on it
   * @param yields whether the tenant may say so, too, who comes first
   */
  public record Allowed(
      String section, String key, ValueType type, String otherwise, String doc, boolean yields) {
    Allowed(String section, String key, ValueType type, String otherwise, String doc) {
      this(section, key, type, otherwise, doc, key.equals("MTUBytes"));
    }
  }

  /** The name of its file, at the vendor's and at the operator's. */
  public String file() {
    return file;
  }

  /** What files it is for. */
  public String doc() {
    return doc;
  }

  /** What networkd takes it for. */
  public FileKind fileKind() {
    return FileKind.of(file).orElseThrow();
  }

  /** What may be left to be filled in. */
  public List<Variable> variables() {
    return variables;
  }

  /** All a template may set. */
  public List<Allowed> allowed() {
    return allowed;
  }

  /** The setting, where a template may have it. */
  public Optional<Allowed> allowed(String section, String key) {
    return allowed.stream()
        .filter(one -> one.section().equals(section) && one.key().equals(key))
        .findFirst();
  }

  /** The kind with a file of that name. */
  public static Optional<TemplateKind> of(String file) {
    return Arrays.stream(values()).filter(kind -> kind.file.equals(file)).findFirst();
  }
}
