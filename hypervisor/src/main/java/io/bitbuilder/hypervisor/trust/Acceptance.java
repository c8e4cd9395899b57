package io.bitbuilder.hypervisor.trust;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.Signer;
import io.bitbuilder.hypervisor.model.Signer.Role;
import io.bitbuilder.hypervisor.signature.Parsed;
import io.bitbuilder.hypervisor.signature.SignedObject;
import io.bitbuilder.hypervisor.signature.SignedObject.Commit;
import io.bitbuilder.hypervisor.signature.TrustedKey;
import io.bitbuilder.hypervisor.signature.Verdict;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The rules by which a new tip of a repository is accepted (docs/decisions/0021).
 *
 * <p>It descends from the one that was accepted last. It is signed by somebody whose signatures
 * count now, and so is, at its own time, every commit between the two, on every line of history:
 * what an unsigned commit brought is not made good by a signed one on top. Two exceptions, for
 * those who may vouch: a merge they sign answers for its other lines, and a commit of theirs with
 * the line {@code Vouch: history} for all before it. The first tip of a repository answers for
 * itself.
 */
public final class Acceptance {
  /** How many commits at most are looked at between two tips. */
  public static final int LIMIT = 10_000;

  /** The last line of a commit that answers for all before it. */
  static final String VOUCH = "Vouch: history";

  /** Whose signatures count for one commit. */
  @FunctionalInterface
  public interface Authority {
    /**
     * The keys for a commit.
     *
     * @param parents its parents; none where it is the first that is looked at
     */
    Keyring over(List<CommitId> parents) throws IOException;
  }

  /** What became of a tip. */
  public sealed interface Outcome {
    /**
     * It counts.
     *
     * @param signer name and fingerprint, for people
     * @param committed when it was made, as its committer's clock said
     */
    record Accepted(String signer, Instant committed) implements Outcome {}

    /**
     * It does not.
     *
     * @param commit the one that is to blame: the tip, or one between it and the accepted one
     * @param message what was found; what it quotes is escaped
     * @param expected what would have counted, or empty
     */
    record Refused(Code code, CommitId commit, String message, String expected, String help)
        implements Outcome {}
  }

  private final History history;
  private final Authority authority;
  private final Instant now;

  /**
   * Rules for one repository.
   *
   * @param now the host's clock
   */
  public Acceptance(History history, Authority authority, Instant now) {
    this.history = history;
    this.authority = authority;
    this.now = now;
  }

  /** A commit that counts, and by whom. */
  private record Judged(Commit commit, TrustedKey key, Keyring keyring) {}

  /** A finding on the way, thrown to the top. */
  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Outcome.Refused refused;

