package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.SystemConfig;
import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Images of the catalogue, each in a file named by its digest. A download goes on where it was cut
 * off and gets its name only when the digest is right. It may take several runs, so that pushes do
 * not wait for it.
 *
 * <p>Where a publisher signs the digest, what they offer is handed to compile, which decides, when
 * the images of it are there. What does not count is not downloaded, but handed over as well:
 * compile says why.
 */
final class Images {
  private static final Duration SLICE = Duration.ofSeconds(45);
  private static final Duration LOOK = Duration.ofSeconds(15);
  private static final Duration KEPT = Duration.ofDays(7);
  private static final int BUFFER = 128 << 10;
  private static final String PARTIAL = ".partial";

  private final Path directory;
  private final Download download;
  private final BackOff backOff;
  private final boolean byHand;
  private final Endorsed endorsed;
  private final Set<String> wanted = new HashSet<>();

  Images(Path objects, Web web, BackOff backOff, boolean byHand, Endorsed endorsed) {
    this.directory = objects.resolve("images");
    this.download = new Download(web);
    this.backOff = backOff;
    this.byHand = byHand;
    this.endorsed = endorsed;
  }

  /** Whether an offer counts, whether what it names is there, and why not. */
  private record Taken(boolean counts, boolean complete, Optional<FetchState.Failure> failure) {}

  /** What was not there at the last look. */
  private record News(CatalogueImage image, Offer offer, Taken taken) {}

  /** What one run finds out, of all images whose publishers sign. */
  private record Round(
      Offers offers, Instant now, Instant until, List<News> news, Set<String> incomplete) {}

  SortedMap<String, FetchState.Image> download(
      Collection<SystemConfig.CatalogueImage> images,
      SortedMap<String, FetchState.Image> before,
      Instant now)
      throws IOException {
    Round round =
        new Round(
            new Offers(directory, download, now),
            now,
            Instant.now().plus(SLICE),
            new ArrayList<>(),
            new HashSet<>());
    SortedMap<String, Optional<FetchState.Failure>> failures = new TreeMap<>();
    for (CatalogueImage image : images) {
      DurableFiles.ensureDirectory(directory);
      Optional<FetchState.Failure> last =
          Optional.ofNullable(before.get(image.name()))
              .filter(known -> image.isSigned() || known.sha256().equals(image.sha256()))
              .flatMap(FetchState.Image::failure);
      failures.put(
          image.name(), image.isSigned() ? signed(image, last, round) : pinned(image, last, round));
    }
    publish(round);
    SortedMap<String, FetchState.Image> after = new TreeMap<>();
    for (CatalogueImage image : images) {
      after.put(
          image.name(),
          state(image, failures.getOrDefault(image.name(), Optional.empty()), round.offers()));
    }
    prune(now);
    return after;
  }

  private FetchState.Image state(
      CatalogueImage image, Optional<FetchState.Failure> failure, Offers offers) {
    Optional<Offer> handed = image.isSigned() ? offers.fetched(image) : Optional.empty();
    String sha256 =
        image.isSigned()
            ? handed.flatMap(offer -> endorsed.digest(image, offer)).orElse("")
            : image.sha256();
    return new FetchState.Image(
        image.name(), sha256, isThere(sha256), handed.map(Offer::digest).orElse(""), failure);
  }

  private Optional<FetchState.Failure> pinned(
      CatalogueImage image, Optional<FetchState.Failure> last, Round round) {
    wanted.add(image.sha256());
    if (isThere(image.sha256())) {
      return Optional.empty();
    }
    return waits(last, round.now()) ? last : fetched(image, image.sha256(), round, last);
  }

  private Optional<FetchState.Failure> signed(
      CatalogueImage image, Optional<FetchState.Failure> last, Round round) throws IOException {
    wanted.add(String.valueOf(Offer.file(directory, image).getFileName()));
    Optional<Offer> handed = round.offers().fetched(image);
    handed.flatMap(offer -> endorsed.digest(image, offer)).ifPresent(wanted::add);
    endorsed.accepted(image).ifPresent(wanted::add);
    if (waits(last, round.now())) {
      round.incomplete().add(image.whole());
      return last;
    }
    if (!byHand && handed.isPresent() && !round.offers().isDue(image)) {
      return take(image, handed.get(), round, last).failure();
    }
    // Set by a thread that may not have ended when its time is over.
    AtomicReference<Optional<Offer>> found = new AtomicReference<>(Optional.empty());
    Optional<Result.Failed> failed = look(image, round, found);
    Optional<Offer> offer = found.get();
    if (offer.isEmpty()) {
      round.incomplete().add(image.whole());
      return failed.map(one -> backOff.after(one, last));
    }
    Taken taken = take(image, offer.get(), round, last);
    round.news().add(new News(image, offer.get(), taken));
    return taken.failure();
  }

