package io.bitbuilder.hypervisor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.generation.AcceptedFile;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.sync.FetchState;
import io.bitbuilder.hypervisor.sync.ObjectStore;
import io.bitbuilder.hypervisor.sync.Upstream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs over local repositories: what is fetched, what is remembered, what wakes compile. */
final class FetchRunTest {
  private static final TenantId A = new TenantId("tenant-a");
  private static final TenantId B = new TenantId("tenant-b");

  @TempDir Path root;
  private Path objects;
  private Upstream system;
  private Upstream tenantA;
  private Upstream tenantB;

  @BeforeEach
  void setUp() throws IOException {
    objects = root.resolve("var/lib/bitbuilder/objects");
    system = new Upstream(root.resolve("srv/system.git"));
    tenantA = new Upstream(root.resolve("srv/a.git"));
    tenantB = new Upstream(root.resolve("srv/b.git"));
    Files.createDirectories(root.resolve("etc/bitbuilder"));
    host("");
    registry("", entry(A, tenantA), entry(B, tenantB));
    tenantA.commit();
    tenantB.commit();
  }

  @Test
  void everythingIsFetchedAndCompileWoken() throws Exception {
    FetchRun.Outcome outcome = run();
    assertThat(outcome.status()).isEqualTo(FetchRun.Status.DONE);
    assertThat(outcome.moved()).containsExactly("system", "tenant-a", "tenant-b");
    assertThat(outcome.findings()).isEmpty();
    assertThat(isChanged()).isTrue();
    assertThat(state().tips()).containsOnlyKeys(A, B);
  }

  @Test
  void nothingNewLeavesCompileAsleep() throws Exception {
    run();
    compiled();
    FetchRun.Outcome outcome = run();
    assertThat(outcome.moved()).isEmpty();
    assertThat(outcome.changed()).isFalse();
    assertThat(isChanged()).isFalse();
  }

  /** What was compiled before may be lost with the power. */
  @Test
  void theFirstLookAfterABootWakesCompile() throws Exception {
    run();
    compiled();
    Files.delete(root.resolve("run/bitbuilder/compiled"));
    FetchRun.Outcome outcome = run();
    assertThat(outcome.moved()).isEmpty();
    assertThat(outcome.changed()).isTrue();
    assertThat(isChanged()).isTrue();
  }

  @Test
  void aPushWakesCompile() throws Exception {
    run();
    compiled();
    CommitId next = tenantB.commit();
    assertThat(run().moved()).containsExactly("tenant-b");
    assertThat(isChanged()).isTrue();
    assertThat(state().tips()).containsEntry(B, next);
  }

  @Test
  void theTagsOfTheHostWakeCompile() throws Exception {
    run();
    compiled();
    host("tags: [zone=a]\n");
    assertThat(run().changed()).isTrue();
    assertThat(isChanged()).isTrue();
  }

  @Test
  void oneFailingTenantIsAlone() throws Exception {
    run();
    accepted();
    CommitId next = tenantB.commit();
    tenantA.rewrite();
    FetchRun.Outcome outcome = run();
    assertThat(outcome.moved()).containsExactly("tenant-b");
    assertThat(outcome.findings()).extracting(Diagnostic::code).containsExactly(Code.BB502);
    assertThat(outcome.findings().getFirst().location().repository()).isEqualTo("tenant-a");
    assertThat(state().tips()).containsEntry(B, next);
  }

  /** Nothing was accepted of it, so that whoever pushed a mistake may take it back. */
  @Test
  void whatWasNeverAcceptedMayBeRewritten() throws Exception {
    CommitId good = tenantA.commit();
    run();
    accepted();
    tenantA.commit();
    run();
    tenantA.move("main", good);
    CommitId again = tenantA.commit();
    assertThat(run().findings()).isEmpty();
    assertThat(state().tips()).containsEntry(A, again);
  }

  @Test
  void aRepositoryThatIsSilentForLongIsSaid() throws Exception {
    registry("verify: {mode: off, maxAge: 30d}\n", entry(A, tenantA), entry(B, tenantB));
    FetchRun.Outcome outcome = run();
    assertThat(outcome.findings()).extracting(Diagnostic::code).containsOnly(Code.BB509).hasSize(3);
    assertThat(outcome.findings().getFirst().message())
        .matches("the newest commit is [0-9]+ days old");
    registry("verify: {mode: off, maxAge: 3650d}\n", entry(A, tenantA), entry(B, tenantB));
    assertThat(run().findings()).isEmpty();
  }

