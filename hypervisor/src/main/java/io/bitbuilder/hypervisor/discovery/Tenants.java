package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.Origin;
import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.model.SourceTree.Entry;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Values;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads a tenant repository: metadata.json first, then networks, containers and the rest. It goes
 * on after a finding, so that all of them are reported at once.
 *
 * <p>A tenant that declares no container gets one: {@code infra}, the infrastructure instance,
 * which boots the host's own /usr and may use all the tenant claims.
 */
public final class Tenants {
  /** The name of the infrastructure instance. */
  static final ResourceName INFRA = new ResourceName("infra");

  private final Repository repository;
  private final Optional<TenantEntry> entry;
  private final Layout layout;

  private Tenants(Repository repository, Optional<TenantEntry> entry, Layout layout) {
    this.repository = repository;
    this.entry = entry;
    this.layout = layout;
  }

  /**
   * Reads a tenant repository.
   *
   * @param entry the registration its id must agree with; empty on a workstation
   * @return empty exactly when errors were reported
   * @throws IOException when the tree cannot be read
   */
  public static Optional<Tenant> read(SourceTree tree, Optional<TenantEntry> entry, Report report)
      throws IOException {
    Repository repository = new Repository(tree, report);
    return new Tenants(repository, entry, Layout.read(repository)).read();
  }

