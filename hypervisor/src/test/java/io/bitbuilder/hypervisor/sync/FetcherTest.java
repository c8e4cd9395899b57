package io.bitbuilder.hypervisor.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.SourceTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of acceptance, over local repositories; the transports have tests of their own. */
final class FetcherTest {
  private static final String SCOPE = "tenant-a";

  @TempDir Path root;
  private Path objects;
  private Upstream upstream;

  @BeforeEach
  void setUp() throws IOException {
    objects = Files.createDirectories(root.resolve("objects"));
    upstream = new Upstream(root.resolve("srv/tenant-a.git"));
  }

  @Test
  void theFirstFetchBringsTheFiles() throws Exception {
    // ∅ → A(main)
    CommitId a = upstream.commit("main", Map.of("metadata.json", "{}", "scripts/x.sh", "true"));

    assertThat(fetch()).isInstanceOf(Result.Moved.class);

    assertThat(tip()).contains(a);
    try (ObjectStore store = ObjectStore.open(objects, SCOPE)) {
      SourceTree tree = store.tree(a);
      assertThat(tree.list(""))
          .extracting(SourceTree.Entry::name)
          .containsExactly("metadata.json", "scripts");
      SourceTree.Entry file = tree.find("scripts/x.sh").orElseThrow();
      assertThat(tree.read(file, 100)).asString(StandardCharsets.UTF_8).isEqualTo("true");
      assertThat(store.describe(a).author()).isEqualTo("Zoë Tester <zoe@example.com>");
      assertThat(store.describe(a).subject()).isEqualTo("change 1");
    }
    assertThat(quarantine()).isEmpty();
  }

  @Test
  void whatIsFetchedCanBeReadByTheGroup() throws Exception {
    upstream.commit();
    fetch();
    try (Stream<Path> files = Files.walk(ObjectStore.directory(objects, SCOPE))) {
      assertThat(files.filter(Files::isRegularFile))
          .isNotEmpty()
          .allSatisfy(file ->
              assertThat(Files.getPosixFilePermissions(file))
                  .contains(PosixFilePermission.GROUP_READ));
    }
  }

  @Test
  void aDescendantIsAccepted() throws Exception {
    // A ← B ← C(main), A accepted
    CommitId a = upstream.commit();
    fetch();
    upstream.commit();
    CommitId c = upstream.commit();
    assertThat(fetch()).isInstanceOf(Result.Moved.class);

    assertThat(tip()).contains(c);
    try (ObjectStore store = ObjectStore.open(objects, SCOPE)) {
      assertThat(store.descends(c, a)).isTrue();
      assertThat(store.descends(a, c)).isFalse();
      assertThat(store.log(c, 10))
          .hasSize(3)
          .first()
          .extracting(ObjectStore.Commit::id)
          .isEqualTo(c);
      assertThat(store.log(c, 2)).hasSize(2);
      assertThat(store.resolve(c.abbreviated())).contains(c);
      assertThat(store.resolve("0000000")).isEmpty();
    }
  }

  @Test
  void nothingNewIsUnchanged() throws Exception {
    upstream.commit();
    fetch();
    assertThat(fetch()).isEqualTo(new Result.Unchanged());
  }

  @Test
  void packedReferencesAreFound() throws Exception {
    CommitId a = upstream.commit();
    upstream.git("pack-refs", "--all");
    assertThat(Files.exists(upstream.path().resolve("refs/heads/main"))).isFalse();

    assertThat(fetch()).isInstanceOf(Result.Moved.class);
    assertThat(fetch()).isEqualTo(new Result.Unchanged());
    assertThat(tip()).contains(a);
  }

