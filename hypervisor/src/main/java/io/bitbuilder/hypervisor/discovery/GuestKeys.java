package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;
import static io.bitbuilder.hypervisor.schema.Consequence.RECREATE;
import static io.bitbuilder.hypervisor.schema.Consequence.RESTART;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.document.Document;
import io.bitbuilder.hypervisor.document.Node;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.Restart;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.Types;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The keys containers and machines have in common. */
final class GuestKeys {
  static final Key<String> UID =
      Key.of(
              "uid",
              Vocabulary.UID,
              RECREATE,
              "What its address, UID range and data are kept under. Set it to the old name when you"
                  + " rename it, and it keeps them.")
          .orElse("its name");
  static final Key<Boolean> AUTOSTART =
      Key.of("autostart", Types.BOOLEAN, LIVE, "Whether it starts with its tenant.")
          .or(true, "true");
  static final Key<List<ResourceName>> NETWORKS =
      Key.of(
              "networks",
              new ListOf<>(Types.NAME),
              RESTART,
              "The network it joins; this version supports one. An empty list leaves it without.")
          .orElse("the tenant's first network");
  static final Key<List<ResourceName>> LABELS =
      Key.of(
          "labels",
          new ListOf<>(Types.NAME),
          LIVE,
          "Words to group it by, for `label/NAME` in rules of network/firewall/.");
  static final Key<SortedMap<String, String>> CREDENTIALS =
      Key.of(
          "credentials",
          Vocabulary.credentials(),
          RESTART,
          "Names of credentials inside, each with the name of a secret: `db` is the tenant's own when"
              + " its repository has `credentials/db.cred`; otherwise the operator keeps the system"
              + " credential `tenant.<tenant id>.db`.");
  static final Key<Restart> RESTART_KEY =
      Key.of(
              "restart",
              Types.choice(
                  Types.words(
                      List.of("no", "on-failure", "always"),
                      List.of(Restart.NO, Restart.ON_FAILURE, Restart.ALWAYS)),
                  Set.of()),
              LIVE,
              "When it is started again after it ended.")
          .or(Restart.ON_FAILURE, "on-failure");
  static final Key<Values> HEALTH =
      Key.of("health", CheckKeys.SHAPE, LIVE, "How to tell that it is well.");

  private GuestKeys() {}

  static String uid(Values values, ResourceName name) {
    return values.find(UID).orElse(name.value());
  }

  static List<ResourceName> networks(Values values, Optional<Networks> networks) {
    return values.has(NETWORKS)
        ? values.list(NETWORKS)
        : networks.map(Networks::first).orElse(List.of());
  }

  static SortedMap<String, String> credentials(Values values) {
    return values.find(CREDENTIALS).orElseGet(TreeMap::new);
  }

  /** Reports what of the keys above agrees neither with the tree nor with itself. */
  static void check(Values values, Optional<Networks> networks, Inventory inventory) {
    unique(values, NETWORKS);
    unique(values, LABELS);
    networks.ifPresent(known -> known.check(values, NETWORKS));
    inventory.checkUsers(values);
    inventory.checkExtensions(values);
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