  private Optional<Tenant> read() throws IOException {
    Optional<Values> metadata = metadata();
    Optional<Networks> networks = TenantNetworks.read(repository, layout, metadata);
    Optional<Values> who = metadata.flatMap(values -> values.find(MetadataFile.TENANT));
    Unsupported unsupported = new Unsupported(repository, layout);
    Inventory inventory = unsupported.inventory();
    metadata.ifPresent(values -> checkLists(values, inventory));
    Limited limited = limits();
    List<Container> containers = containers(networks, inventory);
    unsupported.check(networks, inventory);
    Optional<Container> infra =
        who.isPresent() ? infra(metadata.get(), who.get(), networks) : Optional.empty();
    infra.ifPresent(containers::add);
    checkUids(containers);
    metadata.ifPresent(values -> repository.finished(values.reading()));
    if (repository.failed() || metadata.isEmpty() || who.isEmpty() || networks.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(tenant(metadata.get(), who.get(), networks.get(), limited, containers));
  }

  private static Tenant tenant(
      Values metadata, Values who, Networks networks, Limited limited, List<Container> containers) {
    Values resources = metadata.get(MetadataFile.RESOURCES);
    Reading reading = metadata.reading();
    return new Tenant(
        who.get(MetadataFile.ID),
        who.find(MetadataFile.NAME).orElse(who.get(MetadataFile.ID).value()),
        who.get(MetadataFile.TYPE),
        who.get(MetadataFile.ENABLED),
        new Quota(
            resources.get(MetadataFile.CPU),
            resources.get(MetadataFile.MEMORY),
            resources.get(MetadataFile.STORAGE),
            0,
            containers.size()),
        limited.limits(),
        limited.origin(),
        networks.all(),
        containers,
        pointer -> reading.document().at(pointer));
  }

  private Optional<Values> metadata() throws IOException {
    Optional<Entry> file = layout.file("metadata.json");
    if (file.isEmpty()) {
      repository.error(
          Code.BB301,
          "metadata.json",
          "metadata.json is missing",
          "a file metadata.json with `tenant` and `resources`",
          "");
      return Optional.empty();
    }
    Optional<Reading> reading = repository.read(file.get(), Repository.DOCUMENT_LIMIT);
    Optional<Values> values = reading.flatMap(MetadataFile::read);
    values.ifPresent(read -> read.find(MetadataFile.TENANT).ifPresent(this::checkId));
    reading.ifPresent(repository::finished);
    return values;
  }

  private void checkId(Values who) {
    if (entry.isEmpty() || !who.has(MetadataFile.ID)) {
      return;
    }
    String registered = entry.get().id().value();
    String declared = who.get(MetadataFile.ID).value();
    if (!declared.equals(registered)) {
      who.reading()
          .add(
              new Diagnostic(
                  Code.BB306,
                  "the registry calls this tenant "
                      + Quote.quote(registered)
                      + ", it calls itself "
                      + Quote.quote(declared),
                  who.at(MetadataFile.ID),
                  registered,
                  "write the id of the registry; an id never changes",
                  List.of(new Diagnostic.Note("registered at", entry.get().origin().at("/id")))));
    }
  }

  private static void checkLists(Values metadata, Inventory inventory) {
    Inventory.check(metadata, MetadataFile.EXTENSIONS, inventory.extensions(), "extensions/");
    Inventory.check(metadata, MetadataFile.SERVICES, inventory.services(), "services/");
  }

  /** Limits and where they stand. */
  private record Limited(Tenant.Limits limits, Origin origin) {}

  private Limited limits() throws IOException {
    String path = "infrastructure/resource-limits.yaml";
    Origin nowhere = _ -> repository.at(path);
    Optional<Entry> file = layout.file(path);
    if (file.isEmpty()) {
      return new Limited(Tenant.Limits.NONE, nowhere);
    }
    Optional<Reading> reading = repository.read(file.get(), Repository.DOCUMENT_LIMIT);
    Optional<Tenant.Limits> limits = reading.flatMap(ResourceLimitsFile::read);
    reading.ifPresent(repository::finished);
    return new Limited(
        limits.orElse(Tenant.Limits.NONE),
        reading.<Origin>map(read -> read.document()::at).orElse(nowhere));
  }

  private List<Container> containers(Optional<Networks> networks, Inventory inventory)
      throws IOException {
    List<Container> containers = new ArrayList<>();
    for (Entry directory : layout.in("containers")) {
      boolean named = ResourceName.isValid(directory.name());
      if (!named) {
        Unsupported.badName(repository, directory, "container");
      }
      // A bad name was reported; what is inside is still worth reading.
      ResourceName name = named ? new ResourceName(directory.name()) : INFRA;
      container(name, directory, networks, inventory).ifPresent(containers::add);
    }
    return containers;
  }

  private Optional<Container> container(
      ResourceName name, Entry directory, Optional<Networks> networks, Inventory inventory)
      throws IOException {
    Optional<Reading> reading = Optional.empty();
    List<Entry> overlay = List.of();
    boolean found = false;
    for (Entry child : repository.list(directory.path())) {
      switch (child.name()) {
        case "config.yaml" -> {
          found = true;
          reading = repository.read(child, Repository.DOCUMENT_LIMIT);
        }
        case "rootfs-overlay" -> overlay = Overlay.read(repository, child);
        default -> repository.unexpected(child, "config.yaml, rootfs-overlay/");
      }
    }
    if (!found) {
      Unsupported.missingConfig(repository, directory);
    }
    if (reading.isEmpty()) {
      return Optional.empty();
    }
    Optional<Container> container =
        ContainerFile.read(name, reading.get(), networks, inventory, overlay);
    repository.finished(reading.get());
    return container;
  }

  /** The infrastructure instance, when it is declared or nothing else is. */
  private Optional<Container> infra(Values metadata, Values who, Optional<Networks> networks)
      throws IOException {
    Optional<Entry> file = layout.file("infrastructure/config.yaml");
    Optional<Reading> reading =
        file.isPresent()
            ? repository.read(file.get(), Repository.DOCUMENT_LIMIT)
            : Optional.empty();
    Optional<Values> values = reading.flatMap(InfrastructureFile::read);
    reading.ifPresent(repository::finished);
    boolean explicit = values.isPresent() && values.get().has(InfrastructureFile.KIND);
    if (!explicit && who.get(MetadataFile.TYPE) == Tenant.Type.VM) {
      who.reading()
          .add(
              Code.BB212,
              who.at(MetadataFile.TYPE),
              "tenants of type `vm` are not supported by this version",
              "container",
              "use \"type\": \"container\"");
    }
    List<Entry> declared = layout.in("containers");
    if (file.isEmpty() && !declared.isEmpty()) {
      return Optional.empty();
    }
    if (declared.stream().anyMatch(directory -> directory.name().equals(INFRA.value()))) {
      repository.error(
          Code.BB305,
          "containers/" + INFRA,
          "container `infra` is declared twice: here and by infrastructure/config.yaml",
          "one of the two",
          "rename the container");
    }
    Optional<Values> claim = metadata.find(MetadataFile.RESOURCES);
    if (metadata.reading().failed()
        || claim.isEmpty()
        || (file.isPresent() && values.isEmpty())
        || reading.filter(Reading::failed).isPresent()) {
      return Optional.empty();
    }
    Origin origin = pointer -> values.orElse(metadata).reading().document().at(pointer);
    return Optional.of(infra(claim.get(), values, networks, origin));
  }

  private static Container infra(
      Values claim, Optional<Values> declared, Optional<Networks> networks, Origin origin) {
    Tenant.Limits none = Tenant.Limits.NONE;
    return new Container(
        INFRA,
        INFRA.value(),
        declared.map(values -> values.get(InfrastructureFile.IMAGE)).orElse("host"),
        List.of(),
        new TreeMap<>(),
        false,
        false,
        true,
        List.of(),
        networks.map(Networks::first).orElse(List.of()),
        List.of(),
        new TreeMap<>(),
        new Tenant.Limits(
            declared
                .flatMap(values -> values.find(InfrastructureFile.CPU))
                .or(() -> claim.find(MetadataFile.CPU)),
            none.cpuWeight(),
            declared
                .flatMap(values -> values.find(InfrastructureFile.MEMORY))
                .or(() -> claim.find(MetadataFile.MEMORY)),
            none.memoryHigh(),
            none.memorySwapMax(),
            none.tasksMax(),
            none.ioWeight()),
        Container.Restart.ON_FAILURE,
        List.of(),
        List.of(),
        origin);
  }

  private void checkUids(List<Container> containers) {
    Map<String, Container> seen = new HashMap<>();
    for (Container container : containers) {
      Container first = seen.putIfAbsent(container.uid(), container);
      if (first != null && !first.name().equals(container.name())) {
        repository.add(
            new Diagnostic(
                Code.BB305,
                "uid " + Quote.quote(container.uid()) + " belongs to two containers",
                container.origin().at("/uid"),
                "every uid once",
                "change `uid` of one of them",
                List.of(
                    new Diagnostic.Note(
                        "the other is `" + first.name() + "`", first.origin().at("/uid")))));
      }
    }
  }
}