  @Test
  void aForcePushIsRefusedUntilTheOldHistoryIsBack() throws Exception {
    // A(accepted)      X(main)
    CommitId a = upstream.commit();
    fetch();
    CommitId x = upstream.rewrite();

    Result.Failed failed = failed(fetch());

    assertThat(failed.code()).isEqualTo(Code.BB502);
    assertThat(failed.message()).contains(a.abbreviated()).contains(x.abbreviated());
    assertThat(failed.offered()).isEqualTo(x.value());
    assertThat(tip()).contains(a);
    try (ObjectStore store = ObjectStore.open(objects, SCOPE)) {
      assertThat(store.resolve(x.value())).as("refused objects stay outside").isEmpty();
    }

    // A ← B(main)
    upstream.move("main", a);
    CommitId b = upstream.commit();
    assertThat(fetch()).isInstanceOf(Result.Moved.class);
    assertThat(tip()).contains(b);
  }

  @Test
  void goingBackIsAForcePushToo() throws Exception {
    // A(main) ← B(accepted)
    CommitId a = upstream.commit();
    CommitId b = upstream.commit();
    fetch();
    upstream.move("main", a);

    assertThat(failed(fetch()).code()).isEqualTo(Code.BB502);
    assertThat(tip()).contains(b);
  }

  @Test
  void aMergeOfAnUnrelatedHistoryDescends() throws Exception {
    // A(accepted) ← M(main), X ← M
    CommitId a = upstream.commit();
    fetch();
    CommitId x = upstream.rewrite();
    String tree = upstream.tree(Map.of("metadata.json", "{}"));
    CommitId m =
        new CommitId(
            upstream.git("commit-tree", tree, "-m", "merge", "-p", x.value(), "-p", a.value()));
    upstream.move("main", m);

    assertThat(fetch()).isInstanceOf(Result.Moved.class);
    assertThat(tip()).contains(m);
  }

  @Test
  void aMissingBranchFreezes() throws Exception {
    CommitId a = upstream.commit();
    fetch();
    upstream.git("update-ref", "-d", "refs/heads/main");

    assertThat(failed(fetch()).code()).isEqualTo(Code.BB506);
    assertThat(tip()).contains(a);
  }

  @Test
  void anEmptyRepositoryHasNoBranch() throws Exception {
    assertThat(failed(fetch()).code()).isEqualTo(Code.BB506);
    assertThat(tip()).isEmpty();
  }

  @Test
  void aVanishedRepositoryFreezes() throws Exception {
    CommitId a = upstream.commit();
    fetch();
    Files.move(upstream.path(), root.resolve("gone"));

    assertThat(failed(fetch()).code()).isEqualTo(Code.BB501);
    assertThat(tip()).contains(a);
  }

  @Test
  void anotherAddressGoesOnFromTheSameTip() throws Exception {
    // A accepted from one address; A ← B at another; X at a third
    CommitId a = upstream.commit();
    fetch();
    Upstream renamed = new Upstream(root.resolve("srv/renamed.git"));
    renamed.git("fetch", "-q", upstream.path().toString(), "main:main");
    CommitId b = renamed.commit();
    assertThat(fetch(renamed.url(), "main", Limits.DEFAULT)).isInstanceOf(Result.Moved.class);
    assertThat(tip()).contains(b);

    Upstream stranger = new Upstream(root.resolve("srv/stranger.git"));
    stranger.rewrite();
    Result.Failed failed = failed(fetch(stranger.url(), "main", Limits.DEFAULT));
    assertThat(failed.code()).isEqualTo(Code.BB502);
    assertThat(a).isNotEqualTo(b);
  }

  @Test
  void branchesMayHaveAnyName() throws Exception {
    String branch = "größe/β-ветка";
    CommitId a = upstream.commit(branch, Map.of("ünï/çode", "x"));
    assertThat(fetch(upstream.url(), branch, Limits.DEFAULT)).isInstanceOf(Result.Moved.class);
    try (ObjectStore store = ObjectStore.open(objects, SCOPE)) {
      assertThat(store.tree(a).find("ünï/çode")).isPresent();
    }
  }

