package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.document.Document;
import io.bitbuilder.hypervisor.model.HostUnits;
import io.bitbuilder.hypervisor.model.NetworkTemplates;
import io.bitbuilder.hypervisor.model.Signers;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.model.SourceTree.Entry;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.SystemModel;
import io.bitbuilder.hypervisor.networkd.Networkd;
import io.bitbuilder.hypervisor.schema.Reading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** Reads a system repository. */
public final class Systems {
  private final Repository repository;
  private final Report report;
  private boolean configFailed;

  private Systems(Repository repository, Report report) {
    this.repository = repository;
    this.report = report;
  }

  /**
   * Reads the configuration, the registry and the templates of network files.
   *
   * @param networkd what the templates are held to, and what stands in for those that are not there
   * @return empty exactly when errors were reported
   * @throws IOException when the tree cannot be read
   */
  public static Optional<SystemModel> read(SourceTree tree, Networkd networkd, Report report)
      throws IOException {
    Repository repository = new Repository(tree, report);
    return new Systems(repository, report).read(networkd);
  }

  /**
   * Reads what it puts on the host itself, and nothing else of it.
   *
   * @return empty exactly when errors were reported
   * @throws IOException when the tree cannot be read
   */
  public static Optional<HostUnits> hostUnits(SourceTree tree, Report report) throws IOException {
    Repository repository = new Repository(tree, report);
    HostUnits units = HostUnitsFolder.read(repository);
    return repository.failed() ? Optional.empty() : Optional.of(units);
  }

  /**
   * Who signs, by what a commit says: all that is asked of one that is not compiled. Nobody, when
   * its configuration, registry or a certificate has mistakes.
   */
  public static Signers signers(SourceTree tree) throws IOException {
    Report report = new Report();
    Repository repository = new Repository(tree, report);
    Systems systems = new Systems(repository, report);
    SystemConfig config = systems.config().orElseGet(Systems::defaults);
    SortedMap<String, String> certificates = KeysFolder.read(repository);
    return systems
        .registry(config)
        .filter(_ -> !repository.failed())
        .map(registry -> new Signers(registry.signers(), certificates))
        .orElse(Signers.NONE);
  }

  private Optional<SystemModel> read(Networkd networkd) throws IOException {
    Optional<SystemConfig> config = config();
    // With a broken configuration the defaults still let us check the registry.
    SystemConfig effective = config.orElseGet(Systems::defaults);
    Optional<RegistryFile.Content> registry = registry(effective);
    SortedMap<String, String> certificates = KeysFolder.read(repository);
    checkTop(effective.discovery().registry());
    HostUnits units = HostUnitsFolder.read(repository);
    Optional<NetworkTemplates> templates = NetworkFolder.read(repository, networkd, report);
    Optional<NetworkTemplates> vendor = networkd.vendor(report);
    if (config.isEmpty()
        || registry.isEmpty()
        || templates.isEmpty()
        || vendor.isEmpty()
        || repository.failed()) {
      return Optional.empty();
    }
    return Optional.of(
        new SystemModel(
            config.get(),
            registry.get().tenants(),
            new Signers(registry.get().signers(), certificates),
            vendor.get().with(templates.get()),
            units));
  }

  private Optional<SystemConfig> config() throws IOException {
    Optional<Entry> entry = repository.tree().find(".gitops/config.yaml");
    if (entry.isEmpty()) {
      return Optional.of(defaults());
    }
    Optional<Reading> reading = repository.read(entry.get(), Repository.DOCUMENT_LIMIT);
    Optional<SystemConfig> config = reading.flatMap(SystemConfigFile::read);
    reading.ifPresent(repository::finished);
    configFailed = config.isEmpty();
    return config;
  }

  /** What a system repository without .gitops/config.yaml says. */
  public static SystemConfig defaults() {
    Report none = new Report();
    Document.Source source = new Document.Source("system", "", ".gitops/config.yaml");
    return Document.read(source, "{}".getBytes(StandardCharsets.UTF_8), none)
        .flatMap(document -> SystemConfigFile.read(new Reading(document, none)))
        .orElseThrow();
  }

  private Optional<RegistryFile.Content> registry(SystemConfig config) throws IOException {
    SystemConfig.Discovery discovery = config.discovery();
    String path = discovery.registry();
    Optional<Entry> entry = repository.tree().find(path);
    if (entry.isEmpty()) {
      // One that is named and not there is a mistake: without it all its tenants would be gone.
      boolean named = !path.equals(SystemConfigFile.DEFAULT_REGISTRY);
      if ((named || discovery.directories().isEmpty()) && !configFailed) {
        repository.add(
            new Diagnostic(
                Code.BB301,
                "the registry " + Quote.quote(path) + " is missing",
                named ? config.origin().at("/discovery/registry") : repository.at(path),
                "a file {\"version\": 1, \"tenants\": []}",
                "create it, or name directories in `discovery.directories`",
                List.of()));
        return Optional.empty();
      }
      return Optional.of(new RegistryFile.Content(List.of(), List.of()));
    }
    Optional<Reading> reading = repository.read(entry.get(), RegistryFile.LIMIT);
    Optional<RegistryFile.Content> registry =
        reading.flatMap(read -> RegistryFile.read(read, discovery.defaultQuota()));
    reading.ifPresent(repository::finished);
    return registry;
  }

  private void checkTop(String registry) throws IOException {
    for (Entry entry : repository.list("")) {
      switch (entry.name()) {
        case ".gitops" -> checkInside(entry, "config.yaml", ".gitops/config.yaml");
        case "network" -> {} // NetworkFolder
        case "keys" -> {} // KeysFolder
        case "generators", "units", "extensions", "services" -> {} // HostUnitsFolder
        case "tenants" -> checkInside(entry, "registry.json", registry);
        default -> {
          if (!registry.equals(entry.path()) && !registry.startsWith(entry.path() + "/")) {
            repository.unexpected(
                entry,
                ".gitops/, generators/, units/, network/, extensions/, services/, tenants/, keys/");
          }
        }
      }
    }
  }

  private void checkInside(Entry directory, String name, String path) throws IOException {
    for (Entry entry : repository.directory(directory)) {
      if (!entry.path().equals(path)) {
        repository.unexpected(entry, name);
      }
    }
  }
}
