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
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImagesTest {
  private static final byte[] CONTENT =
      "an image, as far as anybody can tell".getBytes(StandardCharsets.US_ASCII);
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

  private static final byte[] GOOD = {'g', 'o', 'o', 'd'};

  /** Who signs writes "good". */
  private final Endorsed endorsed =
      new Endorsed() {
        @Override
        public Optional<String> digest(SystemConfig.CatalogueImage image, Offer offer) {
          return Arrays.equals(offer.signature(), GOOD)
                  && Checksums.find(offer.list(), Offer.fileName(image))
                      instanceof Checksums.Found.Digest(String digest)
              ? Optional.of(digest)
              : Optional.empty();
        }

        @Override
        public Optional<String> accepted(SystemConfig.CatalogueImage image) {
          return Optional.ofNullable(accepted);
        }
      };

  @TempDir Path root;
  private @Nullable String accepted;
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

    assertThat(download(server.literal("image"), sha256).present()).isTrue();

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
    assertThat(download(server.literal("image"), sha256).present()).isTrue();
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
    assertThat(download(server.literal("image"), sha256).present()).isTrue();
  }

  @Test
  void anotherHostIsNotFollowed() throws Exception {
    try (HttpBackend other = new HttpBackend(root, null)) {
      server.answer(
          "/image",
          exchange -> {
            exchange.getResponseHeaders().set("Location", other.literal("image"));
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
          });
      FetchState.Image image = download(server.literal("image"), sha256);
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
    FetchState.Failure failure = download(server.literal("image"), sha256).failure().orElseThrow();
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

  private byte[] list(String digest, String file) {
    return (digest + "  " + file + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static SystemConfig.CatalogueImage signed(String name, String url) {
    return new SystemConfig.CatalogueImage(name, url, "", SystemConfig.CatalogueImage.Type.RAW, "");
  }

  private SortedMap<String, FetchState.Image> look(
      Instant at, SortedMap<String, FetchState.Image> before, SystemConfig.CatalogueImage... images)
      throws IOException {
    return images().download(List.of(images), before, at);
  }

  private FetchState.Image look(Instant at) throws IOException {
    return Optional.ofNullable(
            look(at, new TreeMap<>(), signed("x", server.literal("d/x.raw"))).get("x"))
        .orElseThrow();
  }

  private Optional<Offer> handed(String path) {
    return Offer.fetched(root, signed("x", server.literal(path)));
  }

  @Test
  void aSignedImageIsHandedOverWithItsList() throws Exception {
    server.serve("d/x.raw", CONTENT);
    server.serve("d/SHA256SUMS", list(sha256, "x.raw"));
    server.serve("d/SHA256SUMS.gpg", GOOD);
    FetchState.Image image = look(NOW);
    assertThat(image.failure()).isEmpty();
    assertThat(image.present()).isTrue();
    assertThat(image.sha256()).isEqualTo(sha256);
    assertThat(image.offer()).hasSize(64);
    Offer offer = handed("d/x.raw").orElseThrow();
    assertThat(offer.list()).isEqualTo(list(sha256, "x.raw"));
    assertThat(offer.signature()).isEqualTo(GOOD);
    assertThat(root.resolve("images").resolve(sha256)).hasBinaryContent(CONTENT);
  }

  @Test
  void aListOfItsOwnWillDoAndFilesToo() throws Exception {
    server.serve("d/x.raw", CONTENT);
    server.serve("d/x.raw.sha256", list(sha256, "x.raw"));
    server.serve("d/x.raw.sha256.sig", GOOD);
    assertThat(look(NOW).present()).isTrue();
    assertThat(handed("d/x.raw").orElseThrow().source()).isEqualTo("x.raw.sha256");

    Path directory = Files.createDirectories(root.resolve("local"));
    Files.write(directory.resolve("x.raw"), CONTENT);
    Files.write(directory.resolve("SHA256SUMS"), list(sha256, "x.raw"));
    Files.write(directory.resolve("SHA256SUMS.asc"), GOOD);
    SystemConfig.CatalogueImage local = signed("y", "file://" + directory.resolve("x.raw"));
    assertThat(look(NOW, new TreeMap<>(), local).get("y"))
        .extracting(FetchState.Image::present)
        .isEqualTo(true);
  }

  @Test
  void whatDoesNotCountIsHandedOverAndNotDownloaded() throws Exception {
    server.serve("d/x.raw", CONTENT);
    server.serve("d/SHA256SUMS", list(sha256, "x.raw"));
    FetchState.Image image = look(NOW);
    assertThat(image.failure()).isEmpty();
    assertThat(image.present()).isFalse();
    assertThat(handed("d/x.raw").orElseThrow().signature()).isEmpty();
    assertThat(server.requests()).contains("GET /d/SHA256SUMS").doesNotContain("GET /d/x.raw");
  }

  @Test
  void theListIsAskedForOnceAnHour() throws Exception {
    server.serve("d/x.raw", CONTENT);
    server.serve("d/SHA256SUMS", list(sha256, "x.raw"));
    server.serve("d/SHA256SUMS.asc", GOOD);
    look(NOW);
    server.forgetRequests();
    look(NOW.plusSeconds(3500));
    assertThat(server.requests()).isEmpty();
    FetchState.Image image = look(NOW.plusSeconds(3600));
    assertThat(server.requests()).containsExactly("GET /d/SHA256SUMS", "GET /d/SHA256SUMS.asc");
    assertThat(image.present()).isTrue();
  }

  @Test
  void aNewListWaitsForItsImage() throws Exception {
    server.serve("d/x.raw", CONTENT);
    server.serve("d/SHA256SUMS", list(sha256, "x.raw"));
    server.serve("d/SHA256SUMS.asc", GOOD);
    look(NOW);
    server.serve("d/SHA256SUMS", list("0".repeat(64), "x.raw"));
    FetchState.Image image = look(NOW.plusSeconds(7200));
    assertThat(image.failure()).map(FetchState.Failure::code).contains(Code.BB607);
    assertThat(image.sha256()).isEqualTo(sha256);
    assertThat(image.present()).isTrue();
    assertThat(handed("d/x.raw").orElseThrow().list()).isEqualTo(list(sha256, "x.raw"));
  }

  @Test
  void aKernelWaitsForItsDisk() throws Exception {
    server.serve("d/x.raw", "not what is signed".getBytes(StandardCharsets.US_ASCII));
    server.serve("d/vmlinuz", CONTENT);
    byte[] both =
        (sha256 + "  x.raw\n" + sha256 + "  vmlinuz\n").getBytes(StandardCharsets.US_ASCII);
    server.serve("d/SHA256SUMS", both);
    server.serve("d/SHA256SUMS.asc", GOOD);
    SystemConfig.CatalogueImage disk = signed("x", server.literal("d/x.raw"));
    SystemConfig.CatalogueImage kernel = signed("x/kernel", server.literal("d/vmlinuz"));
    SystemConfig.CatalogueImage other = signed("y", server.literal("d/vmlinuz"));
    SortedMap<String, FetchState.Image> after = look(NOW, new TreeMap<>(), kernel);
    assertThat(Objects.requireNonNull(after.get("x/kernel")).present()).isTrue();
    Files.delete(Offer.file(root.resolve("images"), kernel));
    Files.delete(root.resolve("images").resolve(sha256));
    server.forgetRequests();
    look(NOW, after, disk, kernel);
    assertThat(Offer.fetched(root, kernel)).isEmpty();
    // One list for both.
    assertThat(server.requests()).filteredOn("GET /d/SHA256SUMS"::equals).hasSize(1);
    server.serve("d/x.raw", CONTENT);
    look(NOW, new TreeMap<>(), disk, kernel, other);
    assertThat(Offer.fetched(root, kernel)).isPresent();
    assertThat(Offer.fetched(root, disk)).isPresent();
  }

  @Test
  void aListHasToBeThereAndSmall() throws Exception {
    server.serve("d/x.raw", CONTENT);
    assertThat(look(NOW).failure().orElseThrow().message()).contains("no list of digests");
    server.serve("d/SHA256SUMS", new byte[Offer.LIST_LIMIT + 1]);
    assertThat(look(NOW).failure().orElseThrow().message()).contains("more than");
    server.answer(
        "/d/SHA256SUMS",
        exchange -> {
          exchange.sendResponseHeaders(500, -1);
          exchange.close();
        });
    assertThat(look(NOW).failure().orElseThrow().message()).contains("500");
    assertThat(handed("d/x.raw")).isEmpty();
  }

  @Test
  void whatWasAcceptedIsKept() throws Exception {
    Path images = Files.createDirectories(root.resolve("images"));
    accepted = "3".repeat(64);
    Path old = Files.writeString(images.resolve(accepted), "x");
    Files.setLastModifiedTime(old, FileTime.from(NOW.minusSeconds(800 * 3600)));
    look(NOW);
    assertThat(old).exists();
  }

  @Test
  void aNameForAnAddressInsideHasToBeAllowed() throws Exception {
    server.serve("image", CONTENT);
    FetchState.Failure failure = download(server.url("image"), sha256).failure().orElseThrow();
    assertThat(failure.code()).isEqualTo(Code.BB606);
    assertThat(failure.message()).contains("localhost stands for 127.0.0.1");
    assertThat(failure.help()).contains("internal: true");
    assertThat(server.requests()).isEmpty();
    SystemConfig.CatalogueImage allowed =
        new SystemConfig.CatalogueImage(
            "x", server.url("image"), sha256, SystemConfig.CatalogueImage.Type.RAW, "", true);
    assertThat(Objects.requireNonNull(look(NOW, new TreeMap<>(), allowed).get("x")).present())
        .isTrue();
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
    return new Images(root, new Web(root), backOff, false, endorsed);
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(root.resolve("images"))) {
      return files.toList();
    }
  }
}
