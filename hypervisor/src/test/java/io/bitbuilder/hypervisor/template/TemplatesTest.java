package io.bitbuilder.hypervisor.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.model.ResourceName;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.template.Templates.Kind;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped templates, written. */
final class TemplatesTest {
  private static final TenantId ID = new TenantId("acme");
  private static final ResourceName NAME = new ResourceName("shop");

  @TempDir private Path directory;
  private final Templates templates = new Templates(Path.of("../host"));

  @Test
  void aTenantIsWrittenWithItsNames() throws IOException {
    Path target = directory.resolve("new/tenant");
    List<Path> files = templates.write(Kind.TENANT, target, ID, NAME);
    assertThat(files)
        .contains(
            Path.of("metadata.json"),
            Path.of("containers/shop/config.yaml"),
            Path.of("containers/shop/rootfs-overlay/srv/www/index.html"))
        .isSortedAccordingTo((a, b) -> a.toString().compareTo(b.toString()))
        .allMatch(file -> Files.isRegularFile(target.resolve(file)));
    assertThat(target.resolve("metadata.json")).content().contains("\"id\": \"acme\"");
    assertThat(target.resolve("containers/shop/rootfs-overlay/srv/www/index.html"))
        .content()
        .contains("This is shop of acme.");
  }

  @Test
  void aSystemSaysOpenlyThatNothingIsVerified() throws IOException {
    assertThat(templates.write(Kind.SYSTEM, directory, ID, NAME))
        .containsExactlyInAnyOrder(
            Path.of(".gitops/config.yaml"), Path.of("README.md"), Path.of("tenants/registry.json"));
    assertThat(directory.resolve(".gitops/config.yaml"))
        .content()
        .contains("mode: off")
        .contains("docs/how-to/sign.md");
  }

  @Test
  void noPlaceholderIsLeft() throws IOException {
    for (Kind kind : Kind.values()) {
      Path target = directory.resolve(kind.name());
      assertThat(templates.write(kind, target, ID, NAME)).isNotEmpty();
      try (Stream<Path> tree = Files.walk(target)) {
        for (Path file : tree.filter(Files::isRegularFile).toList()) {
          assertThat(file.toString()).doesNotContain("@id@", "@name@");
          assertThat(Files.readString(file)).doesNotContain("@id@", "@name@");
        }
      }
    }
  }

  @Test
  void whatIsThereIsNeverOverwritten() throws IOException {
    templates.write(Kind.TENANT, directory, ID, NAME);
    Path metadata = directory.resolve("metadata.json");
    Files.writeString(metadata, "mine");
    assertThatThrownBy(() -> templates.write(Kind.TENANT, directory, ID, new ResourceName("x")))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(metadata).content().isEqualTo("mine");
    assertThat(directory.resolve("containers/x")).doesNotExist();
    assertThat(templates.write(Kind.CONTAINER, directory, ID, new ResourceName("db"))).hasSize(6);
    assertThat(templates.write(Kind.MACHINE, directory, ID, NAME)).hasSize(1);
    assertThat(templates.write(Kind.USER, directory, ID, NAME)).hasSize(1);
  }
}
