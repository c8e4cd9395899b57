package io.bitbuilder.hypervisor.host;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.SystemConfig.CatalogueImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Images under {@code /var/lib/bitbuilder/images}, unpacked by systemd-importd. The fetched file
 * lies in a directory of an unprivileged user, who may change it at any time: it is copied, and
 * what is unpacked is the copy whose digest was taken while copying.
 */
public final class LocalImages implements Images {
  /** A copy, until it is unpacked; an image that is on its way out. */
  private static final String COPY = ".copy-";

  private static final String GONE = ".gone-";

  /** What an image is named by its digest and its kind; a directory has no suffix. */
  private static final String RAW = ".raw";

  private static final String FILE = ".file";

  private static final long SIZE_LIMIT = 64L << 30;
  private static final Duration UNPACK = Duration.ofMinutes(30);

  private final Path images;
  private final Path objects;
  private final Varlink importer;
  private final Map<String, Object> locks = new HashMap<>();

  /**
   * The images behind a root directory.
   *
   * @param root the directory the host's files are under
   */
  public LocalImages(Path root) {
    Path state = root.resolve("var/lib/bitbuilder");
    this.images = state.resolve("images");
    this.objects = state.resolve("objects");
    this.importer = new Varlink(root.resolve("run/systemd/io.systemd.Import"));
  }

  @Override
  public boolean isReady(String sha256) {
    return Files.isDirectory(images.resolve(sha256))
        || Files.isRegularFile(images.resolve(sha256 + RAW))
        || Files.isRegularFile(images.resolve(sha256 + FILE));
  }

  @Override
  public void provide(String sha256, CatalogueImage.Type type) throws IOException {
    if (!isDigest(sha256)) {
      throw new IllegalArgumentException("not a digest");
    }
    // Two tenants may want the same image at once.
    Object lock;
    synchronized (locks) {
      lock = locks.computeIfAbsent(sha256, _ -> new Object());
    }
    synchronized (lock) {
      if (!isReady(sha256)) {
        unpack(sha256, type);
      }
    }
  }

  private void unpack(String sha256, CatalogueImage.Type type) throws IOException {
    Files.createDirectories(images);
    Path copy = images.resolve(COPY + sha256);
    try {
      String found = copy(sha256, copy);
      if (!found.equals(sha256)) {
        throw new NotAnImage(
            "the fetched image has digest " + found + " instead of " + sha256, true);
      }
      if (type == CatalogueImage.Type.FILE) {
        Files.move(copy, images.resolve(sha256 + FILE), StandardCopyOption.ATOMIC_MOVE);
        sync(images);
      } else {
        pull(sha256, type, copy);
      }
    } finally {
      Files.deleteIfExists(copy);
    }
    if (!isReady(sha256)) {
      throw new IOException("systemd-importd left no image " + sha256);
    }
  }

  /** Copies the fetched file, following no link on the way; gives the digest of what was copied. */
  private String copy(String name, Path copy) throws IOException {
    Files.deleteIfExists(copy);
    try (DirectoryStream<Path> opened = Files.newDirectoryStream(objects);
        SecureDirectoryStream<Path> directory = open(opened)) {
      Path file = Path.of(name);
      PosixFileAttributeView view =
          directory.getFileAttributeView(
              file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
      if (!view.readAttributes().isRegularFile()) {
        throw new NotAnImage("the fetched image " + name + " is not a regular file", false);
      }
      try (SeekableByteChannel from =
              directory.newByteChannel(
                  file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
          FileChannel to =
              FileChannel.open(
                  copy,
                  Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                  PosixFilePermissions.asFileAttribute(
                      PosixFilePermissions.fromString("rw-------")))) {
        String found = copy(from, to);
        // Before it gets a name that says it is whole: a power loss would leave an empty file under
        // it.
        to.force(true);
        return found;
      }
    } catch (NoSuchFileException e) {
      NotAnImage missing = new NotAnImage("image " + name + " was not fetched", false);
      missing.initCause(e);
      throw missing;
    }
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static SecureDirectoryStream<Path> open(DirectoryStream<Path> objects)
      throws IOException {
    if (objects instanceof SecureDirectoryStream<Path> secure) {
      return secure.newDirectoryStream(Path.of("images"), LinkOption.NOFOLLOW_LINKS);
    }
    throw new IOException("this system cannot open files relative to a directory");
  }

  private static String copy(SeekableByteChannel from, FileChannel to) throws IOException {
    MessageDigest digest = sha256();
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    long total = 0;
    while (from.read(buffer.clear()) >= 0) {
      buffer.flip();
      total += buffer.remaining();
      if (total > SIZE_LIMIT) {
        throw new NotAnImage("the fetched image is larger than " + SIZE_LIMIT + " bytes", false);
      }
      digest.update(buffer.duplicate());
      while (buffer.hasRemaining()) {
        to.write(buffer);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private void pull(String sha256, CatalogueImage.Type type, Path copy) throws IOException {
    // The last thing that was said is the reason, should it fail.
    AtomicReference<String> said = new AtomicReference<>("");
    try {
      importer.callMore(
          "io.systemd.Import.Pull",
          Map.of(
              "remote",
              "file://" + copy,
              "local",
              sha256,
              "type",
              type.name().toLowerCase(Locale.ROOT),
              "class",
              "machine",
              "verify",
              "no",
              "keepDownload",
              false,
              "readOnly",
              false,
              "imageRoot",
              images.toString()),
          UNPACK,
          reply -> {
            String message = Values.text(Values.map(reply.get("log")), "message");
            if (!message.isEmpty()) {
              said.set(message);
            }
          });
    } catch (Varlink.Refused e) {
      NotAnImage failure =
          new NotAnImage(
              "image "
                  + sha256.substring(0, 12)
                  + " cannot be unpacked: "
                  + Quote.escape(said.get(), 200),
              false);
      failure.initCause(e);
      throw failure;
    }
  }

  @Override
  public void prune(Set<String> named) throws IOException {
    String[] names = images.toFile().list();
    if (names == null) {
      return;
    }
    for (String name : names) {
      Path path = images.resolve(name);
      String digest = name.replace(RAW, "").replace(FILE, "");
      if (name.startsWith(COPY) || name.startsWith(GONE)) {
        Trees.delete(path);
      } else if (isDigest(digest) && !named.contains(digest)) {
        // Out of the way at once: half an image must not look like one.
        Path gone = images.resolve(GONE + name);
        Files.move(path, gone, StandardCopyOption.ATOMIC_MOVE);
        Trees.delete(gone);
      }
    }
  }

  private static boolean isDigest(String text) {
    return text.length() == 64
        && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
