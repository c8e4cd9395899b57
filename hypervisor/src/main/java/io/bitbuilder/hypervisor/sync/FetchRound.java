package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.SystemConfig;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * One run over repositories and images, alone on the object stores of the host. It turns what was
 * known before into what is known after; whoever called it writes that down.
 */
public final class FetchRound implements AutoCloseable {
  /** No repository is begun after so long; the service manager would end the run at 15 minutes. */
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final Path objects;
  private final Path root;
  private final Credentials credentials;
  private final FileChannel lock;
  private final boolean byHand;
  private final Instant now = Instant.now();
  private final BackOff backOff = new BackOff(now, RandomGenerator.getDefault());
  private final Web web;

  private FetchRound(
      Path root, Path objects, Credentials credentials, boolean byHand, FileChannel lock) {
    this.root = root;
    this.objects = objects;
    this.credentials = credentials;
    this.byHand = byHand;
    this.lock = lock;
    this.web = new Web(root);
  }

  /**
   * Begins, unless another run is at it.
   *
   * @param root the directory the host's files are under
   * @param objects the directory objects/
   * @param byHand whether somebody waits for it: nothing is put off because it failed before
   */
  public static Optional<FetchRound> begin(
      Path root, Path objects, Credentials credentials, boolean byHand) throws IOException {
    FileChannel channel =
        FileChannel.open(
            objects.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!locked(channel)) {
      channel.close();
      return Optional.empty();
    }
    Quarantine.clear(objects);
    return Optional.of(new FetchRound(root, objects, credentials, byHand, channel));
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock held = channel.tryLock();
      return held != null;
    } catch (OverlappingFileLockException _) {
      // Another run in this very process.
      return false;
    }
  }

  /** When it began. */
  public Instant now() {
    return now;
  }

  /**
   * Fetches repositories, many at once.
   *
   * @param before what was known of them
   * @param accepted by scope, the commit that was accepted last
   * @param timeout for one of them
   * @param concurrency how many at once
   * @return what is known of them now
   */
  public SortedMap<String, FetchState.Repository> fetch(
      Collection<Source> sources,
      SortedMap<String, FetchState.Repository> before,
      Function<String, Optional<CommitId>> accepted,
      Duration timeout,
      int concurrency)
      throws IOException {
    Fetcher fetcher = new Fetcher(root, objects, credentials, Limits.DEFAULT.within(timeout), web);
    Semaphore permits = new Semaphore(Math.max(1, concurrency));
    SortedMap<String, FetchState.Repository> after = new TreeMap<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<FetchState.Repository>> futures = new ArrayList<>();
      for (Source source : sources) {
        Optional<FetchState.Repository> known = Optional.ofNullable(before.get(source.scope()));
        Optional<CommitId> bound = accepted.apply(source.scope());
        futures.add(
            executor.submit(() -> {
              permits.acquire();
              try {
                return fetch(fetcher, source, known, bound);
              } finally {
                permits.release();
              }
            }));
      }
      for (Future<FetchState.Repository> future : futures) {
        FetchState.Repository repository = future.get();
        after.put(repository.scope(), repository);
      }
      return after;
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /**
   * A repository that is not even tried.
   *
   * @param wanted how it was written down
   * @param why the finding that says what is wrong with that
   * @param before what was known of it
   */
  public FetchState.Repository refused(
      FetchState.Repository wanted, Diagnostic why, Optional<FetchState.Repository> before) {
    Result.Failed failed =
        new Result.Failed(why.code(), why.message(), why.expected(), why.help(), "", true);
    Optional<FetchState.Failure> last = before.flatMap(FetchState.Repository::failure);
    return new FetchState.Repository(
        wanted.scope(),
        wanted.url(),
        wanted.ref(),
        wanted.directory(),
        before.flatMap(FetchState.Repository::tip),
        Optional.of(backOff.after(failed, last)),
        Optional.empty());
  }

  /**
   * Downloads what is missing of the catalogue.
   *
   * @param endorsed so that nothing is downloaded that will not count
   */
  public SortedMap<String, FetchState.Image> download(
      Collection<SystemConfig.CatalogueImage> images,
      SortedMap<String, FetchState.Image> before,
      Endorsed endorsed)
      throws IOException {
    return new Images(objects, web, backOff, byHand, endorsed).download(images, before, now);
  }

  /** Deletes the objects of a repository for good. */
  public void forget(String scope) throws IOException {
    Path store = ObjectStore.directory(objects, scope);
    DurableFiles.deleteTree(store);
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }

  private FetchState.Repository fetch(
      Fetcher fetcher,
      Source source,
      Optional<FetchState.Repository> before,
      Optional<CommitId> accepted)
      throws IOException, InterruptedException {
    Optional<CommitId> fetched = ObjectStore.tip(objects, source.scope());
    Optional<FetchState.Tip> tip = tip(source.scope(), fetched, before);
    Optional<FetchState.Failure> failure = before.flatMap(FetchState.Repository::failure);
    boolean same =
        before.isPresent()
            && before.get().url().equals(source.url())
            && before.get().ref().equals(source.branch());
    boolean wait = !byHand && same && failure.isPresent() && failure.get().retryAt().isAfter(now);
    if (wait || Instant.now().isAfter(now.plus(LONGEST))) {
      return state(source, tip, failure);
    }
    String offered = same ? failure.map(FetchState.Failure::offered).orElse("") : "";
    Result result;
    try {
      result = fetcher.fetch(source, new Fetcher.Known(fetched, accepted), offered);
    } catch (RuntimeException e) {
      // A mistake of ours or of the library that one repository's input brings out is its own.
      result = Faults.unreachable(Quote.escape(e.toString()), "");
    }
    return switch (result) {
      case Result.Unchanged _ -> state(source, tip, Optional.empty());
      case Result.Moved(ObjectStore.Commit commit) ->
          state(source, Optional.of(FetchState.Tip.of(commit, now)), Optional.empty());
      case Result.Failed failed ->
          state(source, tip, Optional.of(backOff.after(failed, same ? failure : Optional.empty())));
    };
  }

  /** The reference decides what the tip is; a crash may have left an older one in the state. */
  private Optional<FetchState.Tip> tip(
      String scope, Optional<CommitId> fetched, Optional<FetchState.Repository> before)
      throws IOException {
    Optional<FetchState.Tip> known = before.flatMap(FetchState.Repository::tip);
    if (fetched.equals(known.map(FetchState.Tip::commit)) || fetched.isEmpty()) {
      return fetched.isEmpty() ? Optional.empty() : known;
    }
    try (ObjectStore store = ObjectStore.open(objects, scope)) {
      ObjectStore.Commit commit = store.describe(fetched.get());
      return Optional.of(FetchState.Tip.of(commit, now));
    }
  }

  private static FetchState.Repository state(
      Source source, Optional<FetchState.Tip> tip, Optional<FetchState.Failure> failure) {
    return new FetchState.Repository(
        source.scope(),
        source.url(),
        source.branch(),
        source.directory(),
        tip,
        failure,
        Optional.empty());
  }
}
