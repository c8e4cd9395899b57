package io.bitbuilder.hypervisor.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.HostConfig;
import io.bitbuilder.hypervisor.model.VerifyMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostFileTest {
  private static final String CREDENTIAL = "systemRepository: {url: \"file:///srv/c.git\"}\n";

  @TempDir Path root;
  @TempDir Path credentials;
  private final Report report = new Report();

  private void write(String text) throws IOException {
    Path file = root.resolve(HostFile.PATH);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, text);
  }

  @Test
  void readsTheFile() throws IOException {
    write(
        """
        systemRepository: {url: "ssh://git@example.org/s.git", ref: live, credential: key}
        verify: off
        tags: [zone=a]
        """);
    Files.writeString(credentials.resolve("bitbuilder.host"), CREDENTIAL);
    HostConfig config = HostFile.read(root, Optional.of(credentials), report).orElseThrow();
    assertThat(config.url()).isEqualTo("ssh://git@example.org/s.git");
    assertThat(config.ref()).isEqualTo("live");
    assertThat(config.credential()).isEqualTo("key");
    assertThat(config.verify()).isEqualTo(VerifyMode.OFF);
    assertThat(config.tags()).containsExactly("zone=a");
    assertThat(config.origin().at("/verify").toString()).isEqualTo("/etc/bitbuilder/host.yaml:2:9");
  }

  @Test
  void readsTheCredentialWithoutAFile() throws IOException {
    Files.writeString(credentials.resolve("bitbuilder.host"), CREDENTIAL);
    HostConfig config = HostFile.read(root, Optional.of(credentials), report).orElseThrow();
    assertThat(config.url()).isEqualTo("file:///srv/c.git");
    assertThat(config.ref()).isEqualTo("main");
    assertThat(config.verify()).isEqualTo(VerifyMode.REQUIRE);
  }

  @Test
  void saysWhenThereIsNeither() throws IOException {
    assertThat(HostFile.read(root, Optional.of(credentials), report)).isEmpty();
    assertThat(HostFile.read(root, report)).isEmpty();
    assertThat(report.sorted()).extracting(finding -> finding.code()).containsExactly(Code.BB705);
  }

  @Test
  void aHugeFileIsNotRead() throws IOException {
    write("#".repeat((1 << 20) + 1));
    assertThat(HostFile.read(root, report)).isEmpty();
    assertThat(report.sorted()).extracting(finding -> finding.code()).containsExactly(Code.BB103);
  }
}
