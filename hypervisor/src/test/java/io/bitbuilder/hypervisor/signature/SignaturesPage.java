package io.bitbuilder.hypervisor.signature;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The reference page of verdicts. */
final class SignaturesPage {
  private static final String HEAD =
      """
      # Signatures: our verdicts beside those of git, gpg and ssh-keygen

      Written by a test that makes each case with the real programs and asks all of them. A verdict of ours is never softer than git's but where UAPI.11
      decides: whether a key was valid is asked for the time it signed, so a key that expired, or was superseded or retired, keeps what it signed before.
      gpg calls such signatures valid and adds a warning; git refuses them.

      Accepted are OpenPGP signatures of version 4 by Ed25519, Ed448, ECDSA (NIST, Brainpool) and RSA of 2048 bits or more over SHA-2 or SHA-3, and SSH
      signatures by Ed25519, ECDSA, RSA of 2048 bits or more with SHA-2, and security keys that were touched.

      `–` was not asked. What is not `good` is refused, for the reason given. Asked were @VERSIONS@.

      | case | git | gpg, ssh-keygen | ours | why stricter |
      |---|---|---|---|---|
      """;

  private SignaturesPage() {}

  static String of(
      String versions, List<Corpus.Row> rows, Map<String, String> stricter, Set<String> atSigning) {
    StringBuilder page = new StringBuilder(HEAD.replace("@VERSIONS@", versions));
    for (Corpus.Row row : rows) {
      String why =
          atSigning.contains(row.name())
              ? "not stricter: UAPI.11"
              : stricter.getOrDefault(row.name(), "");
      page.append("| ")
          .append(String.join(" | ", row.name(), row.git(), row.tool(), row.ours(), why))
          .append(" |\n");
    }
    return page.toString().replace("|  |", "| |");
  }

  /** The columns that do not depend on the versions of the tools. */
  static String ours(String page) {
    return page.lines()
        .filter(line -> line.startsWith("|"))
        .map(line -> line.split("\\|", -1))
        .map(cells -> cells[1] + "|" + cells[4] + "|" + cells[5])
        .collect(Collectors.joining("\n"));
  }
}
