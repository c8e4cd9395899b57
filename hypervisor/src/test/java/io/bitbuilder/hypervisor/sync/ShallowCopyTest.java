package io.bitbuilder.hypervisor.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.model.CommitId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShallowCopyTest {
  @TempDir Path directory;
  private Upstream upstream;

  @BeforeEach
  void make() throws IOException {
    upstream = new Upstream(directory.resolve("upstream.git"));
  }

  private Path copy(CommitId commit, String name) throws IOException {
    Path into = Files.createDirectory(directory.resolve(name));
    try (FileRepository repository = ObjectStore.repository(upstream.path())) {
      ShallowCopy.write(repository, ObjectId.fromString(commit.value()), into);
    }
    return into;
  }

  private String git(Path repository, String... words) throws IOException {
    String[] command = new String[words.length + 1];
    command[0] = "--git-dir=" + repository;
    System.arraycopy(words, 0, command, 1, words.length);
    return upstream.git(command);
  }

  @Test
  void gitReadsItAndFindsOneCommit() throws IOException {
    upstream.commit("main", Map.of("a", "old", "gone", "x"));
    CommitId tip = upstream.commit("main", Map.of("a", "new", "dir/b", "content", "dir/c/d", ""));
    Path copy = copy(tip, "copy");
    assertThat(git(copy, "fsck", "--full", "--strict")).isEmpty();
    assertThat(git(copy, "log", "--format=%H")).isEqualTo(tip.value());
    assertThat(git(copy, "ls-tree", "-r", "--name-only", "main").lines())
        .containsExactly("a", "dir/b", "dir/c/d");
    assertThat(git(copy, "show", "main:dir/b")).isEqualTo("content");
    // Of what was before there is nothing.
    assertThat(git(copy, "cat-file", "--batch-check", "--batch-all-objects").lines()).hasSize(7);
  }

  @Test
  void theSameCommitGivesTheSameBytesHoweverItsObjectsLie() throws IOException {
    CommitId tip =
        upstream.commit("main", Map.of("a", "one\n".repeat(500), "b", "one\n".repeat(501)));
    Map<String, byte[]> loose = files(copy(tip, "loose"));
    upstream.git("repack", "-q", "-a", "-d", "-f");
    Map<String, byte[]> packed = files(copy(tip, "packed"));
    assertThat(packed.keySet()).isEqualTo(loose.keySet());
    loose.forEach((name, bytes) -> assertThat(packed.get(name)).as(name).isEqualTo(bytes));
  }

  private static Map<String, byte[]> files(Path top) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(top)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.put(top.relativize(path).toString(), Files.readAllBytes(path));
      }
    }
    return files;
  }

  @Test
  void whatIsTooLargeToBeSeenFromInsideIsSaid() throws IOException {
    byte[] noise = new byte[65 << 20];
    new Random(1).nextBytes(noise);
    String tree = upstream.mktree("100644 blob " + upstream.blob(noise) + "\tlarge\n");
    CommitId tip = upstream.write("main", "", tree, "large");
    assertThatThrownBy(() -> copy(tip, "large"))
        .isInstanceOf(LimitExceeded.class)
        .hasMessageContaining("packed");
  }
}
