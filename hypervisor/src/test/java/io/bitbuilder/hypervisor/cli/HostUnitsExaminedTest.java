package io.bitbuilder.hypervisor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.compiler.PortableUnits;
import io.bitbuilder.hypervisor.generation.HostStore;
import io.bitbuilder.hypervisor.host.Doctor;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.HostUnits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Extensions of the host that are not as the system repository has them are told of. */
final class HostUnitsExaminedTest {
  private static final String IMAGES = "/var/lib/bitbuilder/generations/system/images/";

  @TempDir Path root;

  @BeforeEach
  void merged() throws IOException {
    HostStore store = new HostStore(state());
    HostUnits units =
        new HostUnits(
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(Map.of("tools.sysext.raw", "1", "security.confext.raw", "2")));
    store.keep(units, (name, into) -> into.write(name.getBytes(StandardCharsets.UTF_8)));
    store.select(
        store.add(units, PortableUnits.NONE, new CommitId("0".repeat(40)), "", Instant.EPOCH));
    link("run/extensions/tools.raw", IMAGES + "1-tools.sysext.raw");
    link("run/confexts/security.raw", IMAGES + "2-security.confext.raw");
    write("usr/.systemd-sysext/extensions", "mine\ntools\n");
    write("etc/.systemd-confext/confexts", "security\n");
  }

  private Path state() {
    return root.resolve("var/lib/bitbuilder");
  }

  private void link(String path, String target) throws IOException {
    Path link = root.resolve(path);
    Files.createDirectories(link.getParent());
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, Path.of(target));
  }

  private void write(String path, String text) throws IOException {
    Files.createDirectories(root.resolve(path).getParent());
    Files.writeString(root.resolve(path), text);
  }

  private String told() {
    List<Doctor.Examined> examined = HostUnitsExamined.examine(root, state());
    assertThat(examined).hasSize(1);
    return examined.getFirst().finding().map(finding -> finding.message()).orElse("");
  }

  @Test
  void whatIsMergedIsWell() {
    assertThat(told()).isEmpty();
  }

  @Test
  void aLinkThatIsGoneOrLeadsElsewhere() throws IOException {
    link("run/extensions/tools.raw", IMAGES + "3-tools.sysext.raw");
    Files.delete(root.resolve("run/confexts/security.raw"));
    assertThat(told())
        .contains("/run/extensions/tools.raw", "/run/confexts/security.raw is not there");
  }

  @Test
  void somethingInFront() throws IOException {
    write("etc/extensions/tools.raw", "another");
    assertThat(told()).endsWith(": /etc/extensions/tools.raw");
  }

  @Test
  void whatIsNotMerged() throws IOException {
    write("usr/.systemd-sysext/extensions", "mine\n");
    assertThat(told()).endsWith(": tools.sysext.raw is not merged");
  }
}