  /** It says where credentials are sent. */
  @Test
  void aRegistryNobodySignedIsNotFollowed() throws Exception {
    run();
    Files.writeString(
        root.resolve("etc/bitbuilder/host.yaml"),
        "systemRepository: {url: '" + system.url() + "'}\n");
    Upstream evil = new Upstream(root.resolve("srv/evil.git"));
    evil.commit();
    CommitId planted = evil.commit();
    registry("", entry(A, evil), entry(B, tenantB));
    CommitId next = tenantB.commit();
    FetchRun.Outcome outcome = run();
    assertThat(outcome.moved()).containsExactly("system", "tenant-b");
    assertThat(state().tips()).containsEntry(B, next).doesNotContainEntry(A, planted);
  }

  @Test
  void aBrokenRegistryStopsNoTenant() throws Exception {
    run();
    system.commit("main", Map.of("tenants/registry.json", "{\"version\": 1, \"tenants\": ["));
    CommitId next = tenantA.commit();

    FetchRun.Outcome outcome = run();

    assertThat(outcome.moved()).containsExactly("system", "tenant-a");
    assertThat(state().tips()).containsEntry(A, next);
    assertThat(repository(B).goneAt()).isEmpty();
  }

  @Test
  void anUnreachableSystemRepositoryStopsNoTenant() throws Exception {
    run();
    Files.move(root.resolve("srv/system.git"), root.resolve("srv/away.git"));
    tenantA.commit();
    FetchRun.Outcome outcome = run();
    assertThat(outcome.moved()).containsExactly("tenant-a");
    assertThat(outcome.findings()).extracting(Diagnostic::code).containsExactly(Code.BB501);
  }

  @Test
  void aBadAddressFreezesItsTenant() throws Exception {
    run();
    // The registry itself is fine by its own rules; the repository borrows objects.
    Files.writeString(root.resolve("srv/a.git/objects/info/alternates"), "/srv/x/objects\n");
    FetchRun.Outcome outcome = run();
    assertThat(outcome.findings()).hasSize(1);
    assertThat(state().tips()).containsKey(A);
  }

  @Test
  void aRemovedTenantKeepsItsObjectsUntilTheRetentionIsOver() throws Exception {
    run();
    registry("", entry(B, tenantB));
    run();
    assertThat(repository(A).goneAt()).isPresent();
    assertThat(objects.resolve("tenants/tenant-a.git")).isDirectory();

    run();
    assertThat(objects.resolve("tenants/tenant-a.git")).isDirectory();

    registry("retention: {removedTenants: 0}\n", entry(B, tenantB));
    run();
    assertThat(objects.resolve("tenants/tenant-a.git")).doesNotExist();
    assertThat(state().tenants()).containsOnlyKeys(B);
  }

  @Test
  void aTenantThatComesBackGoesOnWhereItWas() throws Exception {
    run();
    accepted();
    registry("", entry(B, tenantB));
    run();
    registry("", entry(A, tenantA), entry(B, tenantB));
    tenantA.rewrite();
    FetchRun.Outcome outcome = run();
    assertThat(outcome.findings()).extracting(Diagnostic::code).containsExactly(Code.BB502);
    assertThat(repository(A).goneAt()).isEmpty();
  }

  @Test
  void directoriesHoldTenants() throws Exception {
    Path directory = Files.createDirectories(root.resolve("srv/git"));
    new Upstream(directory.resolve("tenant-c.git")).commit();
    new Upstream(directory.resolve("other.git")).commit();
    new Upstream(directory.resolve("tenant-a")).commit();
    Files.createDirectories(directory.resolve("tenant-x.git"));
    String url = "file://" + directory;
    registry("discovery: {directories: ['" + url + "']}\n", entry(A, tenantA));
    run();
    assertThat(state().discovered(List.of(url)))
        .extracting(FetchState.Found::tenant)
        .containsExactly(new TenantId("tenant-c"));
    assertThat(repository(A).url()).isEqualTo(tenantA.url());
    compiled();

    // One that vanishes freezes; one directory that leaves the configuration takes its tenants.
    Files.move(directory.resolve("tenant-c.git"), root.resolve("srv/moved.git"));
    assertThat(run().findings()).extracting(Diagnostic::code).containsExactly(Code.BB501);
    assertThat(state().discovered(List.of(url))).hasSize(1);

    Files.move(directory, root.resolve("srv/elsewhere"));
    assertThat(run().changed()).isFalse();
    assertThat(state().discovered(List.of(url))).hasSize(1);

    registry("", entry(A, tenantA));
    run();
    assertThat(repository(new TenantId("tenant-c")).goneAt()).isPresent();
  }

