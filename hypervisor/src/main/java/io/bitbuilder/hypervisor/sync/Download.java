package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;

/**
 * Files from the places the catalogue names: bounded in size and redirects, never from another host
 * than was named, and not from inside unless that was written down.
 */
final class Download {
  /** The largest image. */
  static final long LIMIT = 16L << 30;

  private static final Duration STALLED = Duration.ofSeconds(20);
  private static final long SPARE = 1L << 30;
  private static final int BUFFER = 128 << 10;
  private static final int REDIRECTS = 3;

  private final Web web;

  Download(Web web) {
    this.web = web;
  }

  /**
   * A place.
   *
   * @param internal whether its name may stand for an internal address
   */
  record Place(URI address, boolean internal) {
    /** A file beside it. */
    Place beside(String name) {
      String path = address.getRawPath();
      return at(path.substring(0, path.lastIndexOf('/') + 1) + name);
    }

    /** The file whose name is longer by this. */
    Place with(String suffix) {
      return at(address.getRawPath() + suffix);
    }

    private Place at(String path) {
      String authority = address.getRawAuthority();
      String host = authority == null ? "" : authority;
      return new Place(URI.create(address.getScheme() + "://" + host + path), internal);
    }

    boolean isFile() {
      return "file".equals(address.getScheme());
    }

    private Path path() {
      return Path.of(address.getPath());
    }
  }

  /** All of a small file; empty when there is none. */
  Optional<byte[]> small(Place place, int limit, Budget budget) throws IOException {
    if (place.isFile()) {
      try (InputStream in = budget.meter(Files.newInputStream(place.path()))) {
        return Optional.of(all(in, limit));
      } catch (NoSuchFileException | FileNotFoundException _) {
        return Optional.empty();
      }
    }
    HttpURLConnection http = answer(place, 0);
    switch (http.getResponseCode()) {
      case HttpURLConnection.HTTP_OK -> {
        try (InputStream in = budget.meter(http.getInputStream())) {
          return Optional.of(all(in, limit));
        }
      }
      case HttpURLConnection.HTTP_NOT_FOUND, HttpURLConnection.HTTP_GONE -> {
        return Optional.empty();
      }
      default -> throw refused(place, http.getResponseCode());
    }
  }

  private static byte[] all(InputStream in, int limit) throws IOException {
    byte[] bytes = in.readNBytes(limit + 1);
    if (bytes.length > limit) {
      throw new Unusable(
          Code.BB606, "has a list of digests or a signature of more than " + limit + " bytes", "");
    }
    return bytes;
  }

  /** Goes on with a file that was begun; begins anew where that is not possible. */
  void into(Path partial, Place place, Budget budget) throws IOException {
    if (place.isFile()) {
      try (InputStream in = Files.newInputStream(place.path())) {
        Files.deleteIfExists(partial);
        append(budget.meter(in), partial);
      }
      return;
    }
    long have = Files.exists(partial) ? Files.size(partial) : 0;
    HttpURLConnection http = answer(place, have);
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
          throw new Unusable(Code.BB606, "was answered with another part of it", "");
        }
        room(partial, http.getContentLengthLong());
        try (InputStream in = budget.meter(http.getInputStream())) {
          append(in, partial);
        }
      }
      // All of it is there already, or the file at the other end has shrunk: the digest will tell.
      case 416 -> {}
      default -> throw refused(place, status);
    }
  }

  private static Unusable refused(Place place, int status) {
    return new Unusable(
        Code.BB606,
        "cannot be fetched: the server answers " + status,
        "curl -I " + Quote.escape(place.address().toString()));
  }

  /** The first answer that is no redirect. */
  private HttpURLConnection answer(Place place, long from) throws IOException {
    URI address = place.address();
    for (int redirects = 0; redirects <= REDIRECTS; redirects++) {
      HttpURLConnection http =
          place.internal()
              ? web.open(address.toURL(), STALLED)
              : web.outside(address.toURL(), STALLED);
      if (from > 0) {
        http.setRequestProperty("Range", "bytes=" + from + "-");
      }
      switch (http.getResponseCode()) {
        case HttpURLConnection.HTTP_MOVED_PERM,
            HttpURLConnection.HTTP_MOVED_TEMP,
            HttpURLConnection.HTTP_SEE_OTHER,
            307,
            308 -> {
          URI next = next(address, String.valueOf(http.getHeaderField("Location")));
          Web.stays(address, next);
          address = next;
        }
        default -> {
          return http;
        }
      }
    }
    throw new Unusable(Code.BB606, "is redirected too often", "");
  }

  private static URI next(URI address, String location) throws IOException {
    try {
      return address.resolve(location);
    } catch (IllegalArgumentException _) {
      throw new Unusable(Code.BB606, "is redirected to " + Quote.quote(location), "");
    }
  }

  private static void room(Path partial, long coming) throws IOException {
    // Not through FileStore, which wants /proc/mounts: ProcSubset=pid hides it from the service.
    long free = partial.resolveSibling(".").toFile().getUsableSpace();
    if (Math.max(coming, 0) + SPARE > free) {
      throw new Unusable(
          Code.BB606,
          "does not fit: " + coming + " bytes, with " + free + " free",
          "make room under /var/lib/bitbuilder");
    }
  }

  private static void append(InputStream in, Path partial) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long written = 0;
    try (OutputStream out =
        Files.newOutputStream(partial, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
        written += read;
        if (written >= SPARE / 2) {
          room(partial, 0);
          written = 0;
        }
      }
    }
    if (Files.size(partial) > LIMIT) {
      Files.deleteIfExists(partial);
      throw new Unusable(Code.BB606, "is larger than " + LIMIT + " bytes", "");
    }
  }
}
