package io.bitbuilder.hypervisor.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.SourceTree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever may write a store puts other objects under the names of those that were signed. */
final class HashedRepositoryTest {
  private static final String GOOD = "{\"tenant\": \"good\"}";

  @TempDir Path objects;
  private Upstream store;
  private CommitId tip;

  @BeforeEach
  void fetched() throws IOException {
    store = new Upstream(objects.resolve("system.git"));
    store.commit("main", Map.of("metadata.json", "{}"));
    tip = store.commit("main", Map.of("metadata.json", GOOD));
  }

  /** Puts something under a name that is not its own. */
  private void plant(String id, String type, byte[] content) throws IOException {
    Path file = store.path().resolve("objects/" + id.substring(0, 2) + "/" + id.substring(2));
    Files.delete(file);
    try (OutputStream out = new DeflaterOutputStream(Files.newOutputStream(file))) {
      out.write((type + " " + content.length + "\0").getBytes(StandardCharsets.UTF_8));
      out.write(content);
    }
  }

  private String read() throws IOException {
    try (ObjectStore opened = ObjectStore.open(objects, ObjectStore.SYSTEM)) {
      SourceTree tree = opened.tree(tip);
      return new String(
          tree.read(tree.find("metadata.json").orElseThrow(), 1000), StandardCharsets.UTF_8);
    }
  }

  @Test
  void whatIsWhatItsNameSaysIsRead() throws IOException {
    assertThat(read()).isEqualTo(GOOD);
    try (ObjectStore opened = ObjectStore.open(objects, ObjectStore.SYSTEM)) {
      assertThat(new String(opened.raw(tip), StandardCharsets.UTF_8))
          .isEqualTo(store.git("cat-file", "commit", tip.value()) + "\n");
    }
  }

  @Test
  void anotherFileUnderTheNameOfOneIsDamaged() throws IOException {
    plant(
        store.git("rev-parse", "main:metadata.json"),
        "blob",
        "{\"tenant\": \"evil\"}".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(this::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not what its name says");
  }

  @Test
  void anotherTreeOrCommitLikewise() throws IOException {
    String tree = store.git("rev-parse", "main^{tree}");
    String evil = store.tree(Map.of("metadata.json", "evil"));
    byte[] bytes;
    try (FileRepository plain = ObjectStore.repository(store.path());
        ObjectReader reader = plain.newObjectReader()) {
      bytes = reader.open(ObjectId.fromString(evil)).getCachedBytes();
    }
    plant(tree, "tree", bytes);
    assertThatThrownBy(this::read).isInstanceOf(IOException.class);
    String commit = store.git("cat-file", "commit", tip.value()) + "\n";
    plant(tip.value(), "commit", commit.replace(tree, evil).getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(this::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not what its name says");
    try (ObjectStore opened = ObjectStore.open(objects, ObjectStore.SYSTEM)) {
      assertThatThrownBy(() -> opened.raw(tip)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aFileThatIsTooLargeToBeHeldIsHashedAsItIsRead() throws IOException {
    byte[] large = new byte[60 << 20];
    new java.util.Random(1).nextBytes(large);
    String id = store.blob(large);
    try (FileRepository repository = ObjectStore.repository(store.path());
        ObjectReader reader = repository.newObjectReader()) {
      assertThat(reader.open(ObjectId.fromString(id)).isLarge()).isTrue();
      reader.open(ObjectId.fromString(id)).copyTo(OutputStream.nullOutputStream());
      large[large.length - 1]++;
      plant(id, "blob", large);
      assertThatThrownBy(
              () -> reader.open(ObjectId.fromString(id)).copyTo(OutputStream.nullOutputStream()))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void whereHistoryEndsIsNotTakenFromAFile() throws IOException {
    CommitId root = new CommitId(store.git("rev-parse", "main~1"));
    Files.writeString(store.path().resolve("shallow"), tip.value() + "\n");
    try (ObjectStore opened = ObjectStore.open(objects, ObjectStore.SYSTEM)) {
      assertThat(opened.descends(tip, root)).isTrue();
      assertThat(opened.since(tip, root, 10)).containsExactly(tip);
    }
  }
}
