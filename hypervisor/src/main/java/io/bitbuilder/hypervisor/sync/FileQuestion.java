package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.CommitId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;

/**
 * Asks a local bare repository for one branch, by the files of gitrepository-layout(5).
 *
 * <p>Whoever owns the repository is not whoever reads it: a link in it could lead to what only the
 * reader may see, such as the store of another tenant, a FIFO would hold the reader up, and
 * /dev/zero never ends. So it has to be plain files in plain directories, and all its own.
 */
final class FileQuestion {
  private static final long LIMIT = 4 << 20;
  private static final long REF_LIMIT = 4096;
  private static final long CONFIG_LIMIT = 64 << 10;
  private static final long FILES_LIMIT = 2_000_000;

  /** Other places JGit would take objects, references or settings from. */
  private static final String[] ELSEWHERE = {
    "commondir", "gitdir", ".git", "objects/info/alternates", "objects/info/http-alternates"
  };

  private FileQuestion() {}

  /**
   * Looks the branch up where it is nearly always.
   *
   * @throws IOException when there is no repository, or it may not be used
   */
  static Advertised ask(Path repository, String branch) throws IOException {
    if (!Files.isDirectory(repository)) {
      throw new NoSuchFileException(repository.toString(), null, "no bare repository is there");
    }
    for (String directory : new String[] {"objects", "refs"}) {
      if (!isDirectory(repository.resolve(directory))) {
        throw new NoSuchFileException(repository.toString(), null, "no bare repository is there");
      }
    }
    plain(repository, "HEAD", REF_LIMIT);
    for (String path : ELSEWHERE) {
      if (Files.exists(repository.resolve(path), LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(
            "the repository borrows objects from another one: " + Quote.quote(path));
      }
    }
    for (int slash = branch.indexOf('/'); slash > 0; slash = branch.indexOf('/', slash + 1)) {
      Path directory = repository.resolve(branch.substring(0, slash));
      if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS) && !isDirectory(directory)) {
        throw odd(branch.substring(0, slash));
      }
    }
    if (!Files.exists(repository.resolve(branch), LinkOption.NOFOLLOW_LINKS)) {
      return packed(repository, branch);
    }
    plain(repository, branch, REF_LIMIT);
    try {
      String text = Files.readString(repository.resolve(branch), StandardCharsets.ISO_8859_1);
      return at(text.strip());
    } catch (NoSuchFileException _) {
      return packed(repository, branch);
    }
  }

  /**
   * Looks at all that is about to be read. What is changed afterwards, while it is read, is not
   * seen.
   *
   * @throws IOException when something is no plain file or directory, or names another place
   */
  static void check(Path repository) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(repository)) {
      for (Path entry : entries) {
        // Nobody runs hooks, and servers keep theirs in one place.
        if (!entry.endsWith("hooks")
            && !isDirectory(entry)
            && !Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
          throw odd(String.valueOf(entry.getFileName()));
        }
      }
    }
    Path config = repository.resolve("config");
    if (Files.exists(config, LinkOption.NOFOLLOW_LINKS)) {
      plain(repository, "config", CONFIG_LIMIT);
      String text = Files.readString(config, StandardCharsets.ISO_8859_1);
      if (text.toLowerCase(Locale.ROOT).contains("[include")) {
        throw new IOException("the repository's \"config\" includes other files");
      }
    }
    Walk walk = new Walk(repository);
    Files.walkFileTree(repository.resolve("refs"), walk);
    Files.walkFileTree(repository.resolve("objects"), walk);
  }

  private static final class Walk extends SimpleFileVisitor<Path> {
    private final Path repository;
    private long seen;

    Walk(Path repository) {
      this.repository = repository;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (!attributes.isRegularFile()) {
        throw odd(repository.relativize(file).toString());
      }
      seen++;
      if (seen > FILES_LIMIT) {
        throw new LimitExceeded("a repository of so many files", FILES_LIMIT + " files");
      }
      return FileVisitResult.CONTINUE;
    }
  }

  private static boolean isDirectory(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static void plain(Path repository, String path, long limit) throws IOException {
    Path file = repository.resolve(path);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > limit) {
      throw odd(path);
    }
  }

  private static IOException odd(String path) {
    return new IOException("the repository's " + Quote.quote(path) + " is not what git puts there");
  }

  private static Advertised packed(Path repository, String branch) throws IOException {
    Path file = repository.resolve("packed-refs");
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return new Advertised.Unknown();
    }
    plain(repository, "packed-refs", Long.MAX_VALUE);
    if (Files.size(file) > LIMIT) {
      return new Advertised.Unknown();
    }
    for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
      if (line.length() == 41 + branch.length() && line.endsWith(" " + branch)) {
        return at(line.substring(0, 40));
      }
    }
    return new Advertised.Unknown();
  }

  private static Advertised at(String text) {
    return CommitId.isValid(text) && text.length() == 40
        ? new Advertised.At(new CommitId(text))
        : new Advertised.Unknown();
  }
}
