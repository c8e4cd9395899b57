package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.CommitId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.eclipse.jgit.transport.URIish;
import org.jspecify.annotations.Nullable;

/**
 * Brings the branch of a repository into its object store. First one cheap question, where the
 * branch is; only when it moved, a fetch into a quarantine, the checks, and the new tip. Whatever
 * goes wrong is a result of this repository alone. Safe for use by several threads.
 */
final class Fetcher {
  /** How often in a row a server may fail to answer before its other repositories are spared. */
  private static final int SPARED_AFTER = 3;

  /** Unpacking needs memory and a processor, so fewer at once than questions. */
  private static final int TRANSFERS = 4;

  /** The largest object of those that are unpacked at once; all of them fit into the memory. */
  private static final long BESIDE = 8L << 20;

  private final Path root;
  private final Path objects;
  private final Credentials credentials;
  private final Limits limits;
  private final Web web;
  private final Semaphore transfers = new Semaphore(TRANSFERS, true);
  private final Map<String, AtomicInteger> silent = new ConcurrentHashMap<>();
  private final Set<String> wordy = ConcurrentHashMap.newKeySet();

  /**
   * Prepares fetching; nothing is opened yet.
   *
   * @param root the directory the host's files are under
   * @param objects the directory objects/
   */
  Fetcher(Path root, Path objects, Credentials credentials, Limits limits, Web web) {
    this.root = root;
    this.objects = objects;
    this.credentials = credentials;
    this.limits = limits;
    this.web = web;
  }

  /**
   * What there is of a repository.
   *
   * @param tip what was fetched last
   * @param accepted what was accepted last: nothing that does not descend from it is fetched
   */
  record Known(Optional<CommitId> tip, Optional<CommitId> accepted) {}

  /**
   * Fetches one repository. What needs much memory is unpacked alone: a hostile pack must not take
   * it from the others that are unpacked at that moment.
   *
   * @param offered a commit that was refused before, or empty
   */
  Result fetch(Source source, Known before, String offered) throws InterruptedException {
    AtomicInteger failures = silent.computeIfAbsent(source.endpoint(), _ -> new AtomicInteger());
    if (!source.endpoint().isEmpty() && failures.get() >= SPARED_AFTER) {
      return Faults.unreachable(
          "the server did not answer for other repositories", "git ls-remote " + source.url());
    }
    try {
      long beside = Math.min(BESIDE, limits.blobBytes());
      try {
        return fetch(new Wanted(source, before, offered, beside), 1, failures);
      } catch (ExecutionException e) {
        if (!Faults.isForWantOfMemory(e)) {
          throw e;
        }
        return fetch(new Wanted(source, before, offered, limits.blobBytes()), TRANSFERS, failures);
      }
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (Faults.isServerDown(cause)) {
        failures.incrementAndGet();
      }
      return Faults.of(cause, source, limits);
    } catch (TimeoutException e) {
      return Faults.of(e, source, limits);
    }
  }

  /**
   * One attempt.
   *
   * @param largest object in bytes that is let in
   */
  private record Wanted(Source source, Known before, String offered, long largest) {}

  /**
   * The same, once.
   *
   * @param share of the transfers at a time that this one counts for
   */
  private Result fetch(Wanted wanted, int share, AtomicInteger failures)
      throws InterruptedException, ExecutionException, TimeoutException {
    Advertised advertised = ask(wanted.source, wanted.before.tip());
    if (!(advertised instanceof Advertised.Unknown)) {
      failures.set(0);
    }
    Optional<Result> known = known(advertised, wanted);
    if (known.isPresent()) {
      return known.get();
    }
    transfers.acquire(share);
    try {
      Result result = timed(wanted.source, budget -> transfer(advertised, wanted, budget));
      failures.set(0);
      return result;
    } finally {
      transfers.release(share);
    }
  }

  private interface Operation<T> {
    T run(Budget budget) throws Exception;
  }

  private <T> T timed(Source source, Operation<T> operation)
      throws ExecutionException, TimeoutException, InterruptedException {
    Budget budget = new Budget(limits.receivedBytes());
    if (source.protocol() == Source.Protocol.FILE) {
      return Deadline.withinForFiles(limits.timeout(), budget, () -> operation.run(budget));
    }
    return Deadline.within(limits.timeout(), budget, () -> operation.run(budget));
  }

  /** The cheap question; a repository seen for the first time is fetched without one. */
  private Advertised ask(Source source, Optional<CommitId> tip)
      throws ExecutionException, TimeoutException, InterruptedException {
    if (tip.isEmpty() && source.protocol() != Source.Protocol.FILE) {
      return new Advertised.Unknown();
    }
    return switch (source.protocol()) {
      case SSH -> new Advertised.Unknown();
      case FILE ->
          timed(
              source, _ -> FileQuestion.ask(Path.of(source.address().getPath()), source.branch()));
      case HTTP -> {
        if (wordy.contains(source.endpoint())) {
          yield new Advertised.Unknown();
        }
        Advertised answer =
            timed(
                source,
                budget ->
                    HttpQuestion.ask(web, source, authorization(source), limits.timeout(), budget));
        if (answer instanceof Advertised.Unknown) {
          wordy.add(source.endpoint());
        }
        yield answer;
      }
    };
  }

