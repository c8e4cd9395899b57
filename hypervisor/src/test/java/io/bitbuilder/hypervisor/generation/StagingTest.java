package io.bitbuilder.hypervisor.generation;

import static io.bitbuilder.hypervisor.generation.Fixtures.ALPHA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.plan.Allocations;
import io.bitbuilder.hypervisor.plan.Underlay;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagingTest {
  private static final String DIGEST = "ab".repeat(32);
  private static final String TOP = "containers/web/rootfs-overlay";

  private static final SystemState STATE =
      new SystemState(
          "c".repeat(40),
          false,
          List.of(new SystemState.Standing(ALPHA, true, true, true, List.of(Fixtures.BETA))),
          List.of(Fixtures.BETA),
          new SystemConfig.Retention(3, Duration.ofDays(7)),
          new SystemConfig.Health(Duration.ofMinutes(5), true),
          Duration.ofMinutes(1),
          List.of(new SystemState.Image("f".repeat(64), SystemConfig.CatalogueImage.Type.RAW)),
          List.of("SHA256:lost"),
          Optional.of(
              new Underlay(
                  "fd00:b17b::1",
                  51900,
                  List.of(
                      new Underlay.Peer(
                          "hv2",
                          "mBHV3Nt64DyqJpYBBpTzH9s3Im4H3oTlRGSjDbYlWEE=",
                          "[2001:db8::2]:51900",
                          "fd00:b17b::2")))),
          new TreeMap<>(
              Map.of("alpha", new SystemState.Verified("c".repeat(40), "require", "alice"))),
          new TreeMap<>(
              Map.of(
                  "https://example.org/x.raw",
                  new AcceptedImages.Image(
                      "e".repeat(64), "SHA256:key", "{}\n", List.of("d".repeat(64))))));
  private static final Staging.Findings NOTHING_FOUND =
      new Staging.Findings(Fixtures.THEN, new TreeMap<>());

  @TempDir Path root;

  /** Every file holds its own path; one of them may be missing from the store. */
  private record Tree(String missing) implements SourceTree {
    @Override
    public String repository() {
      return "alpha";
    }

    @Override
    public Optional<CommitId> commit() {
      return Optional.empty();
    }

    @Override
    public List<Entry> list(String path) {
      return List.of();
    }

    @Override
    public Optional<Entry> find(String path) {
      return Optional.empty();
    }

    @Override
    public byte[] read(Entry entry, long limit) throws IOException {
      if (entry.path().equals(missing)) {
        throw new IOException("object is missing");
      }
      return entry.path().getBytes(StandardCharsets.UTF_8);
    }
  }

  private static SourceTree.Entry entry(String path, SourceTree.Kind kind) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    return new SourceTree.Entry(name, TOP + "/" + path, kind, "1", 1);
  }

  private static final List<SourceTree.Entry> OVERLAY =
      List.of(
          entry("etc", SourceTree.Kind.DIRECTORY),
          entry("etc/run", SourceTree.Kind.EXECUTABLE),
          entry("etc/text", SourceTree.Kind.FILE));

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    Staging staging = Fixtures.stage(root, "one", ALPHA);
    assertThat(staging.systemState()).isEmpty();
    Diagnostic finding =
        new Diagnostic(
            Code.BB201, "unknown key", Location.ofFile("alpha", "", "x.yaml"), "", "", List.of());
    Staging.Findings findings =
        new Staging.Findings(Fixtures.THEN, new TreeMap<>(Map.of("alpha", List.of(finding))));
    Allocations allocations = new Allocations(new TreeMap<>(Map.of("uid/alpha/web", "65536")));
    staging.finish(STATE, findings, allocations);

    Staging read = new Staging(root);
    assertThat(read.systemState()).contains(STATE);
    assertThat(read.findings()).contains(findings);
    assertThat(read.allocations()).contains(allocations);
    assertThat(read.tenants()).containsOnlyKeys(ALPHA);
    read.clear();
    assertThat(read.systemState()).isEmpty();
    assertThat(read.tenants()).isEmpty();
  }

  @Test
  void clearingKeepsTheHomeOfTheCompilingUser() throws IOException {
    Path kept = Files.createDirectories(root.resolve("staging/.config/jgit"));
    new Staging(root).clear();
    assertThat(kept).exists();
  }

  @Test
  void whatIsUnderItsNameIsComplete() throws IOException {
    for (int operations = 0; operations < 6; operations++) {
      new Staging(root).clear();
      Staging dying = new Staging(root, new DyingDisk(operations, false));
      assertThatThrownBy(() -> dying.finish(STATE, NOTHING_FOUND, Allocations.empty()))
          .isInstanceOf(DyingDisk.Died.class);
      Staging read = new Staging(root);
      assertThat(read.findings()).isIn(Optional.empty(), Optional.of(NOTHING_FOUND));
      assertThat(read.allocations()).isIn(Optional.empty(), Optional.of(Allocations.empty()));
      assertThat(read.systemState()).isEmpty();
    }
  }

  @Test
  void whatAPowerLossEmptiedIsNotThere() throws IOException {
    Staging staging = Fixtures.stage(root, "one", ALPHA);
    for (String name : List.of("report.json", "allocations.json", "system.json")) {
      Files.writeString(root.resolve("staging").resolve(name), "");
    }
    assertThat(staging.findings()).isEmpty();
    assertThat(staging.allocations()).isEmpty();
    assertThat(staging.systemState()).isEmpty();
  }

  @Test
  void aSystemFileThatIsALinkIsNotFollowed() throws IOException {
    Staging staging = Fixtures.stage(root, "one", ALPHA);
    Path elsewhere = Files.writeString(root.resolve("elsewhere"), "{}");
    Files.createSymbolicLink(root.resolve("staging/system.json"), elsewhere);
    assertThatThrownBy(staging::systemState)
        .isInstanceOf(IOException.class)
        .hasMessage("staged entry `system.json` is not a regular file");
  }

  @Test
  void aLayerIsCompleteOrNotThere() throws IOException {
    Staging staging = Fixtures.stage(root, "one", ALPHA);
    Path layer = root.resolve("staging/layers/" + DIGEST);
    assertThatThrownBy(() -> staging.writeLayer(DIGEST, new Tree(TOP + "/etc/text"), OVERLAY, TOP))
        .hasMessage("object is missing");
    assertThat(layer).doesNotExist();
    staging.writeLayer(DIGEST, new Tree(""), OVERLAY, TOP);
    assertThat(layer.resolve("etc/text")).hasContent(TOP + "/etc/text");
    assertThat(layer.resolve("etc/run")).isExecutable();
  }
}
