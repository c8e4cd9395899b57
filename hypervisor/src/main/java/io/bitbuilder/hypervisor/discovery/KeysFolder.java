package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.SourceTree.Entry;
import io.bitbuilder.hypervisor.signature.OpenPgpCertificate;
import io.bitbuilder.hypervisor.signature.Parsed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** keys/ of the system repository: certificates of signers, each under its fingerprint. */
final class KeysFolder {
  private static final String SUFFIX = ".openpgp";
  private static final String EXPECTED = "<fingerprint in lowercase>" + SUFFIX;

  private KeysFolder() {}

  /** The certificates by fingerprint; findings are in the repository's report. */
  static SortedMap<String, String> read(Repository repository) throws IOException {
    SortedMap<String, String> certificates = new TreeMap<>();
    Optional<Entry> folder = repository.tree().find("keys");
    if (folder.isEmpty()) {
      return certificates;
    }
    for (Entry entry : repository.directory(folder.get())) {
      if (!entry.name().endsWith(SUFFIX)) {
        repository.unexpected(entry, EXPECTED);
      } else if (repository.isFile(entry)) {
        read(entry, repository).ifPresent(text -> certificates.put(stem(entry), text));
      }
    }
    return certificates;
  }

  private static String stem(Entry entry) {
    return entry.name().substring(0, entry.name().length() - SUFFIX.length());
  }

  private static Optional<String> read(Entry entry, Repository repository) throws IOException {
    if (entry.size() > OpenPgpCertificate.LIMIT) {
      repository.error(
          Code.BB103,
          entry.path(),
          "the file has " + entry.size() + " bytes",
          "at most " + OpenPgpCertificate.LIMIT + " bytes",
          "");
      return Optional.empty();
    }
    byte[] bytes = repository.tree().read(entry, OpenPgpCertificate.LIMIT);
    switch (OpenPgpCertificate.parse(bytes)) {
      case Parsed.Refused<OpenPgpCertificate> refused ->
          repository.error(
              Code.BB204,
              entry.path(),
              "no certificate: " + refused.sentence(),
              "what `gpg --armor --export FINGERPRINT` prints",
              "");
      case Parsed.Accepted<OpenPgpCertificate> accepted -> {
        if (accepted.value().hex().equals(stem(entry))) {
          return Optional.of(new String(bytes, StandardCharsets.ISO_8859_1));
        }
        repository.error(
            Code.BB204,
            entry.path(),
            "the file is named " + Quote.quote(entry.name()) + " and holds another certificate",
            accepted.value().hex() + SUFFIX,
            "rename it");
      }
    }
    return Optional.empty();
  }
}
