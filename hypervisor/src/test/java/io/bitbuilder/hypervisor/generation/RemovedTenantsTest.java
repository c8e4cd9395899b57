package io.bitbuilder.hypervisor.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemovedTenantsTest {
  private static final TreeMap<TenantId, Instant> SOME =
      new TreeMap<>(
          Map.of(
              new TenantId("alpha"), Instant.parse("2026-01-02T03:04:05Z"),
              new TenantId("beta"), Instant.parse("2026-02-03T04:05:06.5Z")));

  @TempDir Path root;

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    assertThat(new RemovedTenants(root).read()).isEmpty();
    new RemovedTenants(root).write(SOME);
    assertThat(new RemovedTenants(root).read()).isEqualTo(SOME);
    new RemovedTenants(root).write(Collections.emptySortedMap());
    assertThat(new RemovedTenants(root).read()).isEmpty();
  }

  @Test
  void theSameIsNotWrittenAgain() throws IOException {
    RemovedTenants removed = new RemovedTenants(root);
    removed.write(Collections.emptySortedMap());
    assertThat(root.resolve("removed.json")).doesNotExist();
    removed.write(SOME);
    Path file = root.resolve("removed.json");
    Object first = Files.readAttributes(file, "unix:ino").get("ino");
    removed.write(SOME);
    assertThat(Files.readAttributes(file, "unix:ino").get("ino")).isEqualTo(first);
  }

  @Test
  void aDamagedFileIsNeitherEmptyNorOld() throws IOException {
    for (String text :
        new String[] {"{", "{\"alpha\": 1}", "{\"alpha\": \"long ago\"}", "{\"/\": \"\"}"}) {
      Files.writeString(root.resolve("removed.json"), text);
      assertThatIOException()
          .isThrownBy(() -> new RemovedTenants(root).read())
          .withMessageStartingWith("damaged file ");
    }
  }
}
