package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.Check;
import io.bitbuilder.hypervisor.model.Container;
import io.bitbuilder.hypervisor.model.Firewall;
import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.model.Machine;
import io.bitbuilder.hypervisor.model.Origin;
import io.bitbuilder.hypervisor.model.Quota;
import io.bitbuilder.hypervisor.model.Script;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.model.SourceTree.Entry;
import io.bitbuilder.hypervisor.model.Tenant;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.model.Tunnel;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Values;
import io.bitbuilder.hypervisor.secret.Ciphertext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Reads a tenant repository: metadata.json first, then networks, containers, machines and the rest.
 * It goes on after a finding, so that all of them are reported at once.
 */
public final class Tenants {
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
    Guests guests = new Guests(repository, layout, networks, inventory);
    List<Guest> all = new ArrayList<>(guests.containers());
    all.addAll(guests.machines());
    unsupported.check();
    List<Entry> scripts = Scripts.read(repository, layout);
    Optional<Guest> infra =
        who.isPresent() ? infra(metadata.get(), who.get(), networks) : Optional.empty();
    infra.ifPresent(all::add);
    Guests.check(all, repository);
    Scripts.check(scripts, all, repository);
    SortedMap<String, Ciphertext> secrets = Secrets.read(repository, layout);
    Secrets.check(secrets, all, repository);
    List<Tunnel> tunnels = Tunnels.read(repository, layout, networks);
    Firewall firewall =
        networks.isPresent()
            ? Firewalls.read(repository, layout, networks.get(), all, tunnels)
            : Firewall.NONE;
    metadata.ifPresent(values -> repository.finished(values.reading()));
    if (repository.failed() || metadata.isEmpty() || who.isEmpty() || networks.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        tenant(
            metadata.get(),
            who.get(),
            networks.get(),
            limited,
            all,
            tunnels,
            firewall,
            scripts,
            secrets));
  }

  private static Tenant tenant(
      Values metadata,
      Values who,
      Networks networks,
      Limited limited,
      List<Guest> guests,
      List<Tunnel> tunnels,
      Firewall firewall,
      List<Entry> scripts,
      SortedMap<String, Ciphertext> secrets) {
    Values resources = metadata.get(MetadataFile.RESOURCES);
    Reading reading = metadata.reading();
    List<Container> containers = of(guests, Container.class);
    List<Machine> machines = of(guests, Machine.class);
    return new Tenant(
        who.get(MetadataFile.ID),
        who.find(MetadataFile.NAME).orElse(who.get(MetadataFile.ID).value()),
        who.get(MetadataFile.TYPE),
        who.get(MetadataFile.ENABLED),
        new Quota(
            resources.get(MetadataFile.CPU),
            resources.get(MetadataFile.MEMORY),
            resources.get(MetadataFile.STORAGE),
            machines.size(),
            containers.size()),
        limited.limits(),
        limited.origin(),
        networks.all(),
        containers,
        machines,
        tunnels,
        firewall,
        scripts,
        secrets,
        pointer -> reading.document().at(pointer));
  }

  private static <T extends Guest> List<T> of(List<Guest> guests, Class<T> type) {
    return guests.stream().filter(type::isInstance).map(type::cast).toList();
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

  /** The infrastructure instance, when it is declared or nothing else is. */
  private Optional<Guest> infra(Values metadata, Values who, Optional<Networks> networks)
      throws IOException {
    Optional<Entry> file = layout.file("infrastructure/config.yaml");
    if (file.isEmpty()) {
      boolean other =
          layout.in("scripts").isEmpty()
              && (!layout.in("containers").isEmpty() || !layout.in("machines").isEmpty());
      return other || metadata.reading().failed()
          ? Optional.empty()
          : Optional.of(Infrastructure.implied(metadata, who, networks, checks()));
    }
    Optional<Reading> reading = repository.read(file.get(), Repository.DOCUMENT_LIMIT);
    Optional<Values> values = reading.flatMap(InfrastructureFile::read);
    reading.ifPresent(repository::finished);
    if (values.isEmpty() || values.get().reading().failed() || metadata.reading().failed()) {
      return Optional.empty();
    }
    return Optional.of(Infrastructure.declared(metadata, who, values.get(), networks, checks()));
  }

  /** The script that says whether the tenant is well is a check of the instance it runs in. */
  private List<Check> checks() {
    return layout.in("scripts").stream()
            .anyMatch(entry -> entry.name().equals(Script.HEALTH_CHECK.file()))
        ? List.of(Infrastructure.HEALTH)
        : List.of();
  }
}
