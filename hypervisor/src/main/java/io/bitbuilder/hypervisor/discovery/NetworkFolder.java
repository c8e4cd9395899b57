package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.NetworkTemplate;
import io.bitbuilder.hypervisor.model.NetworkTemplates;
import io.bitbuilder.hypervisor.model.SourceTree.Entry;
import io.bitbuilder.hypervisor.networkd.FileKind;
import io.bitbuilder.hypervisor.networkd.NetworkFile;
import io.bitbuilder.hypervisor.networkd.Networkd;
import io.bitbuilder.hypervisor.networkd.TemplateKind;
import io.bitbuilder.hypervisor.schema.Similar;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** network/ of the system repository: the operator's templates of network files. */
final class NetworkFolder {
  private static final List<String> NAMES =
      Arrays.stream(TemplateKind.values()).map(TemplateKind::file).toList();

  private final Repository repository;
  private final Networkd networkd;
  private final Report report;

  private NetworkFolder(Repository repository, Networkd networkd, Report report) {
    this.repository = repository;
    this.networkd = networkd;
    this.report = report;
  }

  /** The templates that are there; empty exactly when one has a mistake. */
  static Optional<NetworkTemplates> read(Repository repository, Networkd networkd, Report report)
      throws IOException {
    Optional<Entry> folder = repository.tree().find("network");
    return folder.isEmpty()
        ? Optional.of(NetworkTemplates.NONE)
        : new NetworkFolder(repository, networkd, report).read(folder.get());
  }

  private Optional<NetworkTemplates> read(Entry folder) throws IOException {
    TreeMap<String, NetworkTemplate> byFile = new TreeMap<>();
    boolean fine = true;
    for (Entry entry : repository.directory(folder)) {
      Optional<FileKind> kind = FileKind.of(entry.name());
      if (Repository.isExtra(entry)) {
        continue;
      }
      if (kind.isEmpty()) {
        repository.unexpected(entry, String.join(", ", NAMES));
      } else if (TemplateKind.of(entry.name()).isPresent()) {
        Optional<NetworkTemplate> template =
            template(entry, TemplateKind.of(entry.name()).orElseThrow());
        template.ifPresent(read -> byFile.put(entry.name(), read));
        fine &= template.isPresent();
      } else {
        other(entry, kind.get());
        fine = false;
      }
    }
    return fine ? Optional.of(new NetworkTemplates(byFile)) : Optional.empty();
  }

  private Optional<NetworkTemplate> template(Entry entry, TemplateKind kind) throws IOException {
    if (!isReadable(entry)) {
      return Optional.empty();
    }
    byte[] bytes = repository.tree().read(entry, NetworkFile.LIMIT);
    return NetworkFile.template(
        repository.source(entry), bytes, kind, networkd.directives(), report);
  }

  /** Files of the host's own network are looked at, and not put anywhere yet. */
  private void other(Entry entry, FileKind kind) throws IOException {
    if (isReadable(entry)) {
      byte[] bytes = repository.tree().read(entry, NetworkFile.LIMIT);
      NetworkFile.check(repository.source(entry), bytes, kind, networkd.directives(), report);
    }
    repository.unsupported(
        entry.path(),
        "network files of the host itself are",
        Similar.to(entry.name(), NAMES)
            .map(near -> "a template with a similar name exists: `" + near + "`")
            .orElse("remove it until a later version puts it on the host"));
  }

  private boolean isReadable(Entry entry) {
    if (!repository.isFile(entry)) {
      return false;
    }
    if (entry.size() > NetworkFile.LIMIT) {
      Networkd.tooLarge(repository.at(entry.path()), entry.size(), report);
      return false;
    }
    return true;
  }
}
