package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.Guest;
import io.bitbuilder.hypervisor.model.SourceTree.Entry;
import io.bitbuilder.hypervisor.secret.Ciphertext;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads credentials/: that each file is a ciphertext. What is in one is in no finding, for it may
 * be what was meant to be encrypted.
 */
final class Secrets {
  static final String SUFFIX = ".cred";

  /** Bytes all of them may have: they go into the generation. */
  private static final long TOTAL_LIMIT = 4 << 20;

  private Secrets() {}

  /** The files, by name without suffix. */
  static SortedMap<String, Ciphertext> read(Repository repository, Layout layout)
      throws IOException {
    SortedMap<String, Ciphertext> secrets = new TreeMap<>();
    long total = 0;
    for (Entry entry : layout.in("credentials")) {
      String name = name(entry);
      total += entry.size();
      if (!Vocabulary.isCredential(name)) {
        repository.error(
            Code.BB207,
            entry.path(),
            Quote.quote(entry.name()) + " is not named after a credential",
            Vocabulary.CREDENTIAL.expected() + ", then " + SUFFIX,
            "rename the file");
      } else if (entry.size() > Ciphertext.LIMIT || total > TOTAL_LIMIT) {
        repository.error(
            Code.BB307,
            entry.path(),
            entry.size() > Ciphertext.LIMIT
                ? "the file has " + entry.size() + " bytes"
                : "the files of credentials/ have " + total + " bytes up to this one",
            "at most " + Ciphertext.LIMIT + " bytes, and " + TOTAL_LIMIT + " all together",
            "");
      } else {
        switch (Ciphertext.parse(repository.tree().read(entry, Ciphertext.LIMIT))) {
          case Ciphertext.Parsed.Read(Ciphertext ciphertext) -> secrets.put(name, ciphertext);
          case Ciphertext.Parsed.Refused(String reason) -> refused(repository, entry, reason);
        }
      }
    }
    return secrets;
  }

  private static void refused(Repository repository, Entry entry, String reason) {
    repository.error(
        Code.BB311,
        entry.path(),
        Quote.quote(entry.name()) + " is not a ciphertext: " + reason,
        "what `bitbuilder secret encrypt` or `systemd-creds encrypt` printed",
        "a secret that was pushed in the clear is known: make a new one, and encrypt that");
  }

  /** Warns of files that no guest names. */
  static void check(
      SortedMap<String, Ciphertext> secrets, List<Guest> guests, Repository repository) {
    for (String name : secrets.keySet()) {
      if (guests.stream().noneMatch(guest -> guest.credentials().containsValue(name))) {
        repository.add(
            new Diagnostic(
                Code.BB312,
                "no container or machine names the credential " + Quote.quote(name),
                repository.at("credentials/" + name + SUFFIX),
                "a guest with `credentials: {inside: " + name + "}`",
                "name it, or remove the file",
                List.of()));
      }
    }
  }

  private static String name(Entry entry) {
    return entry.name().substring(0, entry.name().length() - SUFFIX.length());
  }
}
