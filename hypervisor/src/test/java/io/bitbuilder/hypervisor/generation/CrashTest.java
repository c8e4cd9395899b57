package io.bitbuilder.hypervisor.generation;

import static io.bitbuilder.hypervisor.generation.Fixtures.ALPHA;
import static io.bitbuilder.hypervisor.generation.Fixtures.BETA;
import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.plan.Allocations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The store on a disk that stops working at its n-th operation, for every n: after opening it again
 * it is as before or as after, never between, and the same run then succeeds.
 */
class CrashTest {
  @TempDir Path temp;

  @Test
  void aChangeOfTwoTenantsIsNeverHalfDone() throws IOException {
    int n = 0;
    boolean done = false;
    while (!done) {
      Path root = Files.createDirectories(temp.resolve("run-" + n));
      before(root);
      Staging staging = Fixtures.stage(root, "two", ALPHA, BETA);
      try {
        change(root, staging, new DyingDisk(n, false));
        done = true;
      } catch (DyingDisk.Died _) {
        check(root);
      }
      Disk mended = new DyingDisk(Integer.MAX_VALUE, false);
      new Store(root, mended).recover();
      change(root, staging, mended);
      after(root);
      n++;
    }
    assertThat(n).as("operations tried").isGreaterThan(60);
  }

  @Test
  void aFileCutShortByThePowerIsNeverSeen() throws IOException {
    int n = 0;
    boolean done = false;
    while (!done) {
      Path root = Files.createDirectories(temp.resolve("cut-" + n));
      before(root);
      Staging staging = Fixtures.stage(root, "two", ALPHA, BETA);
      try {
        change(root, staging, new DyingDisk(n, true));
        done = true;
      } catch (DyingDisk.Died _) {
        check(root);
      }
      n++;
    }
  }

  private static void before(Path root) throws IOException {
    Disk disk = new DyingDisk(Integer.MAX_VALUE, false);
    Store store = new Store(root, disk);
    store.recover();
    Staging staging = Fixtures.stage(root, "one", ALPHA, BETA);
    store.add(ALPHA, Fixtures.candidate(staging, ALPHA));
    store.add(BETA, Fixtures.candidate(staging, BETA));
    store.select(new TreeMap<>(Map.of(ALPHA, 1, BETA, 1)));
    new AllocationFile(root, disk)
        .write(new Allocations(new TreeMap<>(Map.of("uid/alpha/web", "1"))));
  }

  private static void change(Path root, Staging staging, Disk disk) throws IOException {
    Store store = new Store(root, disk);
    store.recover();
    new AllocationFile(root, disk)
        .write(new Allocations(new TreeMap<>(Map.of("uid/alpha/web", "2"))));
    SortedMap<TenantId, Integer> wanted = new TreeMap<>();
    for (Map.Entry<TenantId, Path> entry : staging.tenants().entrySet()) {
      Generation added = store.add(entry.getKey(), entry.getValue());
      wanted.put(entry.getKey(), added.number());
    }
    store.select(wanted);
    for (TenantId tenant : wanted.keySet()) {
      store.record(
          store.current(tenant).orElseThrow(),
          new Verdict(Verdict.State.HEALTHY, Fixtures.THEN, "", Duration.ZERO));
    }
    new Refused(root, disk).refuse(ALPHA, new CommitId("d".repeat(40)), "", "unhealthy");
    store.prune(1);
  }

  /** What any reader must find at any moment, before anything is mended and after. */
  private static void check(Path root) throws IOException {
    consistent(root);
    new Store(root).recover();
    consistent(root);
    try (Stream<Path> all = Files.walk(root)) {
      assertThat(all.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith(Durable.UNFINISHED));
    }
  }

  private static void consistent(Path root) throws IOException {
    Store store = new Store(root);
    SortedMap<TenantId, Integer> selection = store.selection();
    assertThat(selection.keySet()).containsExactly(ALPHA, BETA);
    Generation alpha = store.current(ALPHA).orElseThrow();
    Generation beta = store.current(BETA).orElseThrow();
    assertThat(alpha.manifest().inputs()).isEqualTo(beta.manifest().inputs());
    for (Generation generation : java.util.List.of(alpha, beta)) {
      for (String file : Fixtures.tree(generation.tenant()).nodes().keySet()) {
        Path path = generation.directory().resolve(file);
        assertThat(Files.isSymbolicLink(path) || Files.size(path) > 0).as(file).isTrue();
        if (file.startsWith("units/") || file.startsWith("mounts/")) {
          Path selected = root.resolve("generations/current").resolve(file);
          boolean linked =
              Files.isSymbolicLink(selected) || Files.isSymbolicLink(selected.getParent());
          assertThat(linked).as(file).isTrue();
          assertThat(Files.exists(selected, LinkOption.NOFOLLOW_LINKS)).as(file).isTrue();
        }
      }
      assertThat(root.resolve("generations/tenants/" + generation.tenant() + "/current"))
          .isSymbolicLink();
      store.generations(generation.tenant());
    }
    assertThat(new AllocationFile(root).read().entries().get("uid/alpha/web")).isIn("1", "2");
    assertThat(new Refused(root).entries()).hasSizeLessThanOrEqualTo(1);
  }

  private static void after(Path root) throws IOException {
    Store store = new Store(root);
    assertThat(store.current(ALPHA).orElseThrow().manifest().inputs()).isEqualTo("two");
    assertThat(store.current(BETA).orElseThrow().verdict()).isPresent();
    assertThat(new Refused(root).isRefused(ALPHA, new CommitId("d".repeat(40)), "")).isTrue();
  }
}
