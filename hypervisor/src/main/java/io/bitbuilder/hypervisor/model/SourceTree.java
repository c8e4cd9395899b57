package io.bitbuilder.hypervisor.model;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;

/**
 * The files of one commit, or of a plain directory. Nothing is ever followed: a symbolic link or a
 * submodule is an entry of its own kind, not what it points to.
 */
public interface SourceTree {
  /** What an entry is. */
  enum Kind {
    FILE,
    EXECUTABLE,
    DIRECTORY,
    SYMLINK,
    SUBMODULE,
    OTHER
  }

  /**
   * One entry of a directory.
   *
   * @param name the name, without a slash
   * @param path the path from the top of the tree
   * @param id the object id, or a digest of equal worth; empty for directories outside Git
   * @param size bytes of a file, 0 for others
   */
  record Entry(String name, String path, Kind kind, String id, long size) {}

  /** The tenant id, {@code system}, or empty for a plain directory. */
  String repository();

  /** The commit, empty for a plain directory. */
  Optional<CommitId> commit();

  /**
   * The entries of a directory, in byte order of their names; empty when there is none.
   *
   * @param path the directory, empty for the top
   * @throws IOException when the store is damaged or the tree breaks a limit
   */
  List<Entry> list(String path) throws IOException;

  /** The entry at a path, looking through directories only. */
  Optional<Entry> find(String path) throws IOException;

  /**
   * The bytes of a file or, for a symbolic link, its target.
   *
   * @throws IOException when the entry is a directory or larger than the limit
   */
  byte[] read(Entry entry, long limit) throws IOException;

  /**
   * Writes the bytes of a file that may be too large to be held.
   *
   * @throws IOException when the entry is not a file, or not what its id says; what was written is
   *     of no use then
   */
  default void copy(Entry entry, OutputStream into) throws IOException {
    into.write(read(entry, entry.size()));
  }
}
