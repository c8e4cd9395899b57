package io.bitbuilder.hypervisor.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.Signer;
import io.bitbuilder.hypervisor.model.Signer.Role;
import io.bitbuilder.hypervisor.model.Signers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Histories are drawn with the oldest commit left; {@code (x)} is one nobody who counts signed. */
final class AcceptanceTest {
  private static final Instant NOW = Instant.parse("2026-06-30T12:00:00Z");

  @TempDir Path home;
  private SignedRepository git;
  private final List<Signer> signers = new ArrayList<>();

  @BeforeEach
  void people() throws IOException {
    git = new SignedRepository(home);
    signers.add(signer("alice", Set.of()));
    signers.add(signer("vera", Set.of(Role.VOUCH)));
  }

  private Signer signer(String name, Set<Role> roles) throws IOException {
    return new Signer(
        name, List.of(git.key(name)), roles, Optional.empty(), Optional.empty(), false);
  }

  private CommitId by(String signer, CommitId... parents) throws IOException {
    return git.commit(signer, "06-01", "", parents);
  }

  private Acceptance.Outcome judge(CommitId tip, CommitId... accepted) throws IOException {
    Keyring keyring = Keyring.of(signers, Signers.NONE, List.of());
    return new Acceptance(git, _ -> keyring, NOW)
        .judge(tip, accepted.length == 0 ? Optional.empty() : Optional.of(accepted[0]));
  }

  private void accepted(CommitId tip, CommitId... before) throws IOException {
    assertThat(judge(tip, before)).isInstanceOf(Acceptance.Outcome.Accepted.class);
  }

  private void refused(Code code, CommitId blamed, String why, CommitId tip, CommitId... before)
      throws IOException {
    assertThat(judge(tip, before))
        .isInstanceOfSatisfying(
            Acceptance.Outcome.Refused.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(code);
              assertThat(refused.commit()).isEqualTo(blamed);
              assertThat(refused.message()).contains(why, blamed.abbreviated());
            });
  }

  private void unsigned(CommitId blamed, CommitId tip, CommitId... before) throws IOException {
    refused(Code.BB503, blamed, "not signed", tip, before);
  }

  // a - b - c
  @Test
  void eachCommitSinceTheLastMustBeSigned() throws IOException {
    CommitId a = by("alice");
    CommitId b = by("alice", a);
    CommitId c = by("alice", b);
    accepted(c, a);
    assertThat(judge(c, a))
        .isInstanceOfSatisfying(
            Acceptance.Outcome.Accepted.class,
            it -> assertThat(it.signer()).startsWith("alice SHA256:"));
    accepted(c, c);
  }

  // a - (b) - c
  @Test
  void aSignedCommitOnTopMakesNoUnsignedOneGood() throws IOException {
    CommitId a = by("alice");
    CommitId b = by("", a);
    unsigned(b, by("alice", b), a);
    unsigned(b, b, a);
    CommitId stranger = by("mallory", a);
    unsigned(stranger, by("alice", stranger), a);
  }

  // (a) - b
  @Test
  void theFirstTipAnswersForItself() throws IOException {
    CommitId a = by("");
    accepted(by("alice", a));
    unsigned(a, a);
  }

  // a - b - d      b and c from a; the merge d of both
  //  \- (c) -/
  @Test
  void everyLineOfAMergeCountsUnlessSomebodyVouches() throws IOException {
    CommitId a = by("alice");
    CommitId b = by("alice", a);
    CommitId c = by("", a);
    unsigned(c, by("alice", b, c), a);
    unsigned(c, by("alice", c, b), a);
    accepted(by("vera", b, c), a);
    // The first line is the one that is merged into: nobody answers for it by merging.
    unsigned(c, by("vera", c, b), a);
    accepted(by("alice", by("vera", b, c)), a);
  }

  // a - (b) - (c) - seal - d
  @Test
  void historyIsVouchedForByACommitThatSaysSo() throws IOException {
    CommitId a = by("alice");
    CommitId c = by("", by("", a));
    CommitId seal = git.commit("vera", "06-02", "Looked at it all.\n\nVouch: history", c);
    accepted(seal, a);
    accepted(by("alice", seal), a);
    unsigned(c, git.commit("alice", "06-02", "Not hers to say\n\nVouch: history", c), a);
    unsigned(c, git.commit("vera", "06-02", "Vouch: history\n\nbut not at the end", c), a);
  }

  // a - b     a - x     y
  @Test
  void nothingElseThanDescendantsIsAccepted() throws IOException {
    CommitId a = by("alice");
    CommitId b = by("alice", a);
    CommitId side = git.commit("alice", "06-03", "side", a);
    refused(Code.BB502, a, "does not descend", a, b);
    refused(Code.BB502, side, "does not descend", side, b);
    CommitId other = by("alice");
    refused(Code.BB502, other, "does not descend", other, b);
  }

  @Test
  void nobodysSignatureCountsWhereNobodyMaySign() throws IOException {
    signers.clear();
    CommitId a = by("alice");
    refused(Code.BB503, a, "nobody may sign", a);
  }

  /** Leaving does not undo what was signed before; whoever steals the key dates back in vain. */
  @Test
  void whoLeftSignsNothingNew() throws IOException {
    signers.set(
        0,
        new Signer(
            "alice",
            List.of(git.key("alice")),
            Set.of(),
            Optional.of(Instant.parse("2026-02-01T00:00:00Z")),
            Optional.of(Instant.parse("2026-05-01T00:00:00Z")),
            false));
    CommitId a = git.commit("alice", "03-01", "");
    CommitId b = git.commit("alice", "04-01", "", a);
    CommitId top = by("vera", b);
    accepted(top, a);
    accepted(a, a);
    refused(Code.BB503, b, "whose signatures count", b, a);
    CommitId early = git.commit("alice", "01-15", "", a);
    refused(Code.BB503, early, "whose signatures count", by("vera", early), a);
  }

  @Test
  void aRevokedKeyNeverCounts() throws IOException {
    CommitId a = by("alice");
    signers.add(
        new Signer(
            "gone", List.of(git.key("alice")), Set.of(), Optional.empty(), Optional.empty(), true));
    refused(Code.BB503, a, "revoked", a, a);
  }

  @Test
  void theOneWhoFollowsIsNamedByTheOneBefore() throws IOException {
    CommitId a = by("alice");
    CommitId b = by("bob", a);
    CommitId c = by("bob", b);
    Keyring first = Keyring.of(signers, Signers.NONE, List.of());
    Keyring next =
        Keyring.of(List.of(signer("bob", Set.of(Role.OPERATE))), Signers.NONE, List.of());
    Acceptance.Authority byParent =
        parents -> parents.contains(a) || parents.contains(b) ? next : first;
    Acceptance rules = new Acceptance(git, byParent, NOW);
    assertThat(rules.judge(c, Optional.of(a))).isInstanceOf(Acceptance.Outcome.Accepted.class);
    // The first time nobody but those the host knows: what a stranger's history says is its own.
    assertThat(rules.judge(c, Optional.empty())).isInstanceOf(Acceptance.Outcome.Refused.class);
  }
}
