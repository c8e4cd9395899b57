package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.SystemConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * Images of the catalogue, each in a file named by its digest. A download goes on where it was cut
 * off and gets its name only when the digest is right. It may take several runs, so that pushes do
 * not wait for it.
 */
final class Images {
  private static final Duration SLICE = Duration.ofSeconds(45);
  private static final Duration STALLED = Duration.ofSeconds(20);
  private static final Duration KEPT = Duration.ofDays(7);
  private static final long LIMIT = 16L << 30;
  private static final long SPARE = 1L << 30;
  private static final int BUFFER = 128 << 10;
  private static final int REDIRECTS = 3;
  private static final String PARTIAL = ".partial";

  private final Path directory;
  private final Web web;
  private final BackOff backOff;
  private final boolean byHand;

  Images(Path objects, Web web, BackOff backOff, boolean byHand) {
    this.directory = objects.resolve("images");
    this.web = web;
    this.backOff = backOff;
    this.byHand = byHand;
  }

  /** Something is wrong with an image. */
  private static final class Refused extends IOException {
    private static final long serialVersionUID = 1;
    private final Code code;
    private final String help;

    Refused(Code code, String message, String help) {
      super(message);
      this.code = code;
      this.help = help;
    }
  }

  SortedMap<String, FetchState.Image> download(
      Collection<SystemConfig.CatalogueImage> images,
      SortedMap<String, FetchState.Image> before,
      Instant now)
      throws IOException {
    SortedMap<String, FetchState.Image> after = new TreeMap<>();
    Instant until = Instant.now().plus(SLICE);
    Set<String> wanted = new HashSet<>();
    for (SystemConfig.CatalogueImage image : images) {
      if (image.sha256().isEmpty()) {
        continue;
      }
      DurableFiles.ensureDirectory(directory);
      wanted.add(image.sha256());
      Optional<FetchState.Failure> failure =
          Optional.ofNullable(before.get(image.name()))
              .filter(known -> known.sha256().equals(image.sha256()))
              .flatMap(FetchState.Image::failure);
      after.put(image.name(), image(image, failure, now, until));
    }
    prune(wanted, now);
    return after;
  }

  private FetchState.Image image(
      SystemConfig.CatalogueImage image,
      Optional<FetchState.Failure> before,
      Instant now,
      Instant until) {
    Optional<FetchState.Failure> failure = Optional.empty();
    Path file = directory.resolve(image.sha256());
    boolean waits = !byHand && before.isPresent() && before.get().retryAt().isAfter(now);
    if (!Files.exists(file)) {
      failure = waits ? before : fetch(image, until).map(failed -> backOff.after(failed, before));
    }
    return new FetchState.Image(image.name(), image.sha256(), Files.exists(file), failure);
  }

  private Optional<Result.Failed> fetch(SystemConfig.CatalogueImage image, Instant until) {
    Duration left = Duration.between(Instant.now(), until);
    if (left.isNegative() || left.isZero()) {
      return Optional.empty();
    }
    Budget budget = new Budget(LIMIT);
    String name = "image " + Quote.quote(image.name());
    try {
      Deadline.within(
          left,
          budget,
          () -> {
            fetch(image, budget);
            return true;
          });
      return Optional.empty();
    } catch (TimeoutException _) {
      // The next run goes on from here.
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException e) {
      return Optional.of(
          switch (e.getCause()) {
            case Refused refused ->
                new Result.Failed(
                    refused.code, name + " " + refused.getMessage(), "", refused.help, "", true);
            case Web.Redirected redirected ->
                new Result.Failed(
                    Code.BB606,
                    name + ": " + redirected.getMessage(),
                    "an answer from the host that was named",
                    "write the new address into .gitops/config.yaml, if you trust it",
                    "",
                    true);
            case null, default ->
                new Result.Failed(
                    Code.BB606,
                    name + " cannot be fetched: " + Quote.escape(String.valueOf(e.getCause())),
                    "",
                    "curl -I " + Quote.escape(image.url()),
                    "",
                    true);
          });
    }
  }

