package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.model.Machine;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.SourceTree.Entry;
import io.bitbuilder.hypervisor.schema.Reading;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads containers/ and machines/, a directory for each. */
final class Guests {
  /** Stands for a name that is none, so that what is inside the directory is read all the same. */
  private static final ResourceName NAMELESS = new ResourceName("x");

  private final Repository repository;
  private final Layout layout;
  private final Optional<Networks> networks;
  private final Inventory inventory;

  Guests(Repository repository, Layout layout, Optional<Networks> networks, Inventory inventory) {
    this.repository = repository;
    this.layout = layout;
    this.networks = networks;
    this.inventory = inventory;
  }

  List<Container> containers() throws IOException {
    List<Container> containers = new ArrayList<>();
    for (Entry directory : layout.in("containers")) {
      container(name(directory, "container"), directory).ifPresent(containers::add);
    }
    return containers;
  }

  List<Machine> machines() throws IOException {
    List<Machine> machines = new ArrayList<>();
    for (Entry directory : layout.in("machines")) {
      machine(name(directory, "machine"), directory).ifPresent(machines::add);
    }
    return machines;
  }

  private ResourceName name(Entry directory, String what) {
    if (ResourceName.isValid(directory.name())) {
      return new ResourceName(directory.name());
    }
    repository.error(
        Code.BB207,
        directory.path(),
        Quote.quote(directory.name()) + " is not a valid name of a " + what,
        ResourceName.EXPECTED,
        "rename the directory");
    return NAMELESS;
  }

  private Optional<Container> container(ResourceName name, Entry directory) throws IOException {
    Found found =
        find(directory, "rootfs-overlay", Overlay::read, "a file config.yaml, which may be empty");
    return found
        .reading()
        .flatMap(reading -> {
          Optional<Container> container =
              ContainerFile.read(name, reading, networks, inventory, found.files());
          repository.finished(reading);
          return container;
        });
  }

  private Optional<Machine> machine(ResourceName name, Entry directory) throws IOException {
    Found found =
        find(directory, "cloud-init", CloudInit::read, "a file config.yaml with at least `image`");
    return found
        .reading()
        .flatMap(reading -> {
          Optional<Machine> machine =
              MachineFile.read(name, reading, networks, inventory, found.files());
          repository.finished(reading);
          return machine;
        });
  }

  /** What is in a guest's directory: config.yaml, empty after findings, and files beside it. */
  private record Found(Optional<Reading> reading, List<Entry> files) {}

  /** Reads the directory with the files beside config.yaml. */
  @FunctionalInterface
  private interface Beside {
    List<Entry> read(Repository repository, Entry directory) throws IOException;
  }

  private Found find(Entry directory, String name, Beside beside, String expected)
      throws IOException {
    Optional<Reading> reading = Optional.empty();
    List<Entry> files = List.of();
    boolean found = false;
    for (Entry child : repository.list(directory.path())) {
      if (child.name().equals("config.yaml")) {
        found = true;
        reading = repository.read(child, Repository.DOCUMENT_LIMIT);
      } else if (child.name().equals(name)) {
        files = beside.read(repository, child);
      } else {
        repository.unexpected(child, "config.yaml, " + name + "/");
      }
    }
    if (!found) {
      missingConfig(directory, expected);
    }
    return new Found(reading, files);
  }

  private void missingConfig(Entry directory, String expected) {
    repository.error(
        Code.BB301,
        directory.path() + "/config.yaml",
        "config.yaml is missing in " + Quote.escape(directory.path()),
        expected,
        "create it, or remove the directory");
  }

  /** Reports names and uids that two of a tenant's guests would share. */
  static void check(List<Guest> guests, Repository repository) {
    Map<ResourceName, Guest> names = new HashMap<>();
    Map<String, Guest> uids = new HashMap<>();
    for (Guest guest : guests) {
      Guest first = names.putIfAbsent(guest.name(), guest);
      if (first != null && !first.name().equals(NAMELESS)) {
        repository.add(
            new Diagnostic(
                Code.BB305,
                "a " + first.kind() + " is named " + Quote.quote(guest.name().value()) + " as well",
                guest.origin().at(""),
                "a name no other container or machine of the tenant has",
                "rename the directory of one of them",
                List.of(new Diagnostic.Note("the other is here", first.origin().at("")))));
        continue;
      }
      Guest same = uids.putIfAbsent(guest.uid(), guest);
      if (same != null) {
        repository.add(
            new Diagnostic(
                Code.BB305,
                "uid " + Quote.quote(guest.uid()) + " belongs to two " + both(same, guest),
                guest.origin().at("/uid"),
                "every uid once",
                "change `uid` of one of them",
                List.of(
                    new Diagnostic.Note(
                        "the other is `" + same.name() + "`", same.origin().at("/uid")))));
      }
    }
  }

  private static String both(Guest one, Guest other) {
    return one.kind().equals(other.kind()) ? one.kind() + "s" : "guests";
  }
}
