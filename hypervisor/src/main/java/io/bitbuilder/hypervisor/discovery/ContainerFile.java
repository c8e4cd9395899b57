package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;
import static io.bitbuilder.hypervisor.schema.Consequence.RECREATE;
import static io.bitbuilder.hypervisor.schema.Consequence.RESTART;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.document.Document;
import io.bitbuilder.hypervisor.document.Node;
import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Types;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
  private static final Key<String> UID =
      Key.of(
              "uid",
              Vocabulary.UID,
              RECREATE,
              "What its address, UID range and data are kept under. Set it to the old name when you"
                  + " rename a container, and it keeps them.")
          .orElse("the name of the container");
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
  private static final Key<Boolean> AUTOSTART =
      Key.of("autostart", Types.BOOLEAN, LIVE, "Whether it starts with its tenant.")
          .or(true, "true");
  private static final Key<List<String>> CAPABILITIES =
      Key.of(
          "capabilities",
          new ListOf<>(Vocabulary.CAPABILITY),
          RESTART,
          "Capabilities beyond those every container has, inside its own user namespace.");
  private static final Key<List<ResourceName>> NETWORKS =
      Key.of(
              "networks",
              new ListOf<>(Types.NAME),
              RESTART,
              "The network it joins; this version supports one. An empty list leaves it without.")
          .orElse("the tenant's first network");
  private static final Key<SortedMap<String, String>> CREDENTIALS =
      Key.of(
          "credentials",
          Vocabulary.credentials(),
          RESTART,
          "Names of credentials inside, each with a name the host operator knows it by: for `db` the"
              + " operator keeps the system credential `tenant.<tenant id>.db`.");
  private static final Key<Values> LIMITS =
      Key.of("limits", LimitKeys.SHAPE, LIVE, "Limits of this container alone.");
  private static final Key<Container.Restart> RESTART_KEY =
      Key.of(
              "restart",
              Types.choice(
                  Types.words(
                      List.of("no", "on-failure", "always"),
                      List.of(
                          Container.Restart.NO,
                          Container.Restart.ON_FAILURE,
                          Container.Restart.ALWAYS)),
                  Set.of()),
              LIVE,
              "When it is started again after it ended.")
          .or(Container.Restart.ON_FAILURE, "on-failure");
  private static final Key<Values> HEALTH =
      Key.of("health", CheckKeys.SHAPE, LIVE, "How to tell that it is well.");

  static final Shape SHAPE =
      Shape.of(
          "container",
          IMAGE,
          UID,
          COMMAND,
          BOOT,
          ENVIRONMENT,
          EPHEMERAL,
          READ_ONLY,
          AUTOSTART,
          CAPABILITIES,
          PortKeys.PORTS,
          NETWORKS,
          VolumeKeys.VOLUMES,
          Inventory.USERS,
          Inventory.EXTENSIONS,
          CREDENTIALS,
          LIMITS,
          RESTART_KEY,
          HEALTH);

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
            values.find(UID).orElse(name.value()),
            values.get(IMAGE),
            values.list(COMMAND),
            values.find(ENVIRONMENT).orElseGet(TreeMap::new),
            values.get(EPHEMERAL),
            values.get(READ_ONLY),
            values.get(AUTOSTART),
            values.list(CAPABILITIES),
            values.has(NETWORKS)
                ? values.list(NETWORKS)
                : networks.map(Networks::first).orElse(List.of()),
            VolumeKeys.volumes(values),
            values.find(CREDENTIALS).orElseGet(TreeMap::new),
            LimitKeys.limits(values.section(LIMITS)),
            values.get(RESTART_KEY),
            CheckKeys.checks(values.section(HEALTH)),
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
    unique(values, CAPABILITIES);
    unique(values, NETWORKS);
    networks.ifPresent(known -> known.check(values, NETWORKS));
    VolumeKeys.check(values);
    PortKeys.check(values);
    inventory.checkUsers(values);
    inventory.checkExtensions(values);
    LimitKeys.check(values.section(LIMITS));
    boolean boots = values.node().get(COMMAND.name()) == null;
    CheckKeys.check(values.section(HEALTH), boots);
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

  /** Reports values that a list holds twice. */
  static <T> void unique(Values values, Key<List<T>> key) {
    Map<String, Node> seen = new HashMap<>();
    for (Node.Scalar written : values.written(key)) {
      Node first = seen.putIfAbsent(written.text(), written);
      if (first != null) {
        Document document = values.reading().document();
        values
            .reading()
            .add(
                new Diagnostic(
                    Code.BB305,
                    Quote.quote(written.text()) + " is listed twice",
                    document.at(written),
                    "every value once",
                    "remove one of the two",
                    List.of(new Diagnostic.Note("first listed at", document.at(first)))));
      }
    }
  }
}