  @Test
  void aHugeFileIsRefused() throws Exception {
    CommitId a = upstream.commit();
    fetch();
    upstream.commit("main", Map.of("big", "x".repeat(200_000)));

    Result.Failed failed = failed(fetch(upstream.url(), "main", limits(1 << 20, 1000, 100_000)));

    assertThat(failed.code()).isEqualTo(Code.BB504);
    assertThat(failed.expected()).contains("100000 bytes");
    assertThat(tip()).contains(a);
    assertThat(quarantine()).isEmpty();
  }

  @Test
  void tooManyObjectsAreRefusedByTheHeader() throws Exception {
    Map<String, String> files = new java.util.HashMap<>();
    for (int i = 0; i < 20; i++) {
      files.put("f" + i, "content " + i);
    }
    upstream.commit("main", files);

    Result.Failed failed = failed(fetch(upstream.url(), "main", limits(1 << 20, 10, 1 << 20)));

    assertThat(failed.code()).isEqualTo(Code.BB504);
    assertThat(failed.message()).contains("22 objects");
    assertThat(tip()).isEmpty();
  }

  @Test
  void tooManyEntriesAndTooDeepDirectoriesAreRefused() throws Exception {
    upstream.commit("main", Map.of("a/b/c/d/e", "deep"));
    Limits shallow = new Limits(Duration.ofSeconds(20), 1 << 20, 1000, 1 << 20, 1000, 3, 1 << 20);
    assertThat(failed(fetch(upstream.url(), "main", shallow)).message()).contains("nested");
    Limits few = new Limits(Duration.ofSeconds(20), 1 << 20, 1000, 1 << 20, 4, 9, 1 << 20);
    assertThat(failed(fetch(upstream.url(), "main", few)).code()).isEqualTo(Code.BB504);
    assertThat(tip()).isEmpty();
  }

  @Test
  void aHistoryWithAMissingFileIsRefused() throws Exception {
    String gone = "1234567890123456789012345678901234567890";
    upstream.write("main", "", upstream.mktree("100644 blob " + gone + "\tfile\n"), "broken");
    assertThat(failed(fetch()).code()).isEqualTo(Code.BB501);
    assertThat(tip()).isEmpty();
  }

  @Test
  void aDamagedRepositoryIsOneCleanFinding() throws Exception {
    upstream.commit("main", Map.of("file", "content"));
    upstream.damage(upstream.git("rev-parse", "main:file"));
    Result.Failed failed = failed(fetch());
    assertThat(failed.code()).isEqualTo(Code.BB501);
    assertThat(failed.message() + failed.help())
        .contains("damaged", "git -C " + upstream.path() + " fsck");
  }

  @Test
  void aTreeThatReachesOutOfItselfIsRefused() throws Exception {
    String blob = upstream.blob(new byte[] {1});
    for (String name : new String[] {"..", ".git"}) {
      String tree = upstream.mktree("100644 blob " + blob + "\t" + name + "\n");
      upstream.write("main", "", tree, "escape");
      Result.Failed failed = failed(fetch());
      assertThat(failed.code()).isEqualTo(Code.BB501);
      assertThat(failed.message()).contains("damaged");
    }
    assertThat(tip()).isEmpty();
  }

  @Test
  void aRepositoryThatBorrowsObjectsIsRefused() throws Exception {
    upstream.commit();
    Files.writeString(upstream.path().resolve("objects/info/alternates"), "/srv/other/objects\n");
    assertThat(failed(fetch()).message()).contains("borrows objects");
  }

