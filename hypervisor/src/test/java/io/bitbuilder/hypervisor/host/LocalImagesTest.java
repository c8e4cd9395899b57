package io.bitbuilder.hypervisor.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LocalImagesTest {
  @TempDir Path root;
  private Path fetched;
  private Path images;
  private FakeVarlink importer;
  private LocalImages local;

  @BeforeEach
  void start() throws IOException {
    fetched = Files.createDirectories(root.resolve("var/lib/bitbuilder/objects/images"));
    images = root.resolve("var/lib/bitbuilder/images");
    importer = new FakeVarlink(root.resolve("run/systemd/io.systemd.Import"));
    local = new LocalImages(root);
  }

  @AfterEach
  void stop() throws IOException {
    importer.close();
  }

  private String fetch(String content) throws IOException, GeneralSecurityException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    Files.write(fetched.resolve(digest), bytes);
    return digest;
  }

  private void unpacks(Path result) {
    importer.before(() -> {
      try {
        Files.createDirectories(result);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  @Test
  void aFetchedImageIsUnpackedOnceFromACopy() throws Exception {
    String digest = fetch("image");
    unpacks(images.resolve(digest));
    local.provide(digest, CatalogueImage.Type.TAR);
    local.provide(digest, CatalogueImage.Type.TAR);
    assertThat(local.isReady(digest)).isTrue();
    assertThat(importer.calls)
        .singleElement()
        .asString()
        .contains("io.systemd.Import.Pull")
        .contains("\"remote\":\"file://" + images.resolve(".copy-" + digest) + "\"")
        .contains("\"imageRoot\":\"" + images + "\"")
        .contains("\"local\":\"" + digest + "\"")
        .contains("\"type\":\"tar\"");
    assertThat(images).isDirectoryNotContaining("glob:**/.copy-*");
  }

  @Test
  void anotherFileUnderThisNameIsNotUnpacked() throws Exception {
    String digest = fetch("image");
    Files.writeString(fetched.resolve(digest), "another");
    assertThatThrownBy(() -> local.provide(digest, CatalogueImage.Type.TAR))
        .isInstanceOfSatisfying(Images.NotAnImage.class, e -> assertThat(e.differs()).isTrue());
    assertThat(importer.calls).isEmpty();
    assertThat(images).isEmptyDirectory();
  }

  @Test
  void aLinkIsNotFollowed() throws Exception {
    String digest = fetch("image");
    Path elsewhere = root.resolve("elsewhere");
    Files.move(fetched.resolve(digest), elsewhere);
    Files.createSymbolicLink(fetched.resolve(digest), elsewhere);
    assertThatThrownBy(() -> local.provide(digest, CatalogueImage.Type.RAW))
        .isInstanceOf(Images.NotAnImage.class);
    Path aside = root.resolve("aside");
    Files.delete(fetched.resolve(digest));
    Files.move(elsewhere, fetched.resolve(digest));
    Files.move(fetched, aside);
    Files.createSymbolicLink(fetched, aside);
    assertThatThrownBy(() -> local.provide(digest, CatalogueImage.Type.RAW))
        .isInstanceOf(IOException.class);
    assertThat(importer.calls).isEmpty();
  }

  @Test
  void whatWasNotFetchedOrCannotBeUnpackedSaysSo() throws Exception {
    assertThatThrownBy(() -> local.provide("a".repeat(64), CatalogueImage.Type.TAR))
        .isInstanceOf(Images.NotAnImage.class)
        .hasMessageContaining("was not fetched");
    String digest = fetch("image");
    importer.answer(
        "{\"parameters\":{\"log\":{\"priority\":3,\"message\":\"Not a tar\"}},\"continues\":true}\0"
            + "{\"error\":\"io.systemd.Import.TransferFailed\"}\0");
    assertThatThrownBy(() -> local.provide(digest, CatalogueImage.Type.TAR))
        .isInstanceOf(Images.NotAnImage.class)
        .hasMessageContaining("Not a tar");
    assertThatThrownBy(() -> local.provide("../x", CatalogueImage.Type.TAR))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void pruningLeavesTheHostsRootAndWhatIsNamed() throws IOException {
    String named = "a".repeat(64);
    Files.createDirectories(images.resolve("host/usr"));
    Files.createDirectories(images.resolve(named));
    Files.createDirectories(images.resolve("b".repeat(64)).resolve("usr"));
    Files.writeString(images.resolve("c".repeat(64) + ".raw"), "x");
    Files.writeString(images.resolve(".copy-" + named), "x");
    local.prune(Set.of(named));
    assertThat(images.toFile().list()).containsExactlyInAnyOrder("host", named);
  }
}
