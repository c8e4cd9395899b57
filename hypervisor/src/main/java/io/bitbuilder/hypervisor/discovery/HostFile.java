package io.bitbuilder.hypervisor.discovery;

import static io.bitbuilder.hypervisor.schema.Consequence.LIVE;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.document.Document;
import io.bitbuilder.hypervisor.model.HostConfig;
import io.bitbuilder.hypervisor.model.VerifyMode;
import io.bitbuilder.hypervisor.schema.Key;
import io.bitbuilder.hypervisor.schema.ListOf;
import io.bitbuilder.hypervisor.schema.Reading;
import io.bitbuilder.hypervisor.schema.Shape;
import io.bitbuilder.hypervisor.schema.Values;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** /etc/bitbuilder/host.yaml: all a host is told by hand. */
public final class HostFile {
  /** Where the file is, below the root directory. */
  public static final String PATH = "etc/bitbuilder/host.yaml";

  /** The system credential that may hold it instead. */
  public static final String CREDENTIAL_NAME = "bitbuilder.host";

  /** Where root finds system credentials, below the root directory (systemd(1)). */
  public static final String SYSTEM_CREDENTIALS = "run/credentials/@system";

  private static final Key<String> URL =
      Key.of("url", Addresses.REPOSITORY, LIVE, "Where it is: https, ssh or file.").mandatory();
  private static final Key<String> REF =
      Key.of("ref", Vocabulary.REF, LIVE, "The branch that is followed.").or("main", "main");
  private static final Key<String> CREDENTIAL =
      Key.of(
          "credential",
          Vocabulary.CREDENTIAL,
          LIVE,
          "The system credential that opens it: a token for https, a deploy key for ssh.");
  private static final Key<Values> SYSTEM_REPOSITORY =
      Key.of(
              "systemRepository",
              Shape.of("systemRepository", URL, REF, CREDENTIAL),
              LIVE,
              "The system repository.")
          .mandatory();
  private static final Key<VerifyMode> VERIFY =
      Key.of(
              "verify",
              SystemConfigFile.VERIFY_MODES,
              LIVE,
              "How commits of the system repository are verified. `require` takes only what is signed"
                  + " by a key below, one of the host's own (voa, purpose `git-commit`, context"
                  + " `system`), or one the repository itself gave the role `operate` before. `warn`"
                  + " takes all and says so; `off` does not look.")
          .or(VerifyMode.REQUIRE, "require");
  private static final Key<List<String>> SIGNERS =
      Key.of(
          "signers",
          new ListOf<>(SignerKeys.KEY),
          LIVE,
          "Keys whose signatures count for the system repository. The certificate of"
              + " `openpgp:FINGERPRINT` is among the host's own (voa).");
  private static final Key<String> NAME =
      Key.of(
              "name",
              Vocabulary.TAG,
              LIVE,
              "The name of this host among `hosts` of the system repository.")
          .orElse("that of /etc/hostname");
  private static final Key<List<String>> TAGS =
      Key.of(
          "tags",
          new ListOf<>(Vocabulary.TAG),
          LIVE,
          "Added to the machine's tags, by which tenants are placed.");

  static final Shape SHAPE = Shape.of("host.yaml", SYSTEM_REPOSITORY, VERIFY, SIGNERS, NAME, TAGS);

  private HostFile() {}

  /**
   * Reads the file below a root directory.
   *
   * @return empty exactly when findings were reported
   * @throws IOException when the file is there but cannot be read
   */
  public static Optional<HostConfig> read(Path root, Report report) throws IOException {
    return read(root, Optional.empty(), report);
  }

  /**
   * Reads the file below a root directory or, when there is none, the credential.
   *
   * @param credentials {@code $CREDENTIALS_DIRECTORY} (systemd.exec(5), CREDENTIALS)
   * @return empty exactly when findings were reported
   * @throws IOException when the file is there but cannot be read
   */
  public static Optional<HostConfig> read(Path root, Optional<Path> credentials, Report report)
      throws IOException {
    Path file = root.resolve(PATH);
    if (Files.exists(file)) {
      return parse("/" + PATH, file, report);
    }
    Optional<Path> credential =
        credentials.map(path -> path.resolve(CREDENTIAL_NAME)).filter(Files::exists);
    if (credential.isPresent()) {
      return parse("credential " + CREDENTIAL_NAME, credential.get(), report);
    }
    report.add(
        Code.BB705,
        Location.ofFile("", "", "/" + PATH),
        "this host does not know its system repository",
        "a file /" + PATH + " or the system credential " + CREDENTIAL_NAME,
        "write `systemRepository: {url: https://…}` into /" + PATH);
    return Optional.empty();
  }

  private static Optional<HostConfig> parse(String name, Path file, Report report)
      throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes((int) Repository.DOCUMENT_LIMIT + 1);
    }
    if (bytes.length > Repository.DOCUMENT_LIMIT) {
      report.add(
          Code.BB103,
          Location.ofFile("", "", name),
          "the file is too large",
          "at most " + Repository.DOCUMENT_LIMIT + " bytes");
      return Optional.empty();
    }
    return Document.read(new Document.Source("", "", name), bytes, report)
        .flatMap(document -> config(new Reading(document, report)));
  }

  private static Optional<HostConfig> config(Reading reading) {
    Values values = SHAPE.read(reading.document().root(), reading);
    if (values == null || reading.failed()) {
      return Optional.empty();
    }
    Values repository = values.get(SYSTEM_REPOSITORY);
    return Optional.of(
        new HostConfig(
            repository.get(URL),
            repository.get(REF),
            repository.find(CREDENTIAL).orElse(""),
            values.get(VERIFY),
            values.list(SIGNERS),
            values.find(NAME).orElse(""),
            values.list(TAGS),
            pointer -> reading.document().at(pointer)));
  }
}
