package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.Firewall.Action;
import io.bitbuilder.hypervisor.model.Firewall.Protocol;
import io.bitbuilder.hypervisor.model.PortRange;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.MapOf;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Scalar;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Type;
import io.bitbuilder.hypervisor.schema.Types;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** network/firewall/*.yaml. Names in it are looked up by {@link Firewalls}. */
final class FirewallFile {
  static final String PARTY_EXPECTED =
      "any, outside, the name of a container or machine, network/NAME, label/NAME, group/NAME, or a"
          + " subnet such as 192.0.2.0/24 or 2001:db8::/32";

  private static final Scalar<String> PARTY =
      Types.text(
          "party",
          PARTY_EXPECTED,
          Code.BB204,
          Map.of("type", "string"),
          text -> isName(text) || Addresses.isRange(text));

  /** A port, or two with a dash between them. */
  static final Scalar<PortRange> PORTS_TYPE =
      new Scalar<>(
          "port or range of ports",
          "a port from 1 to 65535, or a range such as 8000-8010",
          Map.of("type", List.of("integer", "string")),
          (node, reading) -> {
            Optional<PortRange> range = range(node.text());
            if (range.isEmpty()) {
              reading.error(
                  Code.BB205,
                  node,
                  Quote.quote(node.text()) + " is neither a port nor a range of ports",
                  "a port from 1 to 65535, or a range such as 8000-8010",
                  "");
            }
            return range.orElse(null);
          });

  static final Key<String> NAME = Key.of("name", Vocabulary.LABEL, LIVE, "What the rule is for.");
  static final Key<Action> ACTION =
      Key.of(
              "action",
              Types.choice(
                  Types.words(
                      List.of("accept", "drop", "reject"),
                      List.of(Action.ACCEPT, Action.DROP, Action.REJECT)),
                  Set.of()),
              LIVE,
              "What happens to what the rule fits. `reject` tells the sender.")
          .mandatory();
  static final Key<String> FROM =
      Key.of("from", PARTY, LIVE, "Who begins the connection.").or("any", "any");
  static final Key<String> TO = Key.of("to", PARTY, LIVE, "Whom it is for.").or("any", "any");
  static final Key<Protocol> PROTOCOL =
      Key.of(
              "protocol",
              Types.choice(
                  Types.words(
                      List.of("any", "tcp", "udp", "icmp"),
                      List.of(Protocol.ANY, Protocol.TCP, Protocol.UDP, Protocol.ICMP)),
                  Set.of()),
              LIVE,
              "The protocol; `icmp` is that of IPv4 and that of IPv6.")
          .or(Protocol.ANY, "any");
  static final Key<List<PortRange>> PORTS =
      Key.of("ports", new ListOf<>(PORTS_TYPE), LIVE, "The ports of the receiver.").orElse("all");
  static final Key<Boolean> LOG =
      Key.of(
              "log",
              Types.BOOLEAN,
              LIVE,
              "Whether the kernel tells the journal what the rule fits, ten times a second at most.")
          .or(false, "false");
  static final Key<List<Values>> RULES =
      Key.of(
          "rules",
          new ListOf<>(Shape.of("a rule", NAME, ACTION, FROM, TO, PROTOCOL, PORTS, LOG)),
          LIVE,
          "Rules for new connections; the first that fits decides. Answers always pass. Files are"
              + " taken in the order of their names.");

  static final Key<Boolean> WITHIN =
      Key.of("within", verdict(), LIVE, "Whether its members reach each other.").or(true, "accept");
  static final Key<Boolean> IN =
      Key.of(
              "in",
              verdict(),
              LIVE,
              "Whether its members are reached from other networks of the tenant and, where the"
                  + " network has a way to the outside, from there.")
          .or(false, "drop");
  static final Key<Boolean> OUT =
      Key.of("out", verdict(), LIVE, "Whether its members reach others, where there is a way.")
          .or(true, "accept");
  static final Key<SortedMap<String, Values>> POLICY =
      Key.of(
          "policy",
          byName("network name", Shape.of("a policy", WITHIN, IN, OUT)),
          LIVE,
          "By network: what happens to what no rule fits.");
  static final Key<SortedMap<String, List<ResourceName>>> GROUPS =
      Key.of(
          "groups",
          byName("group name", new ListOf<>(Types.NAME)),
          LIVE,
          "Containers and machines under a name, for `group/NAME` in rules of all files.");

  static final Shape SHAPE = Shape.of("firewall rules", POLICY, GROUPS, RULES);

  private FirewallFile() {}

  /** What the file says; empty when it is no mapping. */
  static Optional<Values> read(Reading reading) {
    return Optional.ofNullable(SHAPE.read(reading.document().root(), reading));
  }

  private static boolean isName(String text) {
    int slash = text.indexOf('/');
    String kind = slash < 0 ? "" : text.substring(0, slash);
    return ResourceName.isValid(text.substring(slash + 1))
        && (slash < 0 || Set.of("network", "label", "group").contains(kind));
  }

  private static Optional<PortRange> range(String text) {
    int dash = text.indexOf('-');
    int first = number(dash < 0 ? text : text.substring(0, dash));
    int last = dash < 0 ? first : number(text.substring(dash + 1));
    return PortRange.isValid(first, last)
        ? Optional.of(new PortRange(first, last))
        : Optional.empty();
  }

  private static int number(String text) {
    boolean decimal =
        !text.isEmpty()
            && text.length() <= 5
            && text.charAt(0) != '0'
            && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return decimal ? Integer.parseInt(text) : -1;
  }

  private static Scalar<Boolean> verdict() {
    return Types.choice(Types.words(List.of("accept", "drop"), List.of(true, false)), Set.of());
  }

  private static <T> MapOf<T> byName(String word, Type<T> type) {
    return new MapOf<>(word, ResourceName.EXPECTED, ResourceName::isValid, type);
  }
}
