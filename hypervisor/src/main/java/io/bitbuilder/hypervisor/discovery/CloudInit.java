package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.document.Document;
import io.bitbuilder.hypervisor.document.Node;
import io.bitbuilder.hypervisor.model.SourceTree.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads cloud-init/: what a guest with cloud-init finds on its NoCloud drive. It is the guest's to
 * understand; said here is only what it could not even read.
 */
final class CloudInit {
  private static final Set<String> FILES =
      Set.of("user-data", "meta-data", "network-config", "vendor-data");

  /** What of a document is an error in anybody's YAML; the rest is our own taste. */
  private static final Set<Code> SYNTAX = Set.of(Code.BB101, Code.BB104);

  private static final long LIMIT = 512 << 10;
  private static final String CLOUD_CONFIG = "#cloud-config";
  private static final String INSTANCE_ID = "instance-id";

  private final Repository repository;

  private CloudInit(Repository repository) {
    this.repository = repository;
  }

  /** The files of the directory, in path order. */
  static List<Entry> read(Repository repository, Entry directory) throws IOException {
    CloudInit reader = new CloudInit(repository);
    List<Entry> files = new ArrayList<>();
    for (Entry file : repository.directory(directory)) {
      if (!FILES.contains(file.name())) {
        repository.unexpected(file, "user-data, meta-data, network-config, vendor-data");
      } else if (repository.isFile(file) && reader.isReadable(file)) {
        files.add(file);
      }
    }
    return files;
  }

  private boolean isReadable(Entry file) throws IOException {
    if (file.size() > LIMIT) {
      repository.error(
          Code.BB103,
          file.path(),
          "the file has " + file.size() + " bytes",
          "at most " + LIMIT + " bytes",
          "");
      return false;
    }
    byte[] bytes = repository.tree().read(file, LIMIT);
    switch (file.name()) {
      case "user-data", "vendor-data" -> {
        if (new String(bytes, StandardCharsets.UTF_8).startsWith(CLOUD_CONFIG)) {
          document(file, bytes);
        }
      }
      case "meta-data" -> document(file, bytes).ifPresent(this::checkInstance);
      default -> document(file, bytes);
    }
    return true;
  }

  private Optional<Document> document(Entry file, byte[] bytes) {
    Report own = new Report();
    Optional<Document> document = Document.read(repository.source(file), bytes, own);
    own.sorted().stream()
        .filter(finding -> SYNTAX.contains(finding.code()))
        .forEach(repository::add);
    return document;
  }

  private void checkInstance(Document document) {
    if (document.root() instanceof Node.Entries entries && entries.get(INSTANCE_ID) != null) {
      repository.add(
          new Diagnostic(
              Code.BB213,
              "`instance-id` is the host's to give: it stays when the machine is renamed or"
                  + " restarted",
              document.atKey(entries, INSTANCE_ID),
              "meta-data without instance-id",
              "change `reseed` in config.yaml to have cloud-init run once more",
              List.of()));
    }
  }
}
