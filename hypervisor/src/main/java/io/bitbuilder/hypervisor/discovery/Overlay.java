package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.model.SourceTree.Entry;
import io.bitbuilder.hypervisor.schema.Types;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads rootfs-overlay/: the names and sizes, not yet the content. */
final class Overlay {
  /** Entries of one overlay. */
  static final int ENTRY_LIMIT = 4096;

  /** Bytes of one file. */
  static final long FILE_LIMIT = 16 << 20;

  /** Bytes of all files. */
  static final long TOTAL_LIMIT = 64 << 20;

  /** Directories inside each other. */
  static final int DEPTH_LIMIT = 32;

  private final Repository repository;
  private final String top;
  private final List<Entry> entries = new ArrayList<>();
  private long total;
  private boolean full;

  private Overlay(Repository repository, String top) {
    this.repository = repository;
    this.top = top;
  }

  /** All entries below a directory, in path order. Links are entries, never followed. */
  static List<Entry> read(Repository repository, Entry directory) throws IOException {
    Overlay overlay = new Overlay(repository, directory.path());
    overlay.collect(repository.directory(directory), 1);
    return overlay.entries;
  }

  private void collect(List<Entry> children, int depth) throws IOException {
    for (Entry entry : children) {
      if (full) {
        return;
      }
      if (!hasGoodName(entry)) {
        continue;
      }
      switch (entry.kind()) {
        case FILE, EXECUTABLE -> addFile(entry);
        case SYMLINK -> add(entry);
        case SUBMODULE, OTHER -> repository.wrongKind(entry, "a file, directory or link");
        case DIRECTORY -> {
          add(entry);
          if (depth >= DEPTH_LIMIT) {
            stop("directories nest deeper than " + DEPTH_LIMIT, "at most " + DEPTH_LIMIT);
          } else {
            collect(repository.list(entry.path()), depth + 1);
          }
        }
      }
    }
  }

  private boolean hasGoodName(Entry entry) {
    String name = entry.name();
    boolean good =
        Types.isPrintable(name)
            && !name.isEmpty()
            && name.length() <= 255
            && name.indexOf('/') < 0
            && !name.equals(".")
            && !name.equals("..");
    if (!good) {
      repository.error(
          Code.BB210,
          entry.path(),
          Quote.quote(name) + " is not a valid file name",
          "printable characters, at most 255, without /",
          "");
    }
    return good;
  }

  private void addFile(Entry entry) {
    if (entry.size() > FILE_LIMIT) {
      repository.error(
          Code.BB307,
          entry.path(),
          "the file has " + entry.size() + " bytes",
          "at most " + FILE_LIMIT + " bytes",
          "put large content into an image or a volume");
      return;
    }
    total += entry.size();
    add(entry);
    if (total > TOTAL_LIMIT) {
      stop(
          "the files have more than " + TOTAL_LIMIT + " bytes together",
          "at most " + TOTAL_LIMIT + " bytes");
    }
  }

  private void add(Entry entry) {
    entries.add(entry);
    if (entries.size() > ENTRY_LIMIT) {
      stop("more than " + ENTRY_LIMIT + " entries", "at most " + ENTRY_LIMIT);
    }
  }

  private void stop(String message, String expected) {
    full = true;
    repository.error(
        expected.endsWith("bytes") ? Code.BB307 : Code.BB308,
        top,
        message,
        expected,
        "put large content into an image or a volume");
  }
}
