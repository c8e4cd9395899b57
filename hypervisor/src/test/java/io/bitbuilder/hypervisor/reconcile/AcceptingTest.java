package io.bitbuilder.hypervisor.reconcile;

import static io.bitbuilder.hypervisor.reconcile.World.ACME;
import static io.bitbuilder.hypervisor.reconcile.World.candidate;
import static io.bitbuilder.hypervisor.reconcile.World.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.generation.AcceptedImages;
import io.bitbuilder.hypervisor.generation.AuditLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is accepted besides commits. */
final class AcceptingTest {
  @TempDir(factory = Memory.class)
  Path temp;

  /** Who signed an image is told once, and is kept where fetch cannot change it. */
  @Test
  void whatAPublisherSignedIsAccepted() throws IOException {
    World world = new World(temp);
    AcceptedImages.Image image =
        new AcceptedImages.Image("e".repeat(64), "SHA256:publisher", "{}", List.of());
    world.signed.put("https://example.org/x.raw", image);
    world.stage(List.of(wanted(ACME)), candidate(ACME, "a", "web=1"));
    world.activate();
    assertThat(new AcceptedImages(world.state).read())
        .containsEntry("https://example.org/x.raw", image);
    world.stage(List.of(wanted(ACME)));
    world.activate();
    assertThat(new AuditLog(world.state).entries())
        .filteredOn(entry -> entry.reason().contains("https://example.org/x.raw"))
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.scope()).isEqualTo("system");
          assertThat(entry.signer()).isEqualTo("SHA256:publisher");
          assertThat(entry.reason()).contains("sha256:" + "e".repeat(64));
        });
    world.signed.clear();
    world.stage(List.of(wanted(ACME)));
    world.activate();
    assertThat(new AcceptedImages(world.state).read()).isEmpty();
  }
}
