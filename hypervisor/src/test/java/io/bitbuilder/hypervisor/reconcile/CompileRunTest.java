package io.bitbuilder.hypervisor.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.generation.AcceptedFile;
import io.bitbuilder.hypervisor.generation.AllocationFile;
import io.bitbuilder.hypervisor.generation.Refused;
import io.bitbuilder.hypervisor.generation.Staging;
import io.bitbuilder.hypervisor.generation.Store;
import io.bitbuilder.hypervisor.generation.SystemState;
import io.bitbuilder.hypervisor.model.ByteSize;
import io.bitbuilder.hypervisor.model.TenantId;
import io.bitbuilder.hypervisor.model.VerifyMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompileRunTest {
  private static final TenantId A = new TenantId("a");
  private static final TenantId B = new TenantId("b");

  @TempDir Path root;
  private final FakeStages stages = new FakeStages();
  private Path state;

  @BeforeEach
  void prepare() throws IOException {
    state = Files.createDirectories(root.resolve("var/lib/bitbuilder"));
    stages.tenant("a", 1);
    stages.tenant("b", 2);
  }

  private CompileRun.Outcome compile() throws IOException {
    stages.read.clear();
    return new CompileRun(root, stages).run();
  }

  /** What activation does, without systemd. */
  private void activate() throws IOException {
    Store store = new Store(state);
    Staging staging = new Staging(state);
    SystemState system = staging.systemState().orElseThrow();
    new AllocationFile(state).write(staging.allocations().orElseThrow());
    TreeMap<TenantId, Integer> selection = new TreeMap<>(store.selection());
    for (Map.Entry<TenantId, Path> entry : staging.tenants().entrySet()) {
      selection.put(entry.getKey(), store.add(entry.getKey(), entry.getValue()).number());
    }
    system.removed().forEach(selection::remove);
    system.tenants().stream()
        .filter(standing -> !standing.wanted())
        .forEach(standing -> selection.remove(standing.id()));
    store.select(selection);
  }

  private static List<Code> codes(CompileRun.Outcome outcome, String scope) {
    return outcome.findings().getOrDefault(scope, List.of()).stream()
        .map(Diagnostic::code)
        .toList();
  }

  @Test
  void everythingIsStagedFromNothingAndNothingAfterwards() throws IOException {
    CompileRun.Outcome first = compile();
    assertThat(first.staged()).containsExactly(A, B);
    activate();
    CompileRun.Outcome second = compile();
    assertThat(second.staged()).isEmpty();
    assertThat(second.unchanged()).containsExactly(A, B);
    assertThat(stages.read).isEmpty();
    assertThat(new Staging(state).tenants()).isEmpty();
    assertThat(new Staging(state).allocations().orElseThrow())
        .isEqualTo(new AllocationFile(state).read());
  }

  @Test
  void onlyAChangedTenantIsReadAgain() throws IOException {
    compile();
    activate();
    stages.tenant("b", 3);
    assertThat(compile().staged()).containsExactly(B);
    assertThat(stages.read).containsExactly(B);
    activate();
    Store store = new Store(state);
    assertThat(store.current(B).orElseThrow().number()).isEqualTo(2);
    assertThat(store.current(B).orElseThrow().manifest().subject()).isEqualTo("Change b");
    assertThat(new AllocationFile(state).read().entries()).containsKeys("uid/a/web", "uid/b/web");
  }

  @Test
  void aBrokenTenantKeepsItsGenerationAndItsChoices() throws IOException {
    compile();
    activate();
    stages.tenant("a", 5);
    stages.tenant("b", 3);
    stages.malformed.add(B);
    CompileRun.Outcome outcome = compile();
    assertThat(outcome.staged()).containsExactly(A);
    assertThat(outcome.failed()).containsExactly(B);
    assertThat(codes(outcome, "b")).containsExactly(Code.BB201);
    assertThat(new Staging(state).findings().orElseThrow().scopes()).isEqualTo(outcome.findings());
    activate();
    assertThat(new Store(state).selection()).isEqualTo(new TreeMap<>(Map.of(A, 2, B, 1)));
    assertThat(new AllocationFile(state).read().entries()).containsKey("uid/b/web");
  }

  @Test
  void aDamagedRepositoryIsItsTenantsOwnTrouble() throws IOException {
    stages.damaged.add(A);
    CompileRun.Outcome outcome = compile();
    assertThat(outcome.staged()).containsExactly(B);
    assertThat(codes(outcome, "a")).containsExactly(Code.BB501);
  }

  @Test
  void aTenantNeverFetchedIsReportedAndOthersProceed() throws IOException {
    stages.tips.remove(A);
    CompileRun.Outcome outcome = compile();
    assertThat(outcome.staged()).containsExactly(B);
    assertThat(codes(outcome, "a")).containsExactly(Code.BB501);
  }

  @Test
  void aRefusedRevisionIsNotTriedAgainButTheNextIs() throws IOException {
    new Refused(state).refuse(A, FakeStages.commit(1), "", "health check failed");
    CompileRun.Outcome outcome = compile();
    assertThat(outcome.staged()).containsExactly(B);
    assertThat(codes(outcome, "a")).containsExactly(Code.BB508);
    stages.tenant("a", 7);
    assertThat(compile().staged()).contains(A);
  }

  @Test
  void aRefusedRevisionIsTriedAgainOnceTheOperatorsPartOfItHasChanged() throws IOException {
    compile();
    activate();
    String inputs = new Store(state).current(A).orElseThrow().manifest().inputs();
    new Refused(state).refuse(A, FakeStages.commit(1), inputs, "health check failed");
    assertThat(codes(compile(), "a")).containsExactly(Code.BB508);
    stages.entries.replaceAll(entry ->
        entry.id().equals(A) ? FakeStages.withMemory(entry, new ByteSize(2L << 30)) : entry);
    CompileRun.Outcome outcome = compile();
    assertThat(outcome.staged()).containsExactly(A);
    assertThat(codes(outcome, "a")).isEmpty();
  }

  @Test
  void whoSignedIsKeptWithTheGeneration() throws IOException {
    stages.tenantVerify = VerifyMode.REQUIRE;
    stages.signed.add(FakeStages.commit(1));
    new AcceptedFile(state)
        .write(
            new AcceptedFile.Commits(
                Optional.empty(), new TreeMap<>(Map.of(A, FakeStages.commit(7)))));
    CompileRun.Outcome outcome = compile();
    assertThat(outcome.staged()).contains(A);
    assertThat(Files.readString(state.resolve("staging/tenants/a.json")))
        .contains("\"signer\":\"alice SHA256:x\"");
    assertThat(stages.accepted).contains(Optional.of(FakeStages.commit(7)));
  }

  @Test
  void whereSignaturesAreOnlyLookedAtTheLackOfOneIsSaid() throws IOException {
    stages.tenantVerify = VerifyMode.WARN;
    stages.hostVerify = VerifyMode.WARN;
    CompileRun.Outcome outcome = compile();
    assertThat(outcome.staged()).contains(A);
    assertThat(codes(outcome, "a")).containsExactly(Code.BB510);
    assertThat(codes(outcome, "system")).containsExactly(Code.BB510);
  }

  @Test
  void verificationThatIsRequiredRefusesCleanly() throws IOException {
    stages.tenantVerify = VerifyMode.REQUIRE;
    CompileRun.Outcome outcome = compile();
    assertThat(outcome.frozen()).isFalse();
    assertThat(codes(outcome, "a")).containsExactly(Code.BB503);
    stages.hostVerify = VerifyMode.REQUIRE;
    outcome = compile();
    assertThat(outcome.frozen()).isTrue();
    assertThat(codes(outcome, "system")).containsExactly(Code.BB503);
  }

  @Test
  void aSystemRepositoryThatCannotBeReadFreezesEverything() throws IOException {
    compile();
    activate();
    stages.systemMalformed = true;
    frozen(Code.BB101);
    stages.systemFetched = false;
    frozen(Code.BB501);
    stages.hostPresent = false;
    frozen(Code.BB705);
  }

  @Test
  void anEmptiedRegistryFreezesInsteadOfRemoving() throws IOException {
    compile();
    activate();
    stages.entries.clear();
    frozen(Code.BB204);
  }

  private void frozen(Code code) throws IOException {
    CompileRun.Outcome outcome = compile();
    assertThat(outcome.frozen()).isTrue();
    assertThat(codes(outcome, "system")).containsExactly(code);
    assertThat(new Staging(state).systemState().orElseThrow().removed()).isEmpty();
    activate();
    assertThat(new Store(state).selection()).containsOnlyKeys(A, B);
  }

  @Test
  void droppingADisabledOrMisplacedEntryStopsJustThat() throws IOException {
    compile();
    activate();
    stages.entries.clear();
    stages.entries.add(FakeStages.entry("a", true, List.of("zone=b")));
    CompileRun.Outcome outcome = compile();
    assertThat(outcome.frozen()).isFalse();
    SystemState system = new Staging(state).systemState().orElseThrow();
    assertThat(system.removed()).containsExactly(B);
    assertThat(system.tenants())
        .containsExactly(new SystemState.Standing(A, true, false, false, List.of()));
    activate();
    assertThat(new Store(state).selection()).isEmpty();
    assertThat(new AllocationFile(state).read().entries()).containsKeys("uid/a/web", "uid/b/web");

    stages.entries.set(0, FakeStages.entry("a", true, List.of("zone=a")));
    assertThat(compile().staged()).containsExactly(A);
  }

  @Test
  void aTenantMayDisableItself() throws IOException {
    compile();
    activate();
    stages.tenant("a", 9);
    stages.selfDisabled.add(A);
    compile();
    assertThat(new Staging(state).systemState().orElseThrow().tenants())
        .contains(new SystemState.Standing(A, false, true, false, List.of()));
    activate();
    assertThat(new Store(state).selection()).containsOnlyKeys(B);
  }

  @Test
  void oneOfAThousandIsBrokenAndNobodyElseNotices() throws IOException {
    stages.entries.clear();
    stages.tips.clear();
    for (int i = 0; i < 1000; i++) {
      stages.tenant(String.format("t-%04d", i), i + 1);
    }
    TenantId broken = new TenantId("t-0500");
    stages.malformed.add(broken);
    CompileRun.Outcome outcome = compile();
    assertThat(outcome.staged()).hasSize(999).doesNotContain(broken);
    assertThat(outcome.failed()).containsExactly(broken);
    assertThat(outcome.findings()).containsOnlyKeys("t-0500");
    assertThat(new Staging(state).tenants()).hasSize(999).doesNotContainKey(broken);
  }
}