  private Optional<Result> known(Advertised advertised, Wanted wanted) {
    Known before = wanted.before;
    return switch (advertised) {
      case Advertised.Unknown _ -> Optional.empty();
      case Advertised.NoBranch _ -> Optional.of(noBranch(wanted.source));
      case Advertised.At(CommitId commit) -> {
        if (before.tip().filter(commit::equals).isPresent()) {
          yield Optional.of(new Result.Unchanged());
        }
        yield commit.value().equals(wanted.offered)
            ? before.accepted().map(accepted -> rewritten(accepted, commit))
            : Optional.empty();
      }
    };
  }

  private Result transfer(Advertised advertised, Wanted wanted, Budget budget) throws Exception {
    Source source = wanted.source;
    Path store = ObjectStore.directory(objects, source.scope());
    Optional<String> full = Housekeeping.full(store, limits);
    if (full.isPresent()) {
      return Faults.limit(full.get(), "at most " + limits.storeBytes() + " bytes", "");
    }
    if (source.protocol() != Source.Protocol.FILE) {
      return receive(wanted, budget);
    }
    Path directory = Path.of(source.address().getPath());
    FileQuestion.check(directory);
    if (advertised instanceof Advertised.At(CommitId commit)) {
      Optional<Result.Failed> large = Damage.tooLarge(directory, commit, limits);
      if (large.isPresent()) {
        return large.get();
      }
    }
    try {
      return receive(wanted, budget);
    } catch (IOException | RuntimeException e) {
      boolean unknown = Faults.of(e, source, limits).code() == Code.BB501;
      if (unknown
          && advertised instanceof Advertised.At(CommitId commit)
          && !Thread.currentThread().isInterrupted()) {
        // It can be looked into, so that we can say what stands in the way, and where.
        return Damage.find(directory, commit, limits, Faults.mend(source)).orElseThrow(() -> e);
      }
      throw e;
    }
  }

  private Result receive(Wanted wanted, Budget budget) throws Exception {
    Source source = wanted.source;
    Known before = wanted.before;
    try (Quarantine quarantine =
            Quarantine.open(objects, source.scope(), before.tip(), limits, wanted.largest);
        Ssh ssh = ssh(source, budget);
        Transport transport = transport(quarantine.repository(), source, ssh, budget);
        FetchConnection connection = transport.openFetch(List.of(new RefSpec(source.branch())))) {
      Ref ref = connection.getRef(source.branch());
      if (ref == null || ref.getObjectId() == null) {
        return noBranch(source);
      }
      CommitId commit = new CommitId(ref.getObjectId().name());
      Optional<Result> known = known(new Advertised.At(commit), wanted);
      if (known.isPresent()) {
        return known.get();
      }
      connection.fetch(budget.monitor(), Set.of(ref), Set.of());
      return accept(quarantine, before.accepted(), commit);
    }
  }

  private static Result accept(Quarantine quarantine, Optional<CommitId> accepted, CommitId commit)
      throws IOException {
    FileRepository repository = quarantine.repository();
    if (accepted.isPresent() && !descends(repository, commit, accepted.get())) {
      return rewritten(accepted.get(), commit);
    }
    try {
      quarantine.check(commit);
    } catch (LimitExceeded e) {
      return Faults.limit(e.getMessage() + "", e.allowed(), "");
    }
    ObjectStore.Commit tip = ObjectStore.describe(repository, commit);
    quarantine.publish(commit);
    return new Result.Moved(tip);
  }

  /** A commit that is not there is nobody's ancestor: the store may have been made anew. */
  private static boolean descends(FileRepository repository, CommitId commit, CommitId ancestor)
      throws IOException {
    try (RevWalk walk = new RevWalk(repository)) {
      RevCommit before;
      try {
        before = walk.parseCommit(ObjectId.fromString(ancestor.value()));
      } catch (MissingObjectException _) {
        return false;
      }
      return walk.isMergedInto(before, walk.parseCommit(ObjectId.fromString(commit.value())));
    }
  }

  private Transport transport(FileRepository repository, Source source, Ssh ssh, Budget budget)
      throws Exception {
    URIish address =
        new URIish(
            source.protocol() == Source.Protocol.FILE ? source.address().toString() : source.url());
    Transport transport = Transport.open(repository, address);
    transport.setTimeout((int) Math.max(1, limits.timeout().toSeconds()));
    transport.setTagOpt(TagOpt.NO_TAGS);
    transport.setObjectChecker(GitSettings.checker());
    switch (transport) {
      case TransportHttp http ->
          http.setHttpConnectionFactory(
              new GitHttp(web, source.address(), authorization(source), limits.timeout(), budget));
      case SshTransport over -> over.setSshSessionFactory(ssh);
      default -> {}
    }
    return transport;
  }

  private Ssh ssh(Source source, Budget budget) throws IOException {
    String key = source.protocol() == Source.Protocol.SSH ? source.credential() : "";
    return new Ssh(root, credentials, key, budget);
  }

  private @Nullable String authorization(Source source) throws IOException {
    return source.credential().isEmpty() ? null : credentials.authorization(source.credential());
  }

  private static Result.Failed noBranch(Source source) {
    String branch = source.branch().substring("refs/heads/".length());
    return new Result.Failed(
        Code.BB506,
        "there is no branch " + Quote.quote(branch),
        "",
        "push the branch, or name another one as ref",
        "",
        false);
  }

  private static Result.Failed rewritten(CommitId accepted, CommitId commit) {
    return new Result.Failed(
        Code.BB502,
        "commit "
            + commit.abbreviated()
            + " does not descend from "
            + accepted.abbreviated()
            + ", which was accepted before",
        "a commit on top of " + accepted.abbreviated(),
        "git revert instead of rewriting history, or push " + accepted.abbreviated() + " back",
        commit.value(),
        false);
  }
}
