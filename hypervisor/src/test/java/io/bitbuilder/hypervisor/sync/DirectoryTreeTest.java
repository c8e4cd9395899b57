package io.bitbuilder.hypervisor.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.SourceTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DirectoryTreeTest {
  @TempDir Path root;

  @Test
  void itLooksLikeTheCommitItWillBe() throws Exception {
    Upstream upstream = new Upstream(root.resolve("a.git"));
    Path work = Files.createDirectories(root.resolve("work"));
    Files.createDirectories(work.resolve("b/c"));
    Files.writeString(work.resolve("b/c/file"), "12345");
    Files.writeString(work.resolve("b.txt"), "x");
    Files.writeString(work.resolve("Z"), "run");
    Files.setPosixFilePermissions(work.resolve("Z"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createSymbolicLink(work.resolve("link"), Path.of("/etc/shadow"));
    upstream.git("--work-tree=" + work, "add", "-A");
    String commit = upstream.write("main", "", upstream.git("write-tree"), "all").value();
    Files.createDirectories(work.resolve(".git"));

    GitTree git =
        new GitTree(
            ObjectStore.repository(upstream.path()),
            "",
            new CommitId(commit),
            ObjectId.fromString(upstream.git("rev-parse", commit + "^{tree}")),
            Limits.DEFAULT);
    SourceTree directory = new DirectoryTree(work);

    assertSame(directory, git, "");
    assertThat(directory.find("b/c/file").orElseThrow().size()).isEqualTo(5);
  }

  @Test
  void nothingOutsideIsReached() throws Exception {
    Files.writeString(root.resolve("secret"), "x");
    Path work = Files.createDirectories(root.resolve("work"));
    Files.createSymbolicLink(work.resolve("up"), Path.of(".."));
    SourceTree tree = new DirectoryTree(work);
    assertThat(tree.find("../secret")).isEmpty();
    assertThat(tree.find("up/secret")).isEmpty();
    assertThat(tree.list("up")).isEmpty();
    assertThat(tree.list("missing")).isEmpty();
    assertThat(tree.find("up").orElseThrow().kind()).isEqualTo(SourceTree.Kind.SYMLINK);
  }

  @Test
  void aFileLargerThanTheLimitIsNotRead() throws Exception {
    Files.writeString(root.resolve("file"), "12345");
    SourceTree tree = new DirectoryTree(root);
    SourceTree.Entry file = tree.find("file").orElseThrow();
    assertThat(tree.read(file, 5)).asString(StandardCharsets.US_ASCII).isEqualTo("12345");
    assertThatThrownBy(() -> tree.read(file, 4)).isInstanceOf(IOException.class);
  }

  private static void assertSame(SourceTree one, SourceTree other, String path) throws IOException {
    assertThat(one.list(path))
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("id")
        .isEqualTo(other.list(path))
        .isNotEmpty();
    for (SourceTree.Entry entry : one.list(path)) {
      if (entry.kind() == SourceTree.Kind.DIRECTORY) {
        assertSame(one, other, entry.path());
      } else {
        SourceTree.Entry twin = other.find(entry.path()).orElseThrow();
        assertThat(one.read(entry, 100)).isEqualTo(other.read(twin, 100));
      }
    }
  }
}
