package io.bitbuilder.hypervisor.voa;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * Puts verifiers and masks into a load path. What is there is never replaced: to change what counts
 * is for whoever put it there.
 */
public final class Import {
  private static final Path NULL = Path.of("/dev/null");

  private final LoadPaths loadPaths;
  private final LoadPath into;

  /** Into one of some load paths. */
  public Import(LoadPaths loadPaths, LoadPath into) {
    this.loadPaths = loadPaths;
    this.into = into;
  }

  /** What became of it. */
  public sealed interface Outcome {
    /** It lies there now; a path of the host. */
    record Written(Path path) implements Outcome {}

    /** It lay there before; a path of the host. */
    record Unchanged(Path path) implements Outcome {}

    /** Nothing was changed; sentence and help are escaped. */
    record Refused(String sentence, String help) implements Outcome {}
  }

  /**
   * Puts a verifier where its purpose and context have it, readable for all. The file is there as a
   * whole or not at all, after a crash too.
   *
   * @throws IOException when the disk fails us
   */
  public Outcome put(Os os, Purpose purpose, Context context, VerifierFile file)
      throws IOException {
    Path directory =
        into.path().resolve(new Voa.Scope(os, purpose, context, file.technology()).relative());
    Path path = directory.resolve(file.name());
    Outcome none = make(directory);
    if (none != null) {
      return none;
    }
    Outcome there = there(path, file);
    if (there != null) {
      return there;
    }
    Path unfinished =
        Files.createTempFile(
            loadPaths.real(directory),
            ".",
            ".unfinished",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
        ByteBuffer content = ByteBuffer.wrap(file.text().getBytes(ISO_8859_1));
        while (content.hasRemaining()) {
          channel.write(content);
        }
        channel.force(true);
      }
      Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-r--r--"));
      // Unlike a rename, a link fails where something has come to lie since.
      Files.createLink(loadPaths.real(path), unfinished);
    } catch (FileAlreadyExistsException _) {
      Outcome other = there(path, file);
      return other == null ? differs(path) : other;
    } finally {
      Files.deleteIfExists(unfinished);
    }
    force(directory);
    return new Outcome.Written(path);
  }

  /**
   * Masks a verifier.
   *
   * @param name of its files
   * @throws IOException when the disk fails us
   */
  public Outcome mask(Os os, Purpose purpose, Context context, Technology technology, String name)
      throws IOException {
    String wrong =
        Kind.of(technology)
            .map(kind -> kind.wrongName(name).orElse(""))
            .orElse("the technology is not known");
    if (!wrong.isEmpty()) {
      return new Outcome.Refused(
          "cannot mask " + Quote.quote(name) + ": " + wrong, "see `bitbuilder voa list`");
    }
    Path directory =
        into.path().resolve(new Voa.Scope(os, purpose, context, technology).relative());
    Path path = directory.resolve(name);
    Outcome none = make(directory);
    if (none != null) {
      return none;
    }
    try {
      Files.createSymbolicLink(loadPaths.real(path), NULL);
    } catch (FileAlreadyExistsException _) {
      return isMask(path) ? new Outcome.Unchanged(path) : differs(path);
    }
    force(directory);
    return new Outcome.Written(path);
  }

  /** What is said when something lies there; null when nothing does. */
  private @Nullable Outcome there(Path path, VerifierFile file) throws IOException {
    BasicFileAttributes found;
    try {
      found =
          Files.readAttributes(
              loadPaths.real(path), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException _) {
      return null;
    }
    if (found.isRegularFile()
        && Bounded.read(loadPaths.real(path)) instanceof Bounded.Outcome.Text(var text)
        && VerifierFile.recognise(text) instanceof VerifierFile.Result.Recognised(var other)
        && other.equals(file)) {
      return new Outcome.Unchanged(path);
    }
    return found.isSymbolicLink() && isMask(path)
        ? new Outcome.Refused(
            "it is masked by " + Quote.escape(path.toString(), 400),
            "remove the mask if it is to count again")
        : differs(path);
  }

  private boolean isMask(Path path) throws IOException {
    Path real = loadPaths.real(path);
    return Files.isSymbolicLink(real) && Files.readSymbolicLink(real).equals(NULL);
  }

  private static Outcome differs(Path path) {
    return new Outcome.Refused(
        "there is something else at " + Quote.escape(path.toString(), 400),
        "look at it, and remove it if it is to be replaced");
  }

  /** Makes directories down to one, none of them through a link; null when they are there. */
  private @Nullable Outcome make(Path directory) throws IOException {
    Path above = into.path().getParent();
    if (above != null) {
      Files.createDirectories(loadPaths.real(above));
    }
    for (int i = into.path().getNameCount(); i <= directory.getNameCount(); i++) {
      Path path = Path.of("/").resolve(directory.subpath(0, i));
      Path real = loadPaths.real(path);
      try {
        Files.createDirectory(real);
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rwxr-xr-x"));
      } catch (FileAlreadyExistsException _) {
        if (!Files.isDirectory(real, LinkOption.NOFOLLOW_LINKS)) {
          return new Outcome.Refused(
              Quote.escape(path.toString(), 400) + " is no directory",
              "what lies there leads elsewhere; put the file where it leads to");
        }
      }
    }
    return null;
  }

  private void force(Path directory) throws IOException {
    try (FileChannel channel =
        FileChannel.open(loadPaths.real(directory), StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