  /** Fetches what an offer names, if the offer counts. */
  private Taken take(
      CatalogueImage image, Offer offer, Round round, Optional<FetchState.Failure> last) {
    Optional<String> digest = endorsed.digest(image, offer);
    if (digest.isEmpty()) {
      return new Taken(false, false, Optional.empty());
    }
    wanted.add(digest.get());
    Optional<FetchState.Failure> failure =
        isThere(digest.get()) ? Optional.empty() : fetched(image, digest.get(), round, last);
    if (!isThere(digest.get())) {
      round.incomplete().add(image.whole());
    }
    return new Taken(true, isThere(digest.get()), failure);
  }

  private Optional<Result.Failed> look(
      CatalogueImage image, Round round, AtomicReference<Optional<Offer>> found) {
    Optional<Result.Failed> failed =
        attempt(
            image,
            round.until(),
            LOOK,
            new Budget(Offer.LIST_LIMIT * 8L),
            budget -> found.set(Optional.of(round.offers().look(image, budget))));
    return found.get().isEmpty() && failed.isEmpty() && Instant.now().isBefore(round.until())
        ? Optional.of(
            failed(image, new Unusable(Code.BB606, "has a list of digests that does not come", "")))
        : failed;
  }

  /** A disk with its kernel and initrd, all of them or none; what does not count at once. */
  private static void publish(Round round) throws IOException {
    for (News one : round.news()) {
      boolean whole = !round.incomplete().contains(one.image().whole());
      if (!one.taken().counts() || (one.taken().complete() && whole)) {
        round.offers().publish(one.image(), one.offer());
      }
    }
  }

  private Optional<FetchState.Failure> fetched(
      CatalogueImage image, String sha256, Round round, Optional<FetchState.Failure> before) {
    return attempt(
            image,
            round.until(),
            SLICE,
            new Budget(Download.LIMIT),
            budget -> fetch(image, sha256, budget))
        .map(failed -> backOff.after(failed, before));
  }

  private boolean waits(Optional<FetchState.Failure> failure, Instant now) {
    return !byHand && failure.isPresent() && failure.get().retryAt().isAfter(now);
  }

  private boolean isThere(String sha256) {
    return !sha256.isEmpty() && Files.exists(directory.resolve(sha256));
  }

  /** Something that may take long. */
  private interface Work {
    void run(Budget budget) throws IOException;
  }

  /** Does it in the time there is; the next run goes on from where that was over. */
  private static Optional<Result.Failed> attempt(
      CatalogueImage image, Instant until, Duration limit, Budget budget, Work work) {
    Duration left = Duration.between(Instant.now(), until);
    if (left.isNegative() || left.isZero()) {
      return Optional.empty();
    }
    Callable<Boolean> task =
        () -> {
          work.run(budget);
          return true;
        };
    try {
      Deadline.within(left.compareTo(limit) < 0 ? left : limit, budget, task);
      return Optional.empty();
    } catch (TimeoutException _) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException e) {
      return Optional.of(failed(image, e.getCause()));
    }
  }

  private static Result.Failed failed(CatalogueImage image, @Nullable Throwable cause) {
    String name = "image " + Quote.quote(image.name());
    return switch (cause) {
      case Unusable unusable ->
          new Result.Failed(
              unusable.code(), name + " " + unusable.getMessage(), "", unusable.help(), "", true);
      case Web.Redirected redirected ->
          new Result.Failed(
              Code.BB606,
              name + ": " + redirected.getMessage(),
              "an answer from the host that was named",
              "write the new address into .gitops/config.yaml, if you trust it",
              "",
              true);
      case Outside.Inside inside ->
          new Result.Failed(
              Code.BB606,
              name + ": " + Quote.escape(String.valueOf(inside.getMessage())),
              "an address outside, or one that is written as a number",
              "if it is a server of yours, say so: `internal: true` beside `url`",
              "",
              true);
      case null, default ->
          new Result.Failed(
              Code.BB606,
              name + " cannot be fetched: " + Quote.escape(String.valueOf(cause)),
              "",
              "curl -I " + Quote.escape(image.url()),
              "",
              true);
    };
  }

  private void fetch(CatalogueImage image, String sha256, Budget budget) throws IOException {
    Path partial = directory.resolve(sha256 + PARTIAL);
    download.into(partial, new Download.Place(URI.create(image.url()), image.internal()), budget);
    String digest = digest(partial, budget);
    if (!digest.equals(sha256)) {
      Files.deleteIfExists(partial);
      throw new Unusable(
          Code.BB607,
          "has the digest sha256:" + digest + ", not sha256:" + sha256,
          image.isSigned()
              ? "its publisher signed another file than is there; tell them"
              : "pin the digest its publisher tells, in .gitops/config.yaml of the system"
                  + " repository");
    }
    DurableFiles.sync(partial);
    DurableFiles.move(partial, directory.resolve(sha256));
  }

  /** What left the catalogue is kept for a while: a revert must not download it again. */
  private void prune(Instant now) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        String digest =
            name.endsWith(PARTIAL) ? name.substring(0, name.length() - PARTIAL.length()) : name;
        Instant old = now.minus(KEPT);
        if (wanted.contains(digest)) {
          continue;
        }
        if (Files.getLastModifiedTime(file).toInstant().isBefore(old)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static String digest(Path file, Budget budget) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[BUFFER];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        budget.alive();
        digest.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
