package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.RESTART;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.document.Node;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.Similar;
import io.bitbuilder.hypervisor.schema.Values;
import java.util.List;
import java.util.SortedSet;

/**
 * What is in a tenant's tree besides documents, so that lists of names can be checked against it.
 *
 * @param users directories of users/
 * @param extensions images of extensions/, without suffixes
 * @param services images of services/, without suffixes
 */
record Inventory(
    SortedSet<String> users, SortedSet<String> extensions, SortedSet<String> services) {

  static final Key<List<String>> USERS =
      Key.of(
              "users",
              new ListOf<>(Vocabulary.USER),
              RESTART,
              "Users of the tenant it has, each a directory of users/.")
          .later();
  static final Key<List<String>> EXTENSIONS =
      Key.of(
              "extensions",
              new ListOf<>(Vocabulary.STEM),
              RESTART,
              "Extensions it has, each a file of extensions/ without its suffix.")
          .later();

  void checkUsers(Values values) {
    check(values, USERS, users, "users/");
  }

  void checkExtensions(Values values) {
    check(values, EXTENSIONS, extensions, "extensions/");
  }

  /** Reports names that are not in the tree. */
  static void check(Values values, Key<List<String>> key, SortedSet<String> known, String where) {
    for (Node.Scalar written : values.written(key)) {
      String name = written.text();
      if (!known.contains(name)) {
        values
            .reading()
            .error(
                Code.BB304,
                written,
                Quote.quote(name) + " is not in " + where,
                known.isEmpty() ? "" : String.join(", ", known),
                Similar.to(name, known)
                    .map(similar -> "a similar name exists: `" + similar + "`")
                    .orElse(""));
      }
    }
  }
}
