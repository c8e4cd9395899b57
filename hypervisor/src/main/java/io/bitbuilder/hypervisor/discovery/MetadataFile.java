package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;
import static io.bitbuilder.hypervisor.schema.Consequence.RECREATE;
import static io.bitbuilder.hypervisor.schema.Consequence.RESTART;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.Tenant.Network.Mode;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.schema.Amounts;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Types;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** metadata.json. */
final class MetadataFile {
  static final Key<TenantId> ID =
      Key.of(
              "id",
              Types.TENANT_ID,
              RECREATE,
              "The immutable id of the tenant, the same as in the registry.")
          .mandatory();
  static final Key<String> NAME =
      Key.of("name", Vocabulary.LABEL, LIVE, "A name for people.").orElse("the id");
  static final Key<Tenant.Type> TYPE =
      Key.of(
              "type",
              Types.choice(
                  Types.words(
                      List.of("vm", "container"), List.of(Tenant.Type.VM, Tenant.Type.CONTAINER)),
                  Set.of()),
              RECREATE,
              "What the infrastructure instance is.")
          .or(Tenant.Type.CONTAINER, "container");
  static final Key<Boolean> ENABLED =
      Key.of("enabled", Types.BOOLEAN, LIVE, "False stops all of the tenant and keeps its data.")
          .or(true, "true");
  static final Key<Values> TENANT =
      Key.of("tenant", Shape.of("tenant", ID, NAME, TYPE, ENABLED), RECREATE, "Who the tenant is.")
          .mandatory();

  static final Key<Integer> CPU =
      Key.of("cpu", Amounts.CPU, LIVE, "Processors it claims of its quota.").mandatory();
  static final Key<ByteSize> MEMORY =
      Key.of("memory", Amounts.SIZE, LIVE, "Memory it claims of its quota.").mandatory();
  static final Key<ByteSize> STORAGE =
      Key.of("storage", Amounts.SIZE, LIVE, "Storage it claims of its quota, and can use at most.")
          .mandatory();
  static final Key<Values> RESOURCES =
      Key.of(
              "resources",
              Shape.of("resources", CPU, MEMORY, STORAGE),
              LIVE,
              "What the tenant as a whole may use.")
          .mandatory();

  static final Key<String> INTERFACE_NAME =
      Key.of(
              "name",
              Vocabulary.INTERFACE,
              RESTART,
              "Its name. Without network/topology.yaml it is also the name of the network.")
          .mandatory();
  static final Key<String> INTERFACE_TYPE =
      Key.of(
              "type",
              Types.choice(Types.words(List.of("bridge"), List.of("bridge")), Set.of()),
              RESTART,
              "How it is connected.")
          .or("bridge", "bridge");
  static final Key<String> BRIDGE =
      Key.of(
              "bridge",
              Vocabulary.BRIDGE,
              RESTART,
              "The bridge it is connected to. With network/topology.yaml one of the bridges there.")
          .orElse("one of ours");
  static final Key<List<Values>> INTERFACES =
      Key.of(
          "interfaces",
          new ListOf<>(Shape.of("an interface", INTERFACE_NAME, INTERFACE_TYPE, BRIDGE)),
          RESTART,
          "The interface of the infrastructure instance, and of containers that name no network."
              + " This version supports one.");
  static final Key<Mode> MODE =
      Key.of("mode", TopologyFile.MODES, RESTART, "How its network is connected.")
          .or(Mode.ISOLATED_BRIDGE, "isolated-bridge");
  static final Key<Values> NETWORK =
      Key.of("network", Shape.of("network", MODE, INTERFACES), RESTART, "Its first network.");

  static final Key<List<String>> EXTENSIONS =
      Key.of(
              "extensions",
              new ListOf<>(Vocabulary.STEM),
              RESTART,
              "Extensions that are enabled, each a file of extensions/ without its suffix.")
          .later();
  static final Key<List<String>> SERVICES =
      Key.of(
              "services",
              new ListOf<>(Vocabulary.STEM),
              RESTART,
              "Portable services that are enabled, each a file of services/ without its suffix.")
          .later();
  private static final Key<String> ISOLATION =
      Key.of(
              "isolation",
              Types.choice(
                  Types.words(
                      List.of("namespace", "vm", "confidential"),
                      List.of("namespace", "vm", "confidential")),
                  Set.of("vm", "confidential")),
              RECREATE,
              "What keeps the tenant apart from others.")
          .or("namespace", "namespace");
  private static final Key<Boolean> ENCRYPTION =
      Key.of("encryption", Types.BOOLEAN, RECREATE, "Whether its data is encrypted on disk.")
          .or(false, "false")
          .later();
  private static final Key<Values> SECURITY =
      Key.of(
          "security",
          Shape.of("security", ISOLATION, ENCRYPTION),
          RECREATE,
          "How it is kept apart.");

  static final Shape SHAPE =
      Shape.of("metadata.json", TENANT, RESOURCES, NETWORK, EXTENSIONS, SERVICES, SECURITY);

  private MetadataFile() {}

  /** The document's values; empty when it is no mapping. */
  static Optional<Values> read(Reading reading) {
    Values values = SHAPE.read(reading.document().root(), reading);
    if (values != null) {
      check(values.section(NETWORK));
    }
    return Optional.ofNullable(values);
  }

  private static void check(Values network) {
    List<Values> interfaces = network.list(INTERFACES);
    if (interfaces.size() > 1) {
      network
          .reading()
          .add(
              Code.BB212,
              network.reading().document().at(interfaces.get(1).node()),
              "a second interface is not supported by this version",
              "one interface",
              "declare further networks in network/topology.yaml");
    }
    if (network.get(MODE) == Mode.ROUTED || network.get(MODE) == Mode.VXLAN) {
      network
          .reading()
          .add(
              Code.BB213,
              network.at(MODE),
              "a network of this mode needs more than metadata.json has keys for",
              "isolated-bridge, nat or none",
              "declare it in network/topology.yaml");
    }
    if (network.get(MODE) == Mode.NONE && !interfaces.isEmpty()) {
      network
          .reading()
          .errorAtKey(
              Code.BB213,
              network.node(),
              INTERFACES.name(),
              "`mode: none` and `interfaces` exclude each other",
              "one of the two",
              "");
    }
  }
}