  private void fetch(SystemConfig.CatalogueImage image, Budget budget) throws IOException {
    Path partial = directory.resolve(image.sha256() + PARTIAL);
    URI address = URI.create(image.url());
    if ("file".equals(address.getScheme())) {
      try (InputStream in = Files.newInputStream(Path.of(address.getPath()))) {
        Files.deleteIfExists(partial);
        append(budget.meter(in), partial);
      }
    } else {
      request(address, partial, budget, REDIRECTS);
    }
    String digest = digest(partial, budget);
    if (!digest.equals(image.sha256())) {
      Files.deleteIfExists(partial);
      throw new Refused(
          Code.BB607,
          "has the digest sha256:" + digest + ", not sha256:" + image.sha256(),
          "pin the digest its publisher tells, in .gitops/config.yaml of the system repository");
    }
    DurableFiles.sync(partial);
    DurableFiles.move(partial, directory.resolve(image.sha256()));
  }

  private void request(URI address, Path partial, Budget budget, int redirects) throws IOException {
    long have = Files.exists(partial) ? Files.size(partial) : 0;
    HttpURLConnection http = web.open(address.toURL(), STALLED);
    if (have > 0) {
      http.setRequestProperty("Range", "bytes=" + have + "-");
    }
    int status = http.getResponseCode();
    switch (status) {
      case HttpURLConnection.HTTP_OK, HttpURLConnection.HTTP_PARTIAL -> {
        String range = String.valueOf(http.getHeaderField("Content-Range"));
        boolean resumed =
            status == HttpURLConnection.HTTP_PARTIAL && range.startsWith("bytes " + have + "-");
        if (!resumed) {
          Files.deleteIfExists(partial);
        }
        if (status == HttpURLConnection.HTTP_PARTIAL && !resumed) {
          throw new Refused(Code.BB606, "was answered with another part of it", "");
        }
        room(http.getContentLengthLong());
        try (InputStream in = budget.meter(http.getInputStream())) {
          append(in, partial);
        }
      }
      case HttpURLConnection.HTTP_MOVED_PERM,
          HttpURLConnection.HTTP_MOVED_TEMP,
          HttpURLConnection.HTTP_SEE_OTHER,
          307,
          308 -> {
        URI next = address.resolve(String.valueOf(http.getHeaderField("Location")));
        Web.stays(address, next);
        if (redirects == 0) {
          throw new Refused(Code.BB606, "is redirected too often", "");
        }
        request(next, partial, budget, redirects - 1);
      }
      // All of it is there already, or the file at the other end has shrunk: the digest will tell.
      case 416 -> {}
      default ->
          throw new Refused(
              Code.BB606,
              "cannot be fetched: the server answers " + status,
              "curl -I " + Quote.escape(address.toString()));
    }
  }

  private void room(long coming) throws IOException {
    // Not through FileStore, which wants /proc/mounts: ProcSubset=pid hides it from the service.
    long free = directory.toFile().getUsableSpace();
    if (Math.max(coming, 0) + SPARE > free) {
      throw new Refused(
          Code.BB606,
          "does not fit: " + coming + " bytes, with " + free + " free",
          "make room under /var/lib/bitbuilder");
    }
  }

  private void append(InputStream in, Path partial) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long written = 0;
    try (OutputStream out =
        Files.newOutputStream(partial, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
        written += read;
        if (written >= SPARE / 2) {
          room(0);
          written = 0;
        }
      }
    }
    if (Files.size(partial) > LIMIT) {
      Files.deleteIfExists(partial);
      throw new Refused(Code.BB606, "is larger than " + LIMIT + " bytes", "");
    }
  }

  /** What left the catalogue is kept for a while: a revert must not download it again. */
  private void prune(Set<String> wanted, Instant now) throws IOException {
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
