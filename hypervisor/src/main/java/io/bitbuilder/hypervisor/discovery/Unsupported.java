package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.SourceTree.Entry;
import io.bitbuilder.hypervisor.schema.Reading;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The parts of a tenant repository that have no effect in this version: WireGuard, firewall rules,
 * users. They are read and checked all the same, and their presence is reported rather than
 * ignored.
 */
final class Unsupported {
  private final Repository repository;
  private final Layout layout;

  Unsupported(Repository repository, Layout layout) {
    this.repository = repository;
    this.layout = layout;
  }

  /** The names lists of names are checked against. */
  Inventory inventory() {
    SortedSet<String> users = new TreeSet<>();
    layout.in("users").forEach(entry -> users.add(entry.name()));
    SortedSet<String> extensions = new TreeSet<>();
    stems(layout.in("extensions/sysext"), ".sysext.raw", extensions);
    stems(layout.in("extensions/confext"), ".confext.raw", extensions);
    SortedSet<String> services = new TreeSet<>();
    stems(layout.in("services"), ".portable.raw", services);
    return new Inventory(users, extensions, services);
  }

  private static void stems(List<Entry> entries, String suffix, SortedSet<String> into) {
    for (Entry entry : entries) {
      into.add(entry.name().substring(0, entry.name().length() - suffix.length()));
    }
  }

  void check() throws IOException {
    for (Entry user : layout.in("users")) {
      user(user);
    }
  }

  private void user(Entry user) throws IOException {
    if (!Vocabulary.isUser(user.name())) {
      repository.error(
          Code.BB207,
          user.path(),
          Quote.quote(user.name()) + " is not a valid user name",
          Vocabulary.USER.expected(),
          "rename the directory");
    }
    for (Entry entry : repository.list(user.path())) {
      if (entry.name().equals("homed-config.json")) {
        Optional<Reading> reading = repository.read(entry, Repository.DOCUMENT_LIMIT);
        reading.ifPresent(read -> UserFile.read(user.name(), read));
        reading.ifPresent(repository::finished);
      } else {
        repository.unexpected(entry, "homed-config.json");
      }
    }
    repository.unsupported(
        user.path(), "users are", "remove the directory until a later version supports it");
  }
}
