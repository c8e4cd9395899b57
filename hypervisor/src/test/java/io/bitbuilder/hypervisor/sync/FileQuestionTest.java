package io.bitbuilder.hypervisor.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever owns a repository on the host may not make us read what is not in it. */
final class FileQuestionTest {
  private static final String BRANCH = "refs/heads/main";
  private static final String PACK = "objects/pack/x.pack";

  @TempDir Path root;

  private interface Change {
    void make(Path repository) throws IOException;
  }

  private static void link(Path path, Path target) throws IOException {
    Files.deleteIfExists(path);
    Files.createSymbolicLink(path, target);
  }

  /** What the message has to name, and the change. */
  private Map<String, Change> changes() {
    Path zero = Path.of("/dev/zero");
    Path elsewhere = root.resolve("elsewhere");
    return Map.of(
        BRANCH,
        at -> link(at.resolve(BRANCH), zero),
        "HEAD",
        at -> link(at.resolve("HEAD"), zero),
        "config",
        at -> link(at.resolve("config"), zero),
        "includes",
        at -> Files.writeString(at.resolve("config"), "[Include]\npath = /dev/zero\n"),
        "packed-refs",
        at -> {
          Files.delete(at.resolve(BRANCH));
          link(at.resolve("packed-refs"), zero);
        },
        "shallow",
        at -> link(at.resolve("shallow"), zero),
        PACK,
        at -> link(at.resolve(PACK), zero),
        "commondir",
        at -> Files.writeString(at.resolve("commondir"), elsewhere + "\n"),
        ".git",
        at -> Files.createDirectory(at.resolve(".git")),
        "no bare repository",
        at -> {
          Files.move(at.resolve("objects"), elsewhere);
          link(at.resolve("objects"), elsewhere);
        });
  }

  private static void read(Path repository) throws IOException {
    assertThat(FileQuestion.ask(repository, BRANCH)).isNotNull();
    FileQuestion.check(repository);
  }

  @Test
  void anythingButPlainFilesIsRefused() throws IOException {
    for (Map.Entry<String, Change> change : changes().entrySet()) {
      Upstream upstream = new Upstream(root.resolve(change.getKey().replace('/', '-')));
      upstream.commit();
      read(upstream.path());
      change.getValue().make(upstream.path());
      assertThatThrownBy(() -> read(upstream.path()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(change.getKey());
    }
  }

  @Test
  void hooksMayLieElsewhere() throws IOException {
    Upstream upstream = new Upstream(root.resolve("srv"));
    upstream.commit();
    Files.move(upstream.path().resolve("hooks"), root.resolve("hooks"));
    Files.createSymbolicLink(upstream.path().resolve("hooks"), root.resolve("hooks"));
    read(upstream.path());
  }
}
