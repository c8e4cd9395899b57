package io.bitbuilder.hypervisor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.discovery.Systems;
import io.bitbuilder.hypervisor.generation.AcceptedImages;
import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import io.bitbuilder.hypervisor.model.SystemModel;
import io.bitbuilder.hypervisor.networkd.Networkd;
import io.bitbuilder.hypervisor.signature.Tools;
import io.bitbuilder.hypervisor.signature.TrustedKey;
import io.bitbuilder.hypervisor.sync.DirectoryTree;
import io.bitbuilder.hypervisor.sync.Offer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists signed by the real gpg and ssh-keygen, and every way one of them should not count. */
final class SignedImagesTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final String A = "a".repeat(64);
  private static final String B = "b".repeat(64);
  private static final String URL = "https://images.example.org/x/tiny.raw";

  @TempDir static Path gpg;
  private static Tools tools;
  private static TrustedKey publisher;
  private static TrustedKey ssh;

  @TempDir Path top;
  private Path images;
  private SystemModel system;
  private SortedMap<String, AcceptedImages.Image> accepted = new TreeMap<>();
  private Report report = new Report();

  @BeforeAll
  static void makeKeys() throws IOException {
    tools = new Tools(gpg);
    for (String name : List.of("publisher", "stranger", "lost")) {
      tools.gpgKey(name, "ed25519", "sign");
    }
    publisher = tools.export("publisher");
    ssh = tools.sshKey("id", "-t", "ed25519");
  }

  @AfterAll
  static void stop() {
    tools.close();
  }

  @BeforeEach
  void readSystem() throws IOException {
    Path repository = Files.createDirectories(top.resolve("system/.gitops"));
    Files.writeString(
        repository.resolve("config.yaml"),
        "apiVersion: bitbuilder.io/v1\nimages:\n  tiny:\n    url: \""
            + URL
            + "\"\n    verify: signature\n    type: raw\n");
    Files.createDirectories(top.resolve("system/tenants"));
    Files.writeString(
        top.resolve("system/tenants/registry.json"), "{\"version\": 1, \"tenants\": []}");
    system =
        Systems.read(
                new DirectoryTree(top.resolve("system")),
                new Networkd(Path.of("../host")),
                new Report())
            .orElseThrow();
    images = Files.createDirectories(top.resolve("objects/images"));
  }

  private static byte[] list(String digest) {
    return (digest + "  tiny.raw\n").getBytes(StandardCharsets.US_ASCII);
  }

  private Path offered() {
    CatalogueImage image = Objects.requireNonNull(system.config().images().get("tiny"));
    return images.resolve(InputsDigest.sha256(image.url()) + ".signed");
  }

  private void offer(byte[] list, byte[] signature) throws IOException {
    Files.writeString(offered(), new Offer("SHA256SUMS", list, signature).text());
  }

  private void offer(String digest, String day, String key) throws IOException {
    offer(list(digest), tools.gpgSign(day, key, list(digest)));
  }

  /** What the image is, empty for nothing; what is accepted is kept, as activate does. */
  private String resolve(TrustedKey... keys) {
    report = new Report();
    SignedImages.Resolved resolved =
        new SignedImages(top.resolve("objects"), Arrays.asList(keys), accepted, NOW)
            .resolve(system, report);
    accepted = resolved.signed();
    return Objects.requireNonNull(resolved.system().config().images().get("tiny")).sha256();
  }

  private Diagnostic finding(Code code) {
    assertThat(report.sorted()).hasSize(1);
    assertThat(report.sorted().getFirst().code()).isEqualTo(code);
    return report.sorted().getFirst();
  }

  @Test
  void theDigestIsTheOneThatWasSigned() throws IOException {
    offer(A, "20260101", "publisher");
    assertThat(resolve(publisher)).isEqualTo(A);
    assertThat(report.sorted()).isEmpty();
    AcceptedImages.Image image = Objects.requireNonNull(accepted.get(URL));
    assertThat(image.sha256()).isEqualTo(A);
    assertThat(image.signer()).isEqualTo(publisher.fingerprint());
  }

  @Test
  void sshSignsForImagesOrForFiles() throws IOException {
    for (String namespace : List.of("image/default", "file")) {
      offer(list(A), tools.sshSign("id", namespace, list(A)));
      assertThat(resolve(ssh)).as(namespace).isEqualTo(A);
    }
    offer(list(A), tools.sshSign("id", "git", list(A)));
    accepted = new TreeMap<>();
    assertThat(resolve(ssh)).isEmpty();
    assertThat(finding(Code.BB608).message()).contains("not made for `image/default`");
  }

  @Test
  void whatDoesNotCountIsSaidWhereItStands() throws IOException {
    offer(A, "20260101", "stranger");
    assertThat(resolve(publisher)).isEmpty();
    Diagnostic finding = finding(Code.BB608);
    assertThat(finding.message())
        .isEqualTo(
            "image `tiny` is not signed by somebody who may: SHA256SUMS: signature is by an unknown"
                + " key");
    assertThat(finding.location().path()).isEqualTo(".gitops/config.yaml");
    assertThat(finding.location().toString()).contains("config.yaml:5:13");
    assertThat(finding.expected()).contains("one of 1 keys");
    assertThat(finding.help()).contains("bitbuilder voa import");
  }

  @Test
  void withoutAKeyThatIsSaid() throws IOException {
    assertThat(resolve()).isEmpty();
    assertThat(finding(Code.BB608).message()).contains("knows no key");
    offer(A, "20260101", "publisher");
    assertThat(resolve()).isEmpty();
    assertThat(finding(Code.BB608).help()).contains("bitbuilder voa import FILE --purpose=image");
  }

  @Test
  void nothingButTheBytesThatAreSignedIsRead() throws IOException {
    byte[] good = tools.gpgSign("20260101", "publisher", list(A));
    byte[] renamed = (A + "  other.raw\n").getBytes(StandardCharsets.US_ASCII);
    byte[] longer = (A + "  tiny.raw\n" + B + "  y.raw\n").getBytes(StandardCharsets.US_ASCII);
    byte[] twice = (A + "  tiny.raw\n" + B + "  tiny.raw\n").getBytes(StandardCharsets.US_ASCII);
    Object[][] cases = {
      {list(B), good, "does not fit"},
      {longer, good, "does not fit"},
      {Arrays.copyOf(list(A), 70), good, "does not fit"},
      {list(A), Arrays.copyOf(good, good.length / 2), "SHA256SUMS"},
      {list(A), new byte[0], "there is no signature"},
      {list(A), new byte[70000], "larger than"},
      {list(A), tools.gpgSign("20260101", "publisher", list(B)), "does not fit"},
      {renamed, tools.gpgSign("20260101", "publisher", renamed), "does not name"},
      {twice, tools.gpgSign("20260101", "publisher", twice), "several digests"},
      {new byte[0], tools.gpgSign("20260101", "publisher", new byte[0]), "does not name"},
      {list(A), tools.gpgSign("20270101", "publisher", list(A)), "later than now"},
      {
        list(A),
        tools.gpgSign("20260101", "publisher", list(A), "--default-sig-expire", "30d"),
        "has expired"
      },
    };
    for (Object[] one : cases) {
      offer((byte[]) one[0], (byte[]) one[1]);
      assertThat(resolve(publisher)).as("%s", one[2]).isEmpty();
      assertThat(finding(Code.BB608).message()).contains((String) one[2]);
    }
    assertThat(accepted).isEmpty();
  }

  @Test
  void whatWasAcceptedStaysWhenSomethingElseIsOffered() throws IOException {
    offer(A, "20260101", "publisher");
    resolve(publisher);
    SortedMap<String, AcceptedImages.Image> before = accepted;
    offer(B, "20260201", "stranger");
    assertThat(resolve(publisher)).isEqualTo(A);
    assertThat(finding(Code.BB608).message()).contains("sha256:" + A + ", accepted before, stays");
    assertThat(accepted).isEqualTo(before);
    Files.delete(offered());
    assertThat(resolve(publisher)).isEqualTo(A);
    assertThat(report.sorted()).isEmpty();
  }

  @Test
  void aNewerSignatureReplacesAndAnOlderDoesNot() throws IOException {
    offer(A, "20260101", "publisher");
    resolve(publisher);
    offer(B, "20260301", "publisher");
    assertThat(resolve(publisher)).isEqualTo(B);
    offer(A, "20260101", "publisher");
    assertThat(resolve(publisher)).isEqualTo(B);
    assertThat(finding(Code.BB609).message()).contains("2026-01-01").contains("2026-03-01");
    offer("c".repeat(64), "20260301", "publisher");
    assertThat(resolve(publisher)).isEqualTo(B);
    finding(Code.BB609);
    // The publisher may go back by signing anew.
    offer(A, "20260401", "publisher");
    assertThat(resolve(publisher)).isEqualTo(A);
    // The same image in an older list is no other image, and does not make older ones acceptable.
    offer(A, "20260101", "publisher");
    assertThat(resolve(publisher)).isEqualTo(A);
    assertThat(report.sorted()).isEmpty();
    offer(B, "20260301", "publisher");
    assertThat(resolve(publisher)).isEqualTo(A);
    finding(Code.BB609);
  }

  @Test
  void aListWithoutATimeDoesNotComeBack() throws IOException {
    byte[] first = tools.sshSign("id", "image/default", list(A));
    offer(list(A), first);
    resolve(ssh);
    offer(list(B), tools.sshSign("id", "image/default", list(B)));
    assertThat(resolve(ssh)).isEqualTo(B);
    offer(list(A), first);
    assertThat(resolve(ssh)).isEqualTo(B);
    assertThat(finding(Code.BB609).message()).contains("before the one accepted last");
  }

  @Test
  void aSignatureWithoutATimeDoesNotReplaceOneWith() throws IOException {
    offer(A, "20260101", "publisher");
    resolve(publisher, ssh);
    offer(list(B), tools.sshSign("id", "image/default", list(B)));
    assertThat(resolve(publisher, ssh)).isEqualTo(A);
    assertThat(finding(Code.BB609).message()).contains("without a time");
    // Unless the key that had one no longer counts.
    assertThat(resolve(ssh)).isEqualTo(B);
  }

  @Test
  void aRevokedKeyTakesWithItWhatItSigned() throws IOException {
    TrustedKey lost = tools.export("lost");
    offer(A, "20260101", "lost");
    assertThat(resolve(lost)).isEqualTo(A);
    tools.gpgRevoke("20260201", "lost", 1);
    TrustedKey revoked = tools.export("lost");
    assertThat(resolve(revoked)).isEmpty();
    assertThat(finding(Code.BB608).message()).contains("revoked");
    // A copy without the revocation does not help.
    assertThat(resolve(lost, revoked)).isEmpty();
    offer(B, "20260301", "publisher");
    assertThat(resolve(revoked, publisher)).isEqualTo(B);
  }
}
