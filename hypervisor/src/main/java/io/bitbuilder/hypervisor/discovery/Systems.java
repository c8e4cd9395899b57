package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.document.Document;
import io.bitbuilder.hypervisor.model.NetworkTemplates;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.model.SourceTree.Entry;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.SystemModel;
import io.bitbuilder.hypervisor.model.TenantEntry;
import io.bitbuilder.hypervisor.networkd.Networkd;
import io.bitbuilder.hypervisor.schema.Reading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Reads a system repository. */
public final class Systems {
  private final Repository repository;
  private final Networkd networkd;
  private final Report report;
  private boolean configFailed;

  private Systems(Repository repository, Networkd networkd, Report report) {
    this.repository = repository;
    this.networkd = networkd;
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
    return new Systems(repository, networkd, report).read();
  }

  private Optional<SystemModel> read() throws IOException {
    Optional<SystemConfig> config = config();
    // With a broken configuration the defaults still let us check the registry.
    SystemConfig effective = config.orElseGet(Systems::defaults);
    Optional<List<TenantEntry>> tenants = tenants(effective.discovery());
    checkTop(effective.discovery().registry());
    Optional<NetworkTemplates> templates = NetworkFolder.read(repository, networkd, report);
    Optional<NetworkTemplates> vendor = networkd.vendor(report);
    if (config.isEmpty()
        || tenants.isEmpty()
        || templates.isEmpty()
        || vendor.isEmpty()
        || repository.failed()) {
      return Optional.empty();
    }
    return Optional.of(
        new SystemModel(config.get(), tenants.get(), vendor.get().with(templates.get())));
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

  private Optional<List<TenantEntry>> tenants(SystemConfig.Discovery discovery) throws IOException {
    String path = discovery.registry();
    Optional<Entry> entry = repository.tree().find(path);
    if (entry.isEmpty()) {
      if (discovery.directories().isEmpty() && !configFailed) {
        repository.error(
            Code.BB301,
            path,
            "the registry " + Quote.quote(path) + " is missing",
            "a file {\"version\": 1, \"tenants\": []}",
            "create it, or name directories in `discovery.directories`");
        return Optional.empty();
      }
      return Optional.of(List.of());
    }
    Optional<Reading> reading = repository.read(entry.get(), RegistryFile.LIMIT);
    Optional<List<TenantEntry>> tenants =
        reading.flatMap(read -> RegistryFile.read(read, discovery.defaultQuota()));
    reading.ifPresent(repository::finished);
    return tenants;
  }

  private void checkTop(String registry) throws IOException {
    for (Entry entry : repository.list("")) {
      switch (entry.name()) {
        case ".gitops" -> checkInside(entry, "config.yaml", ".gitops/config.yaml");
        case "network" -> {} // NetworkFolder
        case "generators", "units", "extensions" -> {
          if (!repository.directory(entry).stream().allMatch(Repository::isExtra)) {
            repository.unsupported(
                entry.path(),
                "files of " + entry.name() + "/ are",
                "remove them until a later version puts them on the host");
          }
        }
        case "tenants" -> checkInside(entry, "registry.json", registry);
        default -> {
          if (!registry.equals(entry.path()) && !registry.startsWith(entry.path() + "/")) {
            repository.unexpected(
                entry, ".gitops/, generators/, units/, network/, extensions/, tenants/");
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