    Refusal(Outcome.Refused refused) {
      super(refused.message(), null, false, false);
      this.refused = refused;
    }
  }

  /**
   * Judges a tip.
   *
   * @param accepted the tip that was accepted last; empty the first time
   * @throws IOException when the repository is damaged
   */
  public Outcome judge(CommitId tip, Optional<CommitId> accepted) throws IOException {
    try {
      if (accepted.isPresent() && !history.descends(tip, accepted.get())) {
        throw new Refusal(notDescending(tip, accepted.get()));
      }
      // One that was accepted while its signer counted stays so; a revoked key never does.
      boolean known = accepted.filter(tip::equals).isPresent();
      Judged judged =
          judged(tip, accepted.isPresent(), known ? Optional.empty() : Optional.of(now));
      if (accepted.isPresent() && !known) {
        between(tip, judged, accepted.get());
      }
      return new Outcome.Accepted(signer(judged), judged.commit().committer().instant());
    } catch (Refusal e) {
      return e.refused;
    }
  }

  private void between(CommitId tip, Judged judged, CommitId accepted) throws IOException, Refusal {
    List<CommitId> since = history.since(tip, accepted, LIMIT + 1);
    Set<CommitId> range = new HashSet<>(since);
    Deque<CommitId> pending = new ArrayDeque<>(follow(judged, now, range));
    if (since.size() > LIMIT && !pending.isEmpty()) {
      throw new Refusal(
          new Outcome.Refused(
              Code.BB504,
              tip,
              "there are more than " + LIMIT + " commits since " + accepted.abbreviated(),
              "at most " + LIMIT,
              "sign a commit on top, with the line `"
                  + VOUCH
                  + "` at its end, as somebody with the role vouch"));
    }
    Set<CommitId> seen = new HashSet<>(pending);
    while (!pending.isEmpty()) {
      CommitId next = pending.pop();
      Judged one = judged(next, true, Optional.empty());
      for (CommitId parent : follow(one, one.commit().committer().instant(), range)) {
        if (seen.add(parent)) {
          pending.push(parent);
        }
      }
    }
  }

  /** The parents that have to be judged as well. */
  private static List<CommitId> follow(Judged judged, Instant moment, Set<CommitId> range) {
    List<CommitId> parents = parents(judged.commit());
    if (judged.keyring().has(judged.key(), Role.VOUCH, moment)) {
      if (vouches(judged.commit().message())) {
        return List.of();
      }
      parents = parents.subList(0, Math.min(1, parents.size()));
    }
    return parents.stream().filter(range::contains).toList();
  }

  private static List<CommitId> parents(Commit commit) {
    return commit.parents().stream().map(CommitId::new).toList();
  }

  /** Whether the last paragraph has the line that answers for all before. */
  private static boolean vouches(String message) {
    String text = message.strip();
    String last = text.substring(text.lastIndexOf("\n\n") + 1);
    return last.lines().anyMatch(VOUCH::equals);
  }

  /**
   * Judges one commit.
   *
   * @param follows whether what came before it counts already, or will be looked at
   * @param moment when its signer must count; at the commit's own time where it is empty
   */
  private Judged judged(CommitId id, boolean follows, Optional<Instant> moment)
      throws IOException, Refusal {
    Commit commit =
        switch (SignedObject.commit(history.raw(id))) {
          case Parsed.Accepted<Commit>(Commit value) -> value;
          case Parsed.Refused<Commit> refused ->
              throw unsigned(id, "is malformed: " + refused.sentence(), "");
        };
    Keyring keyring = authority.over(follows ? parents(commit) : List.of());
    if (keyring.size() == 0) {
      throw unsigned(id, "cannot count: nobody may sign it", "");
    }
    TrustedKey key =
        switch (keyring.verifier(now).verify(commit.signed())) {
          case Verdict.Good good -> good.key();
          case Verdict.Bad bad ->
              throw unsigned(
                  id,
                  "is not signed by somebody who may: " + bad.sentence(),
                  "a signature by one of the keys of " + keyring.names());
        };
    check(
        id, keyring.holders(key), moment.orElse(commit.committer().instant()), moment.isPresent());
    return new Judged(commit, key, keyring);
  }

  private static void check(CommitId id, List<Signer> holders, Instant when, boolean now)
      throws Refusal {
    for (Signer holder : holders) {
      if (holder.revoked()) {
        throw unsigned(id, "is signed by " + holder.name() + ", whose key is revoked", "");
      }
    }
    if (holders.stream().noneMatch(holder -> holder.countsAt(when))) {
      Signer holder = holders.getFirst();
      String bounds =
          holder.from().map(from -> " from " + from).orElse("")
              + holder.until().map(until -> " until " + until).orElse("");
      throw unsigned(
          id,
          "is signed by " + holder.name() + ", whose signatures count" + bounds,
          now ? "a new commit is judged by today's date, whatever date it says" : "");
    }
  }

  private static Refusal unsigned(CommitId id, String what, String expected) {
    return new Refusal(
        new Outcome.Refused(
            Code.BB503,
            id,
            "commit " + id.abbreviated() + " " + what,
            expected,
            "sign it again (git commit --amend --no-edit -S, or git rebase --exec for several), or have the key"
                + " added to the signers"));
  }

  private static Outcome.Refused notDescending(CommitId tip, CommitId accepted) {
    return new Outcome.Refused(
        Code.BB502,
        tip,
        "commit "
            + tip.abbreviated()
            + " does not descend from "
            + accepted.abbreviated()
            + ", which was accepted before",
        "a commit on top of " + accepted.abbreviated(),
        "git revert instead of rewriting history, or push " + accepted.abbreviated() + " back");
  }

  private static String signer(Judged judged) {
    String name =
        judged.keyring().holders(judged.key()).stream()
            .map(Signer::name)
            .distinct()
            .collect(java.util.stream.Collectors.joining(", "));
    return name + " " + judged.key().fingerprint();
  }
}
