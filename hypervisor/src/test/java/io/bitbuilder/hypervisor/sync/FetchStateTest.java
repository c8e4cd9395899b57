package io.bitbuilder.hypervisor.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FetchStateTest {
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final CommitId A = new CommitId("a".repeat(40));

  @TempDir Path objects;

  @Test
  void whatIsWrittenIsRead() throws Exception {
    FetchState state = state(NOW, "line\nend \u001b[31m “ü”");
    state.write(objects, FetchState.NONE);
    assertThat(FetchState.read(objects)).isEqualTo(state);
    assertThat(state.tips()).containsOnly(Map.entry(new TenantId("tenant-a"), A));
    assertThat(state.findings()).hasSize(2);
    assertThat(state.discovered(List.of("file:///srv/git")))
        .containsExactly(
            new FetchState.Found(new TenantId("tenant-b"), "file:///srv/git", "file:///b"));
    assertThat(state.discovered(List.of())).isEmpty();
  }

  @Test
  void aRunWithoutNewsWritesNothing() throws Exception {
    FetchState state = state(NOW, "x");
    state.write(objects, FetchState.NONE);
    Object file = Files.getAttribute(objects.resolve("state.json"), "unix:ino");

    Instant later = NOW.plusSeconds(60);
    state(later, "x").write(objects, state);

    assertThat(Files.getAttribute(objects.resolve("state.json"), "unix:ino")).isEqualTo(file);
    assertThat(FetchState.read(objects).checkedAt()).isEqualTo(later);

    state(later, "y").write(objects, state);
    assertThat(FetchState.read(objects)).isEqualTo(state(later, "y"));
  }

  @Test
  void aDamagedFileStopsEverything() throws Exception {
    assertThat(FetchState.read(objects)).isEqualTo(FetchState.NONE);
    for (String text :
        new String[] {
          "",
          "{",
          "[]",
          "{\"version\": 2}",
          "{\"version\": 1, \"repositories\": {\"a\": {\"tip\": \"x\"}}}",
          "{\"version\": 1, \"repositories\": {\"a\": {\"code\": \"BB999\"}}}"
        }) {
      Files.writeString(objects.resolve("state.json"), text);
      assertThatThrownBy(() -> FetchState.read(objects)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void tryingAgainTakesLongerEachTime() {
    BackOff backOff = new BackOff(NOW, RandomGenerator.of("L64X128MixRandom"));
    Result.Failed failed = Faults.unreachable("gone", "");
    Optional<FetchState.Failure> last = Optional.empty();
    Duration before = Duration.ZERO;
    for (int i = 1; i <= 20; i++) {
      FetchState.Failure failure = backOff.after(failed, last);
      Duration pause = Duration.between(NOW, failure.retryAt());
      assertThat(failure.count()).isEqualTo(i);
      assertThat(failure.since()).isEqualTo(NOW);
      assertThat(pause).isBetween(Duration.ofSeconds(22), Duration.ofMinutes(75));
      if (i < 7) {
        assertThat(pause).isGreaterThan(before);
      }
      before = pause;
      last = Optional.of(failure);
    }
    assertThat(before).isGreaterThan(Duration.ofMinutes(44));
  }

  @Test
  void aRewrittenBranchIsAskedForEachTime() {
    BackOff backOff = new BackOff(NOW, RandomGenerator.of("L64X128MixRandom"));
    Result.Failed failed = new Result.Failed(Code.BB502, "rewritten", "", "", "b", false);
    assertThat(backOff.after(failed, Optional.empty()).retryAt()).isEqualTo(NOW);
  }

  private static FetchState state(Instant checked, String subject) {
    FetchState.Failure failure =
        new FetchState.Failure(Code.BB501, "gone", "", "look", 3, NOW, NOW.plusSeconds(9), "");
    TreeMap<String, FetchState.Repository> repositories = new TreeMap<>();
    repositories.put(
        "tenant-a",
        new FetchState.Repository(
            "tenant-a",
            "https://example.org/a.git",
            "refs/heads/main",
            "",
            Optional.of(new FetchState.Tip(A, "Zoë <z@example.org>", subject, NOW, NOW)),
            Optional.empty(),
            Optional.empty()));
    repositories.put(
        "tenant-b",
        new FetchState.Repository(
            "tenant-b",
            "file:///b",
            "refs/heads/main",
            "file:///srv/git",
            Optional.empty(),
            Optional.of(failure),
            Optional.empty()));
    repositories.put(
        "tenant-c",
        new FetchState.Repository(
            "tenant-c",
            "file:///c",
            "refs/heads/main",
            "",
            Optional.empty(),
            Optional.of(failure),
            Optional.of(NOW)));
    TreeMap<String, FetchState.Image> images = new TreeMap<>();
    images.put(
        "debian",
        new FetchState.Image(
            "debian", "1".repeat(64), false, "2".repeat(64), Optional.of(failure)));
    return new FetchState(checked, "inputs", A.value(), Duration.ofDays(30), repositories, images);
  }
}