  @Test
  void whatFailedWaitsUnlessSomebodyAsks() throws Exception {
    Files.move(root.resolve("srv/a.git"), root.resolve("srv/away.git"));
    run();
    Files.move(root.resolve("srv/away.git"), root.resolve("srv/a.git"));

    assertThat(run().moved()).isEmpty();

    Path hurry = root.resolve(FetchRun.HURRY);
    Files.createDirectories(root.resolve("run/bitbuilder"));
    Files.createFile(hurry);
    Files.setLastModifiedTime(hurry, FileTime.from(Instant.now().plusSeconds(5)));
    FetchRun.Outcome outcome = run();
    assertThat(outcome.moved()).containsExactly("tenant-a");
    assertThat(outcome.findings()).isEmpty();
  }

  @Test
  void aCrashBetweenTipAndStateIsMadeGood() throws Exception {
    run();
    byte[] before = Files.readAllBytes(objects.resolve("state.json"));
    CommitId next = tenantA.commit();
    run();
    compiled();
    Files.write(objects.resolve("state.json"), before);

    FetchRun.Outcome outcome = run();

    assertThat(outcome.moved()).containsExactly("tenant-a");
    assertThat(isChanged()).isTrue();
    assertThat(state().tips()).containsEntry(A, next);
    assertThat(repository(A).tip().orElseThrow().subject()).startsWith("change");
  }

  @Test
  void twoRunsNeverMeet() throws Exception {
    run();
    try (FileChannel channel =
            FileChannel.open(objects.resolve(".lock"), StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      assertThat(lock.isValid()).isTrue();
      assertThat(run().status()).isEqualTo(FetchRun.Status.BUSY);
    }
    assertThat(run().status()).isEqualTo(FetchRun.Status.DONE);
  }

  @Test
  void aHostWithoutConfigurationSaysSo() throws Exception {
    Files.delete(root.resolve("etc/bitbuilder/host.yaml"));
    FetchRun.Outcome outcome = run();
    assertThat(outcome.status()).isEqualTo(FetchRun.Status.UNCONFIGURED);
    assertThat(outcome.findings()).extracting(Diagnostic::code).containsExactly(Code.BB705);
  }

  private FetchRun.Outcome run() throws IOException {
    return new FetchRun(root, Optional.empty()).run(false);
  }

  private FetchState state() throws IOException {
    return FetchState.read(objects);
  }

  private FetchState.Repository repository(TenantId tenant) throws IOException {
    return Optional.ofNullable(state().tenants().get(tenant)).orElseThrow();
  }

  private boolean isChanged() {
    return Files.exists(objects.resolve("changed"));
  }

  private void compiled() throws IOException {
    Files.deleteIfExists(objects.resolve("changed"));
    Files.createDirectories(root.resolve("run/bitbuilder"));
    Files.write(root.resolve("run/bitbuilder/compiled"), new byte[0]);
    assertThat(ObjectStore.tip(objects, ObjectStore.SYSTEM)).isPresent();
  }

  /** As activation does when it took in what was compiled. */
  private void accepted() throws IOException {
    new AcceptedFile(root.resolve("var/lib/bitbuilder"))
        .write(
            new AcceptedFile.Commits(
                ObjectStore.tip(objects, ObjectStore.SYSTEM), new TreeMap<>(state().tips())));
  }

  private void host(String more) throws IOException {
    Files.writeString(
        root.resolve("etc/bitbuilder/host.yaml"),
        "systemRepository: {url: '" + system.url() + "'}\nverify: off\n" + more);
  }

  private void registry(String config, String... entries) throws IOException {
    system.commit(
        "main",
        Map.of(
            ".gitops/config.yaml",
            (config.contains("verify:") ? "" : "verify: {mode: off}\n") + config,
            "tenants/registry.json",
            "{\"version\": 1, \"tenants\": [" + String.join(",", entries) + "]}"));
  }

  private static String entry(TenantId id, Upstream upstream) {
    return "{\"id\": \"" + id + "\", \"repository\": \"" + upstream.url() + "\"}";
  }
}
