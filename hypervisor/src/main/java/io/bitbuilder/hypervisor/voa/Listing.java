package io.bitbuilder.hypervisor.voa;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a directory has in it, if that is not too much. */
sealed interface Listing {
  /** Entries of one directory. */
  int LIMIT = 4096;

  /** The names, in order. */
  record Names(List<Path> names) implements Listing {}

  /** Nothing that counts. */
  record Broken(Rule rule, String sentence) implements Listing {}

  /** Of a directory. One with too many entries counts as a whole or not at all. */
  static Listing of(Path directory) {
    List<Path> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (names.size() == LIMIT) {
          return new Broken(Rule.TOO_MUCH, "has more than " + LIMIT + " entries");
        }
        names.add(entry.getFileName());
      }
    } catch (DirectoryIteratorException e) {
      IOException cause = e.getCause();
      return new Broken(Rule.UNREADABLE, cause == null ? "cannot be read" : Walk.unreadable(cause));
    } catch (IOException e) {
      return new Broken(Rule.UNREADABLE, Walk.unreadable(e));
    }
    names.sort(Path::compareTo);
    return new Names(List.copyOf(names));
  }
}
