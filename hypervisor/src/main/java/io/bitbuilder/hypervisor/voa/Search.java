package io.bitbuilder.hypervisor.voa;

import io.bitbuilder.hypervisor.voa.Lookup.Fate;
import io.bitbuilder.hypervisor.voa.Warning.Rule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** One lookup under way. */
final class Search {
  /** Bytes of all files together. */
  private static final long LIMIT = 64L << 20;

  private final LoadPaths loadPaths;
  private final Function<Path, Bounded.Outcome> reader;
  private final Purpose purpose;
  private final Context context;
  private final Technology technology;
  private final Kind kind;

  private final Map<Path, Optional<Fate>> masks = new HashMap<>();
  private final Map<String, List<Verifier.Copy>> copies = new LinkedHashMap<>();
  private final List<Warning> warnings = new ArrayList<>();
  private final List<Lookup.LookedFor> directories = new ArrayList<>();
  private final List<Lookup.LookedAt> files = new ArrayList<>();
  private long read;

  /** With how a file is read, which is for tests to change. */
  Search(
      LoadPaths loadPaths,
      Function<Path, Bounded.Outcome> reader,
      Purpose purpose,
      Context context,
      Technology technology,
      Kind kind) {
    this.loadPaths = loadPaths;
    this.reader = reader;
    this.purpose = purpose;
    this.context = context;
    this.technology = technology;
    this.kind = kind;
  }

  Lookup run(List<Os> oses) {
    for (Os os : new LinkedHashSet<>(oses)) {
      Path relative = Path.of(os.value(), purpose.value(), context.value(), technology.value());
      for (LoadPath loadPath : loadPaths.paths()) {
        directory(os, loadPath, relative);
      }
    }
    List<Verifier> verifiers = new ArrayList<>();
    copies
        .values()
        .forEach(all ->
            verifiers.add(new Verifier(all.getFirst().os(), name(all.getFirst().path()), all)));
    return new Lookup(verifiers, warnings, directories, files);
  }

  private void directory(Os os, LoadPath loadPath, Path relative) {
    Path path = loadPath.path().resolve(relative);
    boolean found = false;
    switch (Walk.toDirectory(loadPaths, loadPath, relative)) {
      case Walk.End.Directory(Path at) -> {
        switch (Bounded.Listing.of(loadPaths.real(at))) {
          case Bounded.Listing.Names(var names) -> {
            found = true;
            for (Path name : names) {
              file(os, loadPath, relative.resolve(name));
            }
          }
          case Bounded.Listing.Broken(var rule, var sentence) ->
              warnings.add(new Warning(path, rule, sentence));
        }
      }
      case Walk.End.Broken(var rule, var sentence) ->
          warnings.add(new Warning(path, rule, sentence));
      case Walk.End.Absent(), Walk.End.Mask(), Walk.End.File(_, _) -> {}
    }
    directories.add(new Lookup.LookedFor(os, loadPath, path, found));
  }

  private void file(Os os, LoadPath loadPath, Path relative) {
    Path path = loadPath.path().resolve(relative);
    Fate fate = fate(os, loadPath, relative);
    if (fate instanceof Fate.Ignored(var rule, var sentence)) {
      warnings.add(new Warning(path, rule, sentence));
    }
    files.add(new Lookup.LookedAt(os, loadPath, path, fate));
  }

  private Fate fate(Os os, LoadPath loadPath, Path relative) {
    String name = name(relative);
    Optional<String> wrongName = kind.wrongName(name);
    return switch (Walk.toFile(loadPaths, loadPath, relative)) {
      case Walk.End.Mask() -> new Fate.Masks();
      case Walk.End.Broken(var rule, var sentence) -> new Fate.Ignored(rule, sentence);
      case Walk.End.Absent(), Walk.End.Directory(_) -> new Fate.Ignored(Rule.CHANGED, "is gone");
      case Walk.End.File file when wrongName.isPresent() ->
          new Fate.Ignored(Rule.FILE_NAME, wrongName.get());
      case Walk.End.File file -> fate(os, loadPath, relative, file);
    };
  }

  private Fate fate(Os os, LoadPath loadPath, Path relative, Walk.End.File file) {
    Optional<Fate> masked = masked(relative, file);
    if (masked.isPresent()) {
      return masked.get();
    }
    if (!kind.anchors() && (purpose.anchor() || isAnchor(file.at()))) {
      return new Fate.Ignored(Rule.NO_ANCHORS, technology + " has no trust anchors");
    }
    // Another os has other verifiers; only information about the same one is combined.
    String name = name(relative);
    String key = kind.merges() ? name : os + "/" + name;
    List<Verifier.Copy> known = copies.getOrDefault(key, List.of());
    if (!kind.merges() && !known.isEmpty()) {
      return new Fate.Shadowed(known.getFirst().path());
    }
    return switch (reader.apply(loadPaths.real(file.at()))) {
      case Bounded.Outcome.Broken(var rule, var sentence) -> new Fate.Ignored(rule, sentence);
      case Bounded.Outcome.Text(var text) -> {
        read += text.length();
        if (read > LIMIT) {
          yield new Fate.Ignored(Rule.TOO_MUCH, "all files have more than " + LIMIT + " bytes");
        }
        if (!Walk.toFile(loadPaths, loadPath, relative).equals(file)) {
          yield new Fate.Ignored(Rule.CHANGED, "was changed while it was read");
        }
        Optional<Kind.Wrong> wrong = kind.wrongContent(name, text);
        if (wrong.isPresent()) {
          yield new Fate.Ignored(wrong.get().rule(), wrong.get().sentence());
        }
        copies
            .computeIfAbsent(key, _ -> new ArrayList<>())
            .add(
                new Verifier.Copy(
                    os, loadPath, loadPath.path().resolve(relative), file.at(), text));
        yield new Fate.Taken(file.at());
      }
    };
  }

  /**
   * Whether a file is masked, under its own name or under one that a link on the way to it has: a
   * link to a masked verifier is no way around the mask.
   */
  private Optional<Fate> masked(Path relative, Walk.End.File file) {
    List<Path> names = new ArrayList<>(List.of(relative));
    for (Path way : file.ways()) {
      loadPaths.around(way).map(one -> one.path().relativize(way)).ifPresent(names::add);
    }
    return names.stream()
        .distinct()
        .flatMap(name -> masks.computeIfAbsent(name, this::mask).stream())
        .findFirst();
  }

  private Optional<Fate> mask(Path relative) {
    for (LoadPath loadPath : loadPaths.paths()) {
      if (loadPath.writable()) {
        Path path = loadPath.path().resolve(relative);
        switch (Walk.toFile(loadPaths, loadPath, relative)) {
          case Walk.End.Mask() -> {
            return Optional.of(new Fate.Masked(path));
          }
          // What cannot be looked at may be a mask.
          case Walk.End.Broken(var rule, var sentence) when rule == Rule.UNREADABLE -> {
            return Optional.of(new Fate.Ignored(rule, "its mask, if any, " + sentence));
          }
          case Walk.End.Broken(_, _),
              Walk.End.Absent(),
              Walk.End.Directory(_),
              Walk.End.File(_, _) -> {}
        }
      }
    }
    return Optional.empty();
  }

  private boolean isAnchor(Path path) {
    return loadPaths
        .around(path)
        .map(one -> one.path().relativize(path))
        .filter(relative -> relative.getNameCount() > 1)
        .map(relative -> relative.getName(1).toString().startsWith(Purpose.ANCHOR))
        .orElse(false);
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
