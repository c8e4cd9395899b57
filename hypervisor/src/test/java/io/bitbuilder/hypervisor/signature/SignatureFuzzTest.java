package io.bitbuilder.hypervisor.signature;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Whatever somebody calls a signature, a key or a signed object has a verdict, and not a good one.
 */
final class SignatureFuzzTest {
  private static final Instant NOW = Instant.parse("2026-06-30T12:00:00Z");
  private static final String SSH =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ6jJg1sG0wyOa7fMXDg2gvdMGT1WlXuTmd4uYcFQRkO nobody";

  private static List<TrustedKey> keys() {
    List<TrustedKey> keys = new ArrayList<>();
    if (SshKey.parse(SSH) instanceof Parsed.Accepted<SshKey>(SshKey key)) {
      keys.add(key);
    }
    return keys;
  }

  @FuzzTest(maxDuration = "10m")
  void signedObject(byte[] bytes) {
    Verifier verifier = new Verifier(keys(), NOW);
    if (SignedObject.commit(bytes) instanceof Parsed.Accepted<SignedObject.Commit> commit) {
      assertThat(verifier.verify(commit.value().signed())).isInstanceOf(Verdict.Bad.class);
    }
    if (SignedObject.tag(bytes) instanceof Parsed.Accepted<SignedObject.Tag> tag) {
      assertThat(verifier.verify(tag.value().signed())).isInstanceOf(Verdict.Bad.class);
    }
  }

  @FuzzTest(maxDuration = "10m")
  void signature(byte[] bytes) throws java.io.IOException {
    Verifier verifier = new Verifier(keys(), NOW);
    byte[] content = "content".getBytes(StandardCharsets.UTF_8);
    assertThat(verifier.detached(new java.io.ByteArrayInputStream(content), bytes))
        .isInstanceOf(Verdict.Bad.class);
  }

  @FuzzTest(maxDuration = "10m")
  void keys(byte[] bytes) {
    SshKey.parse(new String(bytes, StandardCharsets.UTF_8));
    if (OpenPgpCertificate.parse(bytes)
        instanceof Parsed.Accepted<OpenPgpCertificate>(OpenPgpCertificate certificate)) {
      assertThat(certificate.hex()).matches("[0-9a-f]{40}([0-9a-f]{24})?");
      assertThat(certificate.signers(NOW)).isNotNull();
    }
  }
}
