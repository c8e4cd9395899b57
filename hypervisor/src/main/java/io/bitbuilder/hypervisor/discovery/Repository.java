package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.diagnostic.Severity;
import io.bitbuilder.hypervisor.document.Document;
import io.bitbuilder.hypervisor.model.CommitId;
import io.bitbuilder.hypervisor.model.SourceTree;
import io.bitbuilder.hypervisor.model.SourceTree.Entry;
import io.bitbuilder.hypervisor.model.SourceTree.Kind;
import io.bitbuilder.hypervisor.schema.Reading;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A tree of files with the report its findings go to. */
final class Repository {
  /** Bytes a document may have. */
  static final long DOCUMENT_LIMIT = 1 << 20;

  /** Entries a directory of ours may have. */
  static final int ENTRY_LIMIT = 10_000;

  /** Characters a name may have (NAME_MAX of limits.h). */
  private static final int NAME_LIMIT = 255;

  private static final Set<String> KNOWN_EXTRAS =
      Set.of(
          "readme",
          "license",
          "licence",
          "copying",
          "changelog",
          "contributing",
          "security",
          "makefile",
          "docs",
          "codeowners");

  private final SourceTree tree;
  private final Report report;
  private final String commit;
  private boolean failed;

  Repository(SourceTree tree, Report report) {
    this.tree = tree;
    this.report = report;
    this.commit = tree.commit().map(CommitId::abbreviated).orElse("");
  }

  SourceTree tree() {
    return tree;
  }

  /** Whether anything added here was an error. */
  boolean failed() {
    return failed;
  }

  /** A file or directory as a whole. */
  Location at(String path) {
    return Location.ofFile(tree.repository(), commit, path);
  }

  void add(Diagnostic finding) {
    failed |= finding.severity() == Severity.ERROR;
    report.add(finding);
  }

  void error(Code code, String path, String message, String expected, String help) {
    failed = true;
    report.add(code, at(path), message, expected, help);
  }

  /** Adds a finding about something whose presence has no effect yet. */
  void unsupported(String path, String what, String help) {
    error(Code.BB212, path, what + " not supported by this version", "", help);
  }

  /** Adds the warning that a file is not one of ours; what everybody keeps in Git is fine. */
  void unexpected(Entry entry, String expected) {
    String name = entry.name();
    if (isExtra(entry)) {
      return;
    }
    boolean suffix = name.endsWith(".yml");
    report.add(
        Code.BB303,
        at(entry.path()),
        "unexpected file " + Quote.quote(name) + ", which is not read",
        expected,
        suffix ? "rename it to end in .yaml" : "");
  }

  /** Whether it is what everybody keeps in Git: hidden files, readme, licence and so on. */
  static boolean isExtra(Entry entry) {
    int dot = entry.name().indexOf('.');
    String stem = dot < 0 ? entry.name() : entry.name().substring(0, dot);
    return dot == 0 || KNOWN_EXTRAS.contains(stem.toLowerCase(Locale.ROOT));
  }

  /** The entries of a directory; one finding when there are too many. */
  List<Entry> list(String path) throws IOException {
    List<Entry> entries = tree.list(path);
    if (entries.size() > ENTRY_LIMIT) {
      error(
          Code.BB308,
          path,
          entries.size() + " entries in one directory",
          "at most " + ENTRY_LIMIT,
          "");
      return List.of();
    }
    return entries.stream().anyMatch(Repository::isTooLong) ? shortOnes(path, entries) : entries;
  }

  /** Nobody could have such a file, and findings have its path in them. */
  private List<Entry> shortOnes(String path, List<Entry> entries) {
    int longest = entries.stream().mapToInt(entry -> entry.name().length()).max().orElse(0);
    error(
        Code.BB210,
        path,
        "a name of " + longest + " characters",
        "at most " + NAME_LIMIT + " characters",
        "");
    return entries.stream().filter(entry -> !isTooLong(entry)).toList();
  }

  private static boolean isTooLong(Entry entry) {
    return entry.name().length() > NAME_LIMIT;
  }

  /** The entries of something that must be a directory. */
  List<Entry> directory(Entry entry) throws IOException {
    if (entry.kind() == Kind.DIRECTORY) {
      return list(entry.path());
    }
    wrongKind(entry, "a directory");
    return List.of();
  }

  /** Whether an entry is a regular file; a finding when it is not. */
  boolean isFile(Entry entry) {
    if (entry.kind() == Kind.FILE || entry.kind() == Kind.EXECUTABLE) {
      return true;
    }
    wrongKind(entry, "a regular file");
    return false;
  }

  void wrongKind(Entry entry, String expected) {
    String found =
        switch (entry.kind()) {
          case FILE, EXECUTABLE -> "a regular file";
          case DIRECTORY -> "a directory";
          case SYMLINK -> "a symbolic link";
          case SUBMODULE -> "a submodule";
          case OTHER -> "a special file";
        };
    error(
        Code.BB302,
        entry.path(),
        Quote.quote(entry.name()) + " is " + found,
        expected,
        entry.kind() == Kind.SYMLINK ? "links are never followed: put the content here" : "");
  }

  /** Reads a document; empty after findings. */
  Optional<Reading> read(Entry entry, long limit) throws IOException {
    Optional<Document> document =
        bytes(entry, limit).flatMap(bytes -> Document.read(source(entry), bytes, report));
    failed |= document.isEmpty();
    return document.map(read -> new Reading(read, report));
  }

  /** Reads a file as text; empty after findings. */
  Optional<String> text(Entry entry, long limit) throws IOException {
    Optional<String> text =
        bytes(entry, limit).flatMap(bytes -> Document.text(source(entry), bytes, report));
    failed |= text.isEmpty();
    return text;
  }

  private Optional<byte[]> bytes(Entry entry, long limit) throws IOException {
    if (!isFile(entry)) {
      return Optional.empty();
    }
    if (entry.size() > limit) {
      error(
          Code.BB103,
          entry.path(),
          "the file has " + entry.size() + " bytes",
          "at most " + limit + " bytes",
          "");
      return Optional.empty();
    }
    return Optional.of(tree.read(entry, limit));
  }

  /** Where a file comes from. */
  Document.Source source(Entry entry) {
    return new Document.Source(tree.repository(), commit, entry.path());
  }

  /** Takes over whether a reading failed. */
  void finished(Reading reading) {
    failed |= reading.failed();
  }
}