  @Test
  void linksAndSubmodulesAreEntriesOfTheirOwn() throws Exception {
    String target = upstream.blob("/etc/shadow".getBytes(StandardCharsets.UTF_8));
    String module = "1234567890123456789012345678901234567890";
    String tree =
        upstream.mktree(
            "120000 blob "
                + target
                + "\tlink\n"
                + "100755 blob "
                + target
                + "\trun\n"
                + "160000 commit "
                + module
                + "\tmodule\n");
    CommitId commit = upstream.write("main", "", tree, "kinds");
    assertThat(fetch()).isInstanceOf(Result.Moved.class);
    try (ObjectStore store = ObjectStore.open(objects, SCOPE)) {
      SourceTree files = store.tree(commit);
      assertThat(files.list(""))
          .extracting(SourceTree.Entry::kind)
          .containsExactly(
              SourceTree.Kind.SYMLINK, SourceTree.Kind.SUBMODULE, SourceTree.Kind.EXECUTABLE);
      assertThat(files.find("link/anything")).isEmpty();
      SourceTree.Entry link = files.find("link").orElseThrow();
      assertThat(files.read(link, 100)).asString(StandardCharsets.UTF_8).isEqualTo("/etc/shadow");
    }
  }

  @Test
  void manyPacksBecomeOne() throws Exception {
    for (int i = 0; i < Housekeeping.PACKS + 3; i++) {
      upstream.commit();
      assertThat(fetch()).isInstanceOf(Result.Moved.class);
    }
    Path packs = ObjectStore.directory(objects, SCOPE).resolve("objects/pack");
    try (Stream<Path> files = Files.list(packs)) {
      assertThat(files.filter(file -> file.toString().endsWith(".pack")).count())
          .isBetween(1L, 10L);
    }
    try (ObjectStore store = ObjectStore.open(objects, SCOPE)) {
      assertThat(store.log(tip().orElseThrow(), 1000)).hasSize(Housekeeping.PACKS + 3);
    }
  }

  @Test
  void aStoreThatIsFullTakesNothingMore() throws Exception {
    CommitId a = upstream.commit();
    fetch();
    upstream.commit();
    Limits small = new Limits(Duration.ofSeconds(20), 1 << 20, 1000, 1 << 20, 1000, 9, 10);
    assertThat(failed(fetch(upstream.url(), "main", small)).code()).isEqualTo(Code.BB504);
    assertThat(tip()).contains(a);
  }

  @Test
  void aCrashBeforeTheReferenceKeepsTheOldTip() throws Exception {
    // A accepted; B's pack arrived, the power went before the reference was renamed.
    CommitId a = upstream.commit();
    fetch();
    CommitId b = upstream.commit();
    fetch();
    Path store = ObjectStore.directory(objects, SCOPE);
    Files.writeString(store.resolve(ObjectStore.TIP), a.value() + "\n");
    Path left = objects.resolve("quarantine/tenant-a.git/objects/pack/tmp");
    Files.createDirectories(left);

    Quarantine.clear(objects);
    assertThat(fetch()).isInstanceOf(Result.Moved.class);
    assertThat(tip()).contains(b);
    assertThat(quarantine()).isEmpty();
  }

  private Result fetch() throws Exception {
    return fetch(upstream.url(), "main", Limits.DEFAULT);
  }

  private Result fetch(String url, String ref, Limits limits) throws Exception {
    Source source = Source.of(SCOPE, url, ref, "", "", new Report()).orElseThrow();
    Fetcher fetcher =
        new Fetcher(root, objects, new Credentials(Optional.empty()), limits, new Web(root));
    return fetcher.fetch(source, new Fetcher.Known(tip(), tip()), "");
  }

  private static Result.Failed failed(Result result) {
    assertThat(result).isInstanceOf(Result.Failed.class);
    return (Result.Failed) result;
  }

  private Optional<CommitId> tip() throws IOException {
    return ObjectStore.tip(objects, SCOPE);
  }

  private static Limits limits(long received, long count, long blob) {
    return new Limits(Duration.ofSeconds(20), received, count, blob, 1000, 9, 1 << 20);
  }

  private java.util.List<Path> quarantine() throws IOException {
    if (!Files.exists(objects.resolve("quarantine"))) {
      return java.util.List.of();
    }
    try (Stream<Path> files = Files.list(objects.resolve("quarantine"))) {
      return files.toList();
    }
  }
}
