package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;
import static io.bitbuilder.hypervisor.schema.Consequence.RESTART;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Types;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** containers/&lt;name&gt;/config.yaml. */
final class ContainerFile {
  private static final Key<String> IMAGE =
      Key.of(
              "image",
              Vocabulary.IMAGE,
              RESTART,
              "What it starts from: `host` is the host's own read-only /usr, any other name is one"
                  + " of the operator's catalogue.")
          .or("host", "host");
  private static final Key<List<String>> COMMAND =
      Key.of(
          "command",
          new ListOf<>(Vocabulary.ARGUMENT),
          RESTART,
          "A program and its arguments to run instead of an init. When it ends with 0 and `restart`"
              + " is not `always`, the container is `exited`: that is well unless it has health"
              + " checks, and it runs again when its tenant starts or its definition changes.");
  private static final Key<Boolean> BOOT =
      Key.of("boot", Types.BOOLEAN, RESTART, "Whether it runs an init of its own.")
          .orElse("true without `command`");
  private static final Key<SortedMap<String, String>> ENVIRONMENT =
      Key.of(
          "environment",
          Vocabulary.environment(),
          RESTART,
          "Environment variables of the command or of its init.");
  private static final Key<Boolean> EPHEMERAL =
      Key.of("ephemeral", Types.BOOLEAN, RESTART, "Whether what it writes is lost when it stops.")
          .or(false, "false");
  private static final Key<Boolean> READ_ONLY =
      Key.of("readOnly", Types.BOOLEAN, RESTART, "Whether its root is read-only.")
          .or(false, "false");
  private static final Key<List<String>> CAPABILITIES =
      Key.of(
          "capabilities",
          new ListOf<>(Vocabulary.CAPABILITY),
          RESTART,
          "Capabilities beyond those every container has, inside its own user namespace.");
  private static final Key<Values> LIMITS =
      Key.of("limits", LimitKeys.CONTAINER, LIVE, "Limits of this container alone.");
  static final Shape SHAPE =
      Shape.of(
          "container",
          IMAGE,
          GuestKeys.UID,
          COMMAND,
          BOOT,
          ENVIRONMENT,
          EPHEMERAL,
          READ_ONLY,
          GuestKeys.AUTOSTART,
          CAPABILITIES,
          PortKeys.PORTS,
          GuestKeys.NETWORKS,
          GuestKeys.LABELS,
          VolumeKeys.VOLUMES,
          Inventory.USERS,
          Inventory.EXTENSIONS,
          GuestKeys.CREDENTIALS,
          LIMITS,
          GuestKeys.RESTART_KEY,
          GuestKeys.HEALTH);

  private ContainerFile() {}

  /**
   * Reads a container.
   *
   * @param networks the tenant's networks, empty when they could not be read
   * @return empty exactly after findings
   */
  static Optional<Container> read(
      ResourceName name,
      Reading reading,
      Optional<Networks> networks,
      Inventory inventory,
      List<SourceTree.Entry> overlay) {
    Values values = SHAPE.read(reading.document().root(), reading);
    if (values == null) {
      return Optional.empty();
    }
    check(values, networks, inventory);
    if (reading.failed()) {
      return Optional.empty();
    }
    return Optional.of(
        new Container(
            name,
            GuestKeys.uid(values, name),
            values.get(IMAGE),
            values.list(COMMAND),
            values.find(ENVIRONMENT).orElseGet(TreeMap::new),
            values.get(EPHEMERAL),
            values.get(READ_ONLY),
            values.get(GuestKeys.AUTOSTART),
            values.list(CAPABILITIES),
            GuestKeys.networks(values, networks),
            values.list(GuestKeys.LABELS),
            PortKeys.published(values, PortKeys.PORTS),
            VolumeKeys.volumes(values),
            GuestKeys.credentials(values),
            LimitKeys.limits(values.section(LIMITS)),
            values.get(GuestKeys.RESTART_KEY),
            CheckKeys.checks(values.section(GuestKeys.HEALTH)),
            overlay,
            pointer -> reading.document().at(pointer)));
  }

  private static void check(Values values, Optional<Networks> networks, Inventory inventory) {
    checkCommand(values);
    if (values.get(EPHEMERAL) && values.get(READ_ONLY)) {
      values
          .reading()
          .add(
              Code.BB213,
              values.at(READ_ONLY),
              "`readOnly` and `ephemeral` exclude each other",
              "one of the two",
              "remove `ephemeral`: a read-only container writes nothing to lose");
    }
    GuestKeys.unique(values, CAPABILITIES);
    GuestKeys.check(values, networks, inventory);
    VolumeKeys.check(values);
    PortKeys.check(values, PortKeys.PORTS);
    LimitKeys.check(values.section(LIMITS));
    boolean boots = values.node().get(COMMAND.name()) == null;
    CheckKeys.check(
        values.section(GuestKeys.HEALTH), boots ? CheckKeys.Place.BOOTED : CheckKeys.Place.COMMAND);
  }

  private static void checkCommand(Values values) {
    if (values.has(COMMAND) && values.get(COMMAND).isEmpty()) {
      emptyCommand(values, COMMAND);
    }
    boolean command = values.node().get(COMMAND.name()) != null;
    Optional<Boolean> boot = values.find(BOOT);
    if (boot.isPresent() && boot.get() == command) {
      values
          .reading()
          .errorAtKey(
              Code.BB213,
              values.node(),
              BOOT.name(),
              command
                  ? "`command` and `boot: true` exclude each other"
                  : "`boot: false` without a `command` leaves nothing to run",
              "either boot: true or a command",
              command ? "remove one of the two" : "add `command`");
    }
  }

  /** Reports a command without a program. */
  static void emptyCommand(Values values, Key<List<String>> key) {
    values
        .reading()
        .add(Code.BB204, values.at(key), "the command is empty", "a program and its arguments", "");
  }
}
