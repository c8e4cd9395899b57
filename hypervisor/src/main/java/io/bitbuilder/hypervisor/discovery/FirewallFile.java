package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;

import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Scalar;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Types;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.List;
import java.util.Set;

/** network/firewall/*.yaml. */
final class FirewallFile {
  private static final Key<String> NAME =
      Key.of("name", Vocabulary.LABEL, LIVE, "What the rule is for.");
  private static final Key<String> ACTION =
      Key.of("action", words("accept", "drop"), LIVE, "What happens.").mandatory();
  private static final Key<String> DIRECTION =
      Key.of("direction", words("in", "out"), LIVE, "Into or out of the network.").or("in", "in");
  private static final Key<String> PROTOCOL =
      Key.of("protocol", words("tcp", "udp", "icmp"), LIVE, "The protocol.").orElse("any");
  private static final Key<List<Integer>> PORTS =
      Key.of("ports", new ListOf<>(Vocabulary.PORT), LIVE, "The ports at the far end.")
          .orElse("any");
  private static final Key<String> FROM =
      Key.of("from", Addresses.RANGE4, LIVE, "Where it comes from.").orElse("anywhere");
  private static final Key<String> TO =
      Key.of("to", Addresses.RANGE4, LIVE, "Where it goes.").orElse("anywhere");
  private static final Key<List<Values>> RULES =
      Key.of(
              "rules",
              new ListOf<>(Shape.of("a rule", NAME, ACTION, DIRECTION, PROTOCOL, PORTS, FROM, TO)),
              LIVE,
              "Rules, the first that fits decides.")
          .later();

  static final Shape SHAPE = Shape.of("firewall rules", RULES);

  private FirewallFile() {}

  static void read(Reading reading) {
    SHAPE.read(reading.document().root(), reading);
  }

  private static Scalar<String> words(String... words) {
    return Types.choice(Types.words(List.of(words), List.of(words)), Set.of());
  }
}
