package io.bitbuilder.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images whose publisher signs their digests: what is offered wrongly changes nothing that runs,
 * whoever offers it. Each test goes on from the one before.
 */
@Tag("scenario")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ImageSignatureScenarioTest {
  @RegisterExtension private static final Scene SCENE = new Scene("image-signature");

  @TempDir private static Path gnupg;

  /** An image of its own hallmark, at /srv/versions/NAME.tar, and a list that names it. */
  private static final String VERSION =
      """
      mkdir -p /srv/versions /srv/web/os
      echo "$1" >/srv/root/etc/hallmark
      [ -e "/srv/versions/$1.tar" ] || tar -C /srv/root --owner=0 --group=0 -cf "/srv/versions/$1.tar" .
      printf '%s  tiny.tar\\n' "$(sha256sum <"/srv/versions/$1.tar" | cut -d' ' -f1)"\
      """;

  private static final String OF_IMAGE =
      """
      image: tiny
      command: [/bin/sh, -c, "trap 'exit 0' TERM; sleep 1000000 & wait"]
      """;

  private static final Tree WITH = Tree.tenant("acme").idle("web").container("tiny", OF_IMAGE);

  private final Site site = SCENE.site();
  private final Host host = SCENE.host();

  private static String gpg(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of("gpg", "--homedir", gnupg.toString(), "--batch", "--yes", "--quiet"));
    command.addAll(List.of("--pinentry-mode", "loopback", "--passphrase", "", "--armor"));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      String problem = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as("%s: %s", command, problem).isZero();
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String sign(String day, String key, String list) {
    try {
      Path file = Files.writeString(gnupg.resolve("list"), list);
      return gpg(
          "--faked-system-time", day + "T120000", "-u", key, "-o", "-", "-b", file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String list(String version) {
    return SCENE.host().sh(VERSION, version) + "\n";
  }

  private static String digest(String list) {
    return list.substring(0, 64);
  }

  private static void offer(String version, String list, String signature) {
    Host host = SCENE.host();
    host.sh("cp \"/srv/versions/$1.tar\" /srv/web/os/tiny.tar", version);
    host.write("/srv/web/os/SHA256SUMS", list);
    host.write("/srv/web/os/SHA256SUMS.asc", signature);
  }

  private static String catalogue(String address) {
    return Site.defaultConfig()
        + "images:\n  tiny:\n    url: \"http://"
        + address
        + ":8099/os/tiny.tar\"\n    verify: signature\n    type: tar\n";
  }

  @BeforeAll
  static void aPublisher() throws IOException {
    Files.setPosixFilePermissions(gnupg, PosixFilePermissions.fromString("rwx------"));
    for (String name : List.of("publisher", "mallory")) {
      gpg("--faked-system-time", "20260101T120000", "--quick-gen-key", name, "ed25519", "sign");
    }
    Host host = SCENE.host();
    host.sh(ImageScenarioTest.BUILD);
    String one = list("one");
    offer("one", one, sign("20260201", "publisher", one));
    host.write("/srv/file-server.py", Talk.resource("file-server.py"));
    host.sh("systemd-run --quiet --unit=publisher python3 /srv/file-server.py");
    Site site = SCENE.site();
    site.push("acme", "idle", Tree.tenant("acme").idle("web"));
    site.config(catalogue("127.0.0.1")).register("acme").publish();
  }

  @AfterAll
  static void stop() {
    SCENE.host().sh("systemctl stop publisher.service");
    try {
      new ProcessBuilder("gpgconf", "--homedir", gnupg.toString(), "--kill", "all").start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String hallmark() {
    return site.within("acme", "tiny", "cat /etc/hallmark");
  }

  /** What is offered is said to be no good, and what runs goes on as that start of it. */
  private void refused(int status, String... words) {
    String before = site.invocation("acme", "tiny");
    assertThat(site.sync(status)).contains(words);
    assertThat(site.invocation("acme", "tiny")).isEqualTo(before);
  }

  private void trust(String certificate) {
    host.write("/root/key.asc", certificate);
    host.succeeds("bitbuilder", "voa", "import", "/root/key.asc", "--purpose=image");
  }

  @Test
  @Order(1)
  void withoutAKeyNothingIsTaken() {
    assertThat(site.sync(4)).contains("BB608", "config.yaml", "voa import FILE --purpose=image");
    site.push("acme", "an image", WITH);
    assertThat(site.sync(4)).contains("BB608", "containers/tiny/config.yaml");
    assertThat(site.invocation("acme", "web")).isNotEmpty();
    // Nothing was downloaded that nobody answers for.
    assertThat(host.sh("ls /var/lib/bitbuilder/objects/images")).doesNotMatch("(?m)^[0-9a-f]{64}$");
  }

  @Test
  @Order(2)
  void whatThePublisherSignedRuns() {
    trust(gpg("--export", "mallory"));
    assertThat(site.sync(4)).contains("BB608", "unknown key");
    host.sh("rm -r /etc/voa/bitbuilder/image");
    trust(gpg("--export", "publisher"));
    site.sync(0);
    assertThat(hallmark()).isEqualTo("one");
    String log = host.succeeds("bitbuilder", "log", "--json");
    assertThat(log).contains("tiny.tar is sha256:" + digest(list("one")));
    assertThat(host.sh("cat /var/lib/bitbuilder/generations/current/tenants/acme/manifest.json"))
        .contains(digest(list("one")));
  }

  @Test
  @Order(3)
  void whatTheyDidNotSignDoesNot() {
    String one = list("one");
    String signature = sign("20260201", "publisher", one);
    String evil = list("evil");
    offer("evil", evil, signature);
    refused(4, "BB608", "does not fit the content", "accepted before, stays");
    offer("evil", evil, sign("20260301", "mallory", evil));
    refused(4, "BB608", "unknown key");
    String renamed = evil.replace("tiny.tar", "other.tar");
    offer("evil", renamed, sign("20260301", "publisher", renamed));
    refused(4, "BB608", "does not name the file");
    offer("one", one, signature.substring(0, signature.length() / 2));
    refused(4, "BB608");
    // Another file than was signed.
    String two = list("two");
    offer("evil", two, sign("20260401", "publisher", two));
    refused(4, "BB607", digest(two));
    host.sh("truncate -s -1024 /srv/web/os/tiny.tar");
    refused(4, "BB607");
    assertThat(hallmark()).isEqualTo("one");
  }

  @Test
  @Order(4)
  void aNewerImageReplacesItAndAnOlderOneDoesNot() {
    String two = list("two");
    offer("two", two, sign("20260401", "publisher", two));
    site.sync(0);
    assertThat(hallmark()).isEqualTo("two");
    host.succeeds("bitbuilder", "rollback", "acme");
    assertThat(hallmark()).isEqualTo("one");
    site.push("acme", "on it goes", WITH.idle("more"));
    site.sync(0);
    assertThat(hallmark()).isEqualTo("two");
    String one = list("one");
    offer("one", one, sign("20260201", "publisher", one));
    refused(4, "BB609", "2026-02-01", "2026-04-01");
    // Whoever fetches may forget, root does not.
    host.sh("rm -rf /var/lib/bitbuilder/objects/images");
    refused(4, "BB609");
  }

  @Test
  @Order(5)
  void whoeverTakesOverFetchingChoosesNoImage() {
    String three = list("three");
    offer("three", three, sign("20260501", "publisher", three));
    list("evil");
    host.write(
        "/srv/hostile.sh",
        """
        set -e
        cd /var/lib/bitbuilder/objects
        mkdir -p images
        cp /srv/versions/evil.tar "images/$(cut -c1-64 /srv/web/os/SHA256SUMS)"
        printf '{"source":"SHA256SUMS","list":"%s","signature":"%s"}\\n' "$(base64 -w0 /srv/web/os/SHA256SUMS)" \
          "$(base64 -w0 /srv/web/os/SHA256SUMS.asc)" \
          >"images/$(printf http://127.0.0.1:8099/os/tiny.tar | sha256sum | cut -c1-64).signed"
        : >changed
        """);
    host.write(
        "/run/systemd/system/bitbuilder-fetch.service.d/90-hostile.conf",
        "[Service]\nExecStart=\nExecStart=/bin/bash /srv/hostile.sh\n");
    host.succeeds("systemctl", "daemon-reload");
    String before = site.invocation("acme", "tiny");
    site.sync();
    assertThat(host.succeeds("bitbuilder", "log", "acme"))
        .contains("the fetched image has digest", "instead of " + digest(three));
    assertThat(site.invocation("acme", "tiny")).isEqualTo(before);
    assertThat(hallmark()).isEqualTo("two");
    host.sh("rm -r /run/systemd/system/bitbuilder-fetch.service.d; systemctl daemon-reload");
    host.sh("rm -rf /var/lib/bitbuilder/objects/images");
    site.push("acme", "once more", WITH);
    site.sync(0);
    assertThat(hallmark()).isEqualTo("three");
  }

  @Test
  @Order(6)
  void aNameForAnAddressInsideIsNotFollowed() {
    site.config(catalogue("localhost")).publish();
    refused(4, "BB606", "stands for 127.0.0.1", "internal: true");
    site.config(catalogue("localhost") + "    internal: true\n").publish();
    site.sync(0);
    site.config(catalogue("127.0.0.1")).publish();
    site.sync(0);
    assertThat(hallmark()).isEqualTo("three");
  }

  @Test
  @Order(7)
  void aRevokedKeySignsNothingAnyMore() throws IOException {
    String fingerprint =
        gpg("--with-colons", "--list-keys", "publisher")
            .lines()
            .filter(line -> line.startsWith("fpr:"))
            .findFirst()
            .orElseThrow()
            .split(":", -1)[9];
    // gpg writes a revocation with each key, its armor disabled by a colon.
    Path revocation = gnupg.resolve("openpgp-revocs.d").resolve(fingerprint + ".rev");
    gpg(
        "--import",
        Files.writeString(
                gnupg.resolve("revocation"),
                Files.readString(revocation).replace(":-----", "-----"))
            .toString());
    host.sh("rm -r /etc/voa/bitbuilder/image");
    trust(gpg("--export", "publisher"));
    refused(4, "BB608", "revoked");
    site.push("acme", "another of it", WITH.container("twin", OF_IMAGE));
    refused(4, "BB608", "nothing its publisher signed");
    assertThat(hallmark()).isEqualTo("three");
  }
}
