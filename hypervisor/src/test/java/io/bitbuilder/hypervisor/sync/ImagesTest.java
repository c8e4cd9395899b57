package io.bitbuilder.hypervisor.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.model.SystemConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImagesTest {
  private static final byte[] CONTENT =
      "an image, as far as anybody can tell".getBytes(StandardCharsets.US_ASCII);
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

  @TempDir Path root;
  private HttpBackend server;
  private String sha256;

  @BeforeEach
  void setUp() throws Exception {
    server = new HttpBackend(root, null);
    sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(CONTENT));
  }

  @AfterEach
  void tearDown() {
    server.close();
  }

  @Test
  void aLocalImageIsCopiedAndChecked() throws Exception {
    Path file = Files.write(root.resolve("image.tar"), CONTENT);
    FetchState.Image image = download("file://" + file, sha256);
    assertThat(image.present()).isTrue();
    assertThat(image.failure()).isEmpty();
    assertThat(root.resolve("images").resolve(sha256)).hasBinaryContent(CONTENT);
  }

  @Test
  void aWrongDigestLeavesNothing() throws Exception {
    Path file = Files.write(root.resolve("image.tar"), CONTENT);
    String other = "0".repeat(64);
    FetchState.Image image = download("file://" + file, other);
    assertThat(image.present()).isFalse();
    assertThat(image.failure()).map(FetchState.Failure::code).contains(Code.BB607);
    assertThat(image.failure().orElseThrow().message()).contains(sha256).contains(other);
    assertThat(files()).isEmpty();
  }

  @Test
  void aDownloadGoesOnWhereItWasCutOff() throws Exception {
    AtomicReference<String> range = new AtomicReference<>();
    server.answer(
        "/image",
        exchange -> {
          range.set(exchange.getRequestHeaders().getFirst("Range"));
          byte[] rest = Arrays.copyOfRange(CONTENT, 10, CONTENT.length);
          exchange
              .getResponseHeaders()
              .set("Content-Range", "bytes 10-" + (CONTENT.length - 1) + "/" + CONTENT.length);
          exchange.sendResponseHeaders(206, rest.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(rest);
          }
        });
    Files.createDirectories(root.resolve("images"));
    Files.write(root.resolve("images").resolve(sha256 + ".partial"), Arrays.copyOf(CONTENT, 10));

    assertThat(download(server.url("image"), sha256).present()).isTrue();

    assertThat(range).hasValue("bytes=10-");
    assertThat(root.resolve("images").resolve(sha256)).hasBinaryContent(CONTENT);
  }

  @Test
  void aServerThatCannotResumeStartsAgain() throws Exception {
    server.answer(
        "/image",
        exchange -> {
          exchange.sendResponseHeaders(200, CONTENT.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(CONTENT);
          }
        });
    Files.createDirectories(root.resolve("images"));
    Files.writeString(root.resolve("images").resolve(sha256 + ".partial"), "something else");
    assertThat(download(server.url("image"), sha256).present()).isTrue();
  }

  @Test
  void aCompletePartialFileOnlyLacksItsName() throws Exception {
    server.answer(
        "/image",
        exchange -> {
          exchange.sendResponseHeaders(416, -1);
          exchange.close();
        });
    Files.createDirectories(root.resolve("images"));
    Files.write(root.resolve("images").resolve(sha256 + ".partial"), CONTENT);
    assertThat(download(server.url("image"), sha256).present()).isTrue();
  }

  @Test
  void anotherHostIsNotFollowed() throws Exception {
    try (HttpBackend other = new HttpBackend(root, null)) {
      server.answer(
          "/image",
          exchange -> {
            exchange.getResponseHeaders().set("Location", other.url("image"));
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
          });
      FetchState.Image image = download(server.url("image"), sha256);
      assertThat(image.failure()).map(FetchState.Failure::code).contains(Code.BB606);
      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void anErrorIsToldAndTriedLater() throws Exception {
    server.answer(
        "/image",
        exchange -> {
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    FetchState.Failure failure = download(server.url("image"), sha256).failure().orElseThrow();
    assertThat(failure.code()).isEqualTo(Code.BB606);
    assertThat(failure.message()).contains("404");
    assertThat(failure.retryAt()).isAfter(NOW);
  }

  @Test
  void whatLeftTheCatalogueIsKeptForAWhile() throws Exception {
    Path images = Files.createDirectories(root.resolve("images"));
    Path young = Files.writeString(images.resolve("1".repeat(64)), "x");
    Path old = Files.writeString(images.resolve("2".repeat(64)), "x");
    Files.setLastModifiedTime(young, FileTime.from(NOW.minusSeconds(3600)));
    Files.setLastModifiedTime(old, FileTime.from(NOW.minusSeconds(8 * 24 * 3600)));
    images().download(List.of(), new TreeMap<>(), NOW);
    assertThat(young).exists();
    assertThat(old).doesNotExist();
  }

  private FetchState.Image download(String url, String digest) throws IOException {
    SystemConfig.CatalogueImage image =
        new SystemConfig.CatalogueImage(
            "debian", url, digest, SystemConfig.CatalogueImage.Type.TAR, "");
    SortedMap<String, FetchState.Image> after =
        images().download(List.of(image), new TreeMap<>(), NOW);
    return Optional.ofNullable(after.get("debian")).orElseThrow();
  }

  private Images images() {
    BackOff backOff = new BackOff(NOW, RandomGenerator.of("L64X128MixRandom"));
    return new Images(root, new Web(root), backOff, false);
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(root.resolve("images"))) {
      return files.toList();
    }
  }
}
