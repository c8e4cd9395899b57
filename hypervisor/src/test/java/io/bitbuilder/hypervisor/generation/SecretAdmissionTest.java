package io.bitbuilder.hypervisor.generation;

import static io.bitbuilder.hypervisor.generation.Fixtures.BETA;
import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.compiler.FileTree;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ciphertexts of a staged generation: a tenant's own, and nothing else. */
class SecretAdmissionTest extends AdmissionScene {
  private static final String SEALED =
      "bitbuilder-sealed 1\n0123456789abcdef "
          + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
          + "\n";
  private static final String GUEST =
      "units/tenant-container@beta\\x2d2-web.service.d/40-secrets.conf";

  @Test
  void theTenantsOwnSecretsAreAdmitted() throws IOException {
    nodes.put("credentials/db.cred", new FileTree.Text(SEALED));
    nodes.put(
        "units/tenant@beta\\x2d2.target.wants/tenant-secrets@beta\\x2d2.service",
        new FileTree.Link("/usr/lib/systemd/system/tenant-secrets@.service"));
    nodes.put(
        GUEST,
        new FileTree.Text(
            """
            [Unit]
            Wants=tenant-secrets@beta\\x2d2.service
            After=tenant-secrets@beta\\x2d2.service

            [Service]
            LoadCredentialEncrypted=tenant.beta-2.db:/run/credstore.encrypted/tenant.beta-2.db
            """));
    assertThat(new Store(root).add(BETA, stage()).number()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tenant.alpha.db:/run/credstore.encrypted/tenant.alpha.db",
        "tenant.beta-2.db:/run/credstore.encrypted/tenant.alpha.db",
        "tenant.beta-2.db:/run/credstore.encrypted/tenant.beta-2.other",
        "tenant.beta-2.db:/etc/credstore.encrypted/tenant.beta-2.db",
        "tenant.beta-2.db:/run/credstore.encrypted/../shadow",
        "tenant.beta-2.db:/etc/shadow",
        "tenant.beta-2.../x:/run/credstore.encrypted/tenant.beta-2.../x",
        "tenant.beta-2.db",
        "%n:/run/credstore.encrypted/%n",
        ""
      })
  void aSecretFromElsewhereIsRefused(String value) throws IOException {
    nodes.put(GUEST, new FileTree.Text("[Service]\nLoadCredentialEncrypted=" + value + "\n"));
    refused(BETA);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "credentials/db",
        "credentials/.db.cred",
        "credentials/d b.cred",
        "credentials/db.cred.cred/x",
        "credentials/x/db.cred",
        "units/tenant-secrets@alpha.service.d/50-x.conf",
        "units/tenant-secrets@beta\\x2d2.service.d/50-x.conf"
      })
  void aSecretUnderAnotherNameIsRefused(String path) throws IOException {
    nodes.put(path, new FileTree.Text(path.startsWith("units") ? "[Service]\n" : SEALED));
    refused(BETA);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hunter2\n",
        " " + SEALED,
        SEALED + "\n",
        "bitbuilder-sealed 1\r\n0123456789abcdef AAAA\n",
        "WhxqhtcanaryQJax1aZeCGLxmg==\n"
      })
  void whatIsNotACiphertextLetterByLetterIsRefused(String text) throws IOException {
    nodes.put("credentials/db.cred", new FileTree.Text(text));
    refused(BETA);
  }

  @Test
  void nothingIsSaidToWhatOpensSecrets() throws IOException {
    nodes.put(
        "units/tenant-secrets@beta\\x2d2.service.d/20-address.conf",
        new FileTree.Link("/usr/lib/bitbuilder/fragments/address.conf"));
    refused(BETA);
  }
}
