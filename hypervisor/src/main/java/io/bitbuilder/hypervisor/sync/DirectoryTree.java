package io.bitbuilder.hypervisor.sync;

import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.SourceTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The files of a plain directory, such as a checkout on a workstation; {@code .git} is left out.
 */
public final class DirectoryTree implements SourceTree {
  /** The order Git has: by the bytes of the name. */
  static final Comparator<Entry> BYTE_ORDER =
      (a, b) ->
          java.util.Arrays.compareUnsigned(
              a.name().getBytes(StandardCharsets.UTF_8), b.name().getBytes(StandardCharsets.UTF_8));

  private final Path top;

  /**
   * Looks at a directory.
   *
   * @param top the directory
   */
  public DirectoryTree(Path top) {
    this.top = top;
  }

  @Override
  public String repository() {
    return "";
  }

  @Override
  public Optional<CommitId> commit() {
    return Optional.empty();
  }

  @Override
  public List<Entry> list(String path) throws IOException {
    Optional<Path> directory = path.isEmpty() ? Optional.of(top) : locate(path);
    if (directory.isEmpty()
        || (!path.isEmpty() && !Files.isDirectory(directory.get(), LinkOption.NOFOLLOW_LINKS))) {
      return List.of();
    }
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(directory.get())) {
      for (Path child : children) {
        String name = name(child);
        if (!name.equals(".git")) {
          entries.add(entry(child, name, path.isEmpty() ? name : path + "/" + name));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException _) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    entries.sort(BYTE_ORDER);
    return List.copyOf(entries);
  }

  @Override
  public Optional<Entry> find(String path) throws IOException {
    Optional<Path> place = locate(path);
    if (place.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(entry(place.get(), name(place.get()), path));
  }

  @Override
  public byte[] read(Entry entry, long limit) throws IOException {
    Path file = locate(entry.path()).orElseThrow(() -> new NoSuchFileException(entry.path()));
    if (entry.kind() == Kind.SYMLINK) {
      return Files.readSymbolicLink(file).toString().getBytes(StandardCharsets.UTF_8);
    }
    if (entry.kind() != Kind.FILE && entry.kind() != Kind.EXECUTABLE) {
      throw new FileSystemException(entry.path(), null, "not a file");
    }
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] content = in.readNBytes((int) Math.min(limit + 1, Integer.MAX_VALUE - 8));
      if (content.length > limit) {
        throw new FileSystemException(entry.path(), null, "larger than " + limit + " bytes");
      }
      return content;
    }
  }

  /** The path below the top, through real directories only and without {@code ..}. */
  private Optional<Path> locate(String path) {
    Path place = top;
    for (String name : path.split("/", -1)) {
      if (name.isEmpty() || name.equals(".") || name.equals("..") || name.equals(".git")) {
        return Optional.empty();
      }
      if (!place.equals(top) && !Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.empty();
      }
      place = place.resolve(name);
    }
    return Files.exists(place, LinkOption.NOFOLLOW_LINKS) ? Optional.of(place) : Optional.empty();
  }

  private static String name(Path path) {
    Path name = path.getFileName();
    return name == null ? "" : name.toString();
  }

  private static Entry entry(Path file, String name, String path) throws IOException {
    PosixFileAttributes attributes =
        Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Kind kind;
    if (attributes.isSymbolicLink()) {
      kind = Kind.SYMLINK;
    } else if (attributes.isDirectory()) {
      kind = Kind.DIRECTORY;
    } else if (!attributes.isRegularFile()) {
      kind = Kind.OTHER;
    } else if (attributes.permissions().contains(PosixFilePermission.OWNER_EXECUTE)) {
      kind = Kind.EXECUTABLE;
    } else {
      kind = Kind.FILE;
    }
    long size = attributes.isRegularFile() ? attributes.size() : 0;
    return new Entry(name, path, kind, "", size);
  }
}
