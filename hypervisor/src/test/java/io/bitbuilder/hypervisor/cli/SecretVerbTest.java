package io.bitbuilder.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.document.Json;
import io.bitbuilder.hypervisor.secret.Ciphertext;
import io.bitbuilder.hypervisor.secret.HostKey;
import io.bitbuilder.hypervisor.secret.Sealing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretVerbTest {
  private static final byte[] SECRET = "canary".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path root;
  private Prepared prepared;
  private final byte[] key = Sealing.generate();
  private final HostKey other = Sealing.publicKey(key);

  @BeforeEach
  void prepare() throws IOException {
    prepared = Prepared.threeTenants(root);
    prepared.host.typed = SECRET.clone();
  }

  private Ciphertext read(String text) {
    return ((Ciphertext.Parsed.Read) Ciphertext.parse(text.getBytes(StandardCharsets.US_ASCII)))
        .ciphertext();
  }

  @Test
  void whatIsEncryptedForAHostOpensThere() throws IOException {
    Prepared.Ran ran = prepared.run("secret", "encrypt", "--tenant=acme", "--key=" + other, "db");
    assertThat(ran.status()).isZero();
    assertThat(ran.err()).isEmpty();
    byte[] sealed = read(ran.out()).part(other.id()).orElseThrow();
    assertThat(Sealing.open(key, "acme", "db", sealed)).hasValue(SECRET);
  }

  @Test
  void theHostsOwnKeyIsMadeAndUsed() throws IOException {
    assertThat(prepared.run("secret", "encrypt", "--tenant=acme", "db").err())
        .contains("there is no key", "bitbuilder secret key");
    String own = prepared.run("secret", "key").out().strip();
    HostKey host = HostKey.parse(own).orElseThrow();
    assertThat(prepared.run("secret", "key").out().strip()).isEqualTo(own);
    assertThat(Json.parseObject(prepared.run("secret", "key", "--json").out()))
        .containsEntry("key", own)
        .containsEntry("id", host.id());
    assertThat(read(prepared.run("secret", "encrypt", "--tenant=acme", "db").out()).part(host.id()))
        .isPresent();
  }

  @Test
  void aFileIsReadAndSeveralHostsGetALineEach() throws IOException {
    Path file = root.resolve("secret");
    Files.write(file, new byte[] {0, 1, 2, (byte) 0xff, '\n'});
    HostKey second = Sealing.publicKey(Sealing.generate());
    String json =
        prepared
            .run(
                "secret",
                "encrypt",
                "--tenant=acme",
                "--key=" + other,
                "--key=" + second,
                "--input=" + file,
                "--json",
                "db")
            .out();
    assertThat(Json.parseObject(json)).containsEntry("path", "credentials/db.cred");
    Ciphertext ciphertext = read(String.valueOf(Json.parseObject(json).get("text")));
    assertThat(Sealing.open(key, "acme", "db", ciphertext.part(other.id()).orElseThrow()))
        .hasValue(Files.readAllBytes(file));
    assertThat(ciphertext.part(second.id())).isPresent();
  }

  @Test
  void aWrongLineIsSaidAndWhatMayBeASecretIsNotRepeated() throws IOException {
    for (String line :
        new String[] {
          "secret encrypt --tenant=Acme! --key=" + other + " db",
          "secret encrypt --tenant=acme --key=" + other,
          "secret encrypt --tenant=acme --key=" + other + " a/b",
          "secret encrypt --tenant=acme --key=canary db",
          "secret key canary"
        }) {
      Prepared.Ran ran = prepared.run(line.split(" ", -1));
      assertThat(ran.status()).as(line).isEqualTo(ExitStatus.USAGE);
      assertThat(ran.out() + ran.err()).as(line).doesNotContain("canary");
    }
    prepared.host.typed = new byte[0];
    assertThat(prepared.run("secret", "encrypt", "--tenant=acme", "--key=" + other, "db").err())
        .contains("empty");
    prepared.host.typed = new byte[Ciphertext.LIMIT];
    assertThat(prepared.run("secret", "encrypt", "--tenant=acme", "--key=" + other, "db").err())
        .contains("too large");
    assertThat(prepared.run("unseal", "Acme!").status()).isEqualTo(ExitStatus.USAGE);
    assertThat(prepared.run("unseal", "acme")).isEqualTo(new Prepared.Ran(0, "", ""));
    assertThat(prepared.run("unseal", "--remove", "acme")).isEqualTo(new Prepared.Ran(0, "", ""));
  }
}
