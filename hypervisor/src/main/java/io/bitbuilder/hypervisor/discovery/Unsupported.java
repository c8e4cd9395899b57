package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.SourceTree.Entry;
import io.bitbuilder.hypervisor.schema.Reading;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The parts of a tenant repository that have no effect in this version: machines, WireGuard,
 * firewall rules, users, scripts. They are read and checked all the same, and their presence is
 * reported rather than ignored.
 */
final class Unsupported {
  private static final Set<String> SCRIPTS =
      Set.of("pre-provision.sh", "post-provision.sh", "health-check.sh");
  private static final Set<String> CLOUD_INIT =
      Set.of("user-data", "meta-data", "network-config", "vendor-data");

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

  void check(Optional<Networks> networks, Inventory inventory) throws IOException {
    for (Entry machine : layout.in("machines")) {
      machine(machine, networks, inventory);
    }
    for (Entry user : layout.in("users")) {
      user(user);
    }
    for (Entry file : layout.in("network/firewall")) {
      Optional<Reading> reading = repository.read(file, Repository.DOCUMENT_LIMIT);
      reading.ifPresent(FirewallFile::read);
      reading.ifPresent(repository::finished);
    }
    for (Entry file : layout.in("network/wireguard")) {
      Optional<Reading> reading = repository.read(file, Repository.DOCUMENT_LIMIT);
      reading.ifPresent(WireguardFile::read);
      reading.ifPresent(repository::finished);
      repository.unsupported(
          file.path(), "WireGuard is", "remove the file until a later version supports it");
    }
    for (Entry script : layout.in("scripts")) {
      if (SCRIPTS.contains(script.name())) {
        repository.unsupported(
            script.path(), "scripts are", "remove the file until a later version supports it");
      } else {
        repository.unexpected(script, "pre-provision.sh, post-provision.sh, health-check.sh");
      }
    }
  }

  private void machine(Entry machine, Optional<Networks> networks, Inventory inventory)
      throws IOException {
    if (!ResourceName.isValid(machine.name())) {
      badName(repository, machine, "machine");
    }
    boolean found = false;
    for (Entry entry : repository.list(machine.path())) {
      switch (entry.name()) {
        case "config.yaml" -> {
          found = true;
          Optional<Reading> reading = repository.read(entry, Repository.DOCUMENT_LIMIT);
          reading.ifPresent(read -> MachineFile.read(read, networks, inventory));
          reading.ifPresent(repository::finished);
        }
        case "cloud-init" -> {
          for (Entry file : repository.directory(entry)) {
            if (CLOUD_INIT.contains(file.name())) {
              repository.isFile(file);
            } else {
              repository.unexpected(file, "user-data, meta-data, network-config, vendor-data");
            }
          }
        }
        default -> repository.unexpected(entry, "config.yaml, cloud-init/");
      }
    }
    if (found) {
      repository.unsupported(
          machine.path(), "machines are", "declare a container in containers/ instead");
    } else {
      missingConfig(repository, machine);
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

  static void missingConfig(Repository repository, Entry directory) {
    repository.error(
        Code.BB301,
        directory.path() + "/config.yaml",
        "config.yaml is missing in " + Quote.escape(directory.path()),
        "a file config.yaml, which may be empty",
        "create it, or remove the directory");
  }

  static void badName(Repository repository, Entry directory, String what) {
    repository.error(
        Code.BB207,
        directory.path(),
        Quote.quote(directory.name()) + " is not a valid name of a " + what,
        ResourceName.EXPECTED,
        "rename the directory");
  }
}
