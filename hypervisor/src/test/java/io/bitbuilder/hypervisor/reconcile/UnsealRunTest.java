package io.bitbuilder.hypervisor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.host.FakeCipher;
import io.bitbuilder.hypervisor.host.HostCipher;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.secret.Ciphertext;
import io.bitbuilder.hypervisor.secret.HostKey;
import io.bitbuilder.hypervisor.secret.Sealing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnsealRunTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final byte[] SECRET = "canary".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path root;
  private final HostCipher cipher = FakeCipher.INSTANCE;
  private final List<String> problems = new ArrayList<>();
  private HostKey key;

  @BeforeEach
  void makeKey() throws IOException {
    key = new HostSecret(root, cipher).ensure();
  }

  private Path credentials() {
    return root.resolve("var/lib/bitbuilder/generations/current/tenants/acme/credentials");
  }

  private void write(String name, String text) throws IOException {
    Files.createDirectories(credentials());
    Files.writeString(credentials().resolve(name + ".cred"), text);
  }

  private String sealed(HostKey host, String tenant, String name) {
    return Ciphertext.of(Map.of(host, Sealing.seal(host, tenant, name, SECRET))).text();
  }

  private void start() throws IOException {
    problems.clear();
    try (UnsealRun run = new UnsealRun(root, ACME, cipher)) {
      run.start(problems::add);
    }
  }

  private Path store() {
    return root.resolve("run/credstore.encrypted");
  }

  private List<String> placed() throws IOException {
    try (Stream<Path> files = Files.list(store())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theKeyIsMadeOnceAndItsPrivatePartIsNeverInTheClear() throws IOException {
    HostSecret secret = new HostSecret(root, cipher);
    assertThat(secret.ensure()).isEqualTo(key);
    assertThat(secret.publicKey()).hasValue(key);
    Path directory = root.resolve("var/lib/bitbuilder/secrets");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("host.cred"))))
        .isEqualTo("rw-------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("host.pub"))))
        .isEqualTo("rw-r--r--");
    // Cut short between the two files, or the public one lost.
    Files.delete(directory.resolve("host.pub"));
    assertThat(secret.ensure()).isEqualTo(key);
  }

  @Test
  void bothFormsArePlacedForThisHostAndThisName() throws IOException {
    write("db", sealed(key, "acme", "db"));
    byte[] ours = cipher.encrypt("tenant.acme.token", SECRET, HostCipher.Key.FILE);
    write("token", new String(ours, StandardCharsets.US_ASCII) + "\n");
    start();
    assertThat(problems).isEmpty();
    assertThat(placed()).containsExactly("tenant.acme.db", "tenant.acme.token");
    for (String name : placed()) {
      Path file = store().resolve(name);
      assertThat(cipher.decrypt(name, Files.readAllBytes(file))).isEqualTo(SECRET);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void whatDoesNotOpenIsNamedWithItsReasonAndTheOthersAreThere() throws IOException {
    write("db", sealed(key, "acme", "db"));
    write("moved", sealed(key, "acme", "db"));
    write("stolen", sealed(key, "globex", "stolen"));
    write("elsewhere", sealed(Sealing.publicKey(Sealing.generate()), "acme", "elsewhere"));
    byte[] other = cipher.encrypt("tenant.globex.token", SECRET, HostCipher.Key.FILE);
    write("token", new String(other, StandardCharsets.US_ASCII) + "\n");
    write("damaged", "canary");
    start();
    assertThat(placed()).containsExactly("tenant.acme.db");
    assertThat(problems)
        .hasSize(5)
        .allMatch(problem -> problem.startsWith("tenant acme: credentials/"))
        .allMatch(problem -> problem.contains(" does not open: "))
        .noneMatch(problem -> problem.contains("canary"))
        .anyMatch(problem -> problem.contains("elsewhere.cred") && problem.contains(key.id()))
        .anyMatch(problem -> problem.contains("moved.cred") && problem.contains("another tenant"));
  }

  @Test
  void aChangeReplacesAndWhatIsGoneIsRemoved() throws IOException {
    write("db", sealed(key, "acme", "db"));
    write("token", sealed(key, "acme", "token"));
    start();
    Object before =
        Files.readAttributes(store().resolve("tenant.acme.token"), "unix:ino").get("ino");
    write("db", sealed(key, "globex", "db"));
    start();
    // The one that was there would be an older secret than the tenant's word.
    assertThat(placed()).containsExactly("tenant.acme.token");
    assertThat(Files.readAttributes(store().resolve("tenant.acme.token"), "unix:ino").get("ino"))
        .isEqualTo(before);
    Files.delete(credentials().resolve("db.cred"));
    Files.delete(credentials().resolve("token.cred"));
    Files.delete(credentials());
    start();
    assertThat(placed()).isEmpty();
  }

  @Test
  void stoppingRemovesWhatWasPlacedAndNothingElse() throws IOException {
    write("db", sealed(key, "acme", "db"));
    start();
    Files.writeString(store().resolve("tenant.acme.operators"), "x");
    Files.writeString(store().resolve("tenant.acme-2.db"), "x");
    try (UnsealRun run = new UnsealRun(root, ACME, cipher)) {
      run.stop();
      run.stop();
    }
    assertThat(placed()).containsExactly("tenant.acme-2.db", "tenant.acme.operators");
  }

  @Test
  void withoutAKeyOfTheHostNothingSealedOpens() throws IOException {
    write("db", sealed(key, "acme", "db"));
    Files.delete(root.resolve("var/lib/bitbuilder/secrets/host.cred"));
    start();
    assertThat(problems).hasSize(1).first().asString().contains("bitbuilder secret key");
    assertThat(placed()).isEmpty();
    Files.writeString(root.resolve("var/lib/bitbuilder/secrets/host.pub"), "nonsense");
    assertThatThrownBy(() -> new HostSecret(root, cipher).publicKey())
        .isInstanceOf(IOException.class);
  }
}
