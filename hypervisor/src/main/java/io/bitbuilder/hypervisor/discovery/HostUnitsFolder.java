package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Span;
import io.bitbuilder.hypervisor.model.HostUnits;
import io.bitbuilder.hypervisor.model.SourceTree.Entry;
import io.bitbuilder.hypervisor.unitfile.UnitFile;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * units/, generators/, extensions/ and services/ of the system repository: what the operator runs
 * on the host. What they do is the operator's business; that systemd takes them for what they look
 * like is ours.
 */
final class HostUnitsFolder {
  /** Bytes a unit may have, and a generator; systemd reads lines of up to 1 MiB. */
  private static final long LIMIT = 256 << 10;

  /** Files and bytes there may be of all: systemd reads them whenever it loads units. */
  private static final int FILES = 1000;

  private static final long BYTES = 8 << 20;

  /** Bytes an image may have: what the Git client takes of one object. */
  private static final long IMAGE_LIMIT = 100L << 20;

  /** What Git LFS leaves in place of a file is smaller, and no file system is. */
  private static final long IMAGE_LEAST = 1024;

  /** Images and bytes there may be of all: half of what one fetch may receive. */
  private static final int IMAGES = 32;

  private static final long IMAGE_BYTES = 256L << 20;

  private static final Pattern DROP_IN = Pattern.compile("[A-Za-z0-9:_.@-]+\\.conf");
  private static final Pattern GENERATOR = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");

  /** systemd finds an extension by its name, and looks for one like it inside. */
  private static final Pattern EXTENSION =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9_.-]{0,63})\\.(sysext|confext)\\.raw");

  private static final Pattern PORTABLE =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9_.-]{0,63})\\.portable\\.raw");

  private static final String NAME =
      "NAME is made of at most 64 letters, digits, `_`, `.` and `-`, and is none BitBuilder uses";

  private static final Pattern LINE = Pattern.compile("line (\\d+): (.*)", Pattern.DOTALL);

  private final Repository repository;
  private final SortedMap<String, String> units = new TreeMap<>();
  private final SortedMap<String, String> generators = new TreeMap<>();
  private final SortedMap<String, String> images = new TreeMap<>();
  private final SortedMap<String, Entry> aliases = new TreeMap<>();
  private int files;
  private long bytes;
  private boolean full;

  private HostUnitsFolder(Repository repository) {
    this.repository = repository;
  }

  /** What is there; findings of the repository when something of it is not as it must be. */
  static HostUnits read(Repository repository) throws IOException {
    HostUnitsFolder folder = new HostUnitsFolder(repository);
    for (Entry entry : folder.files("units")) {
      folder.unit(entry);
    }
    for (Entry entry : folder.files("generators")) {
      folder.generator(entry);
    }
    folder.aliases();
    folder.images();
    return new HostUnits(folder.units, folder.generators, folder.images);
  }

  private List<Entry> files(String folder) throws IOException {
    Optional<Entry> entry = repository.tree().find(folder);
    return entry.isEmpty()
        ? List.of()
        : repository.directory(entry.get()).stream()
            // security.confext.raw is no notice about security.
            .filter(one -> !Repository.isExtra(one) || one.name().endsWith(".raw"))
            .toList();
  }

  private void unit(Entry entry) throws IOException {
    String name = entry.name();
    boolean directory = name.endsWith(".d");
    String unit = directory ? name.substring(0, name.length() - 2) : name;
    if (!HostUnitRules.isUnit(unit)) {
      repository.error(
          Code.BB207,
          entry.path(),
          Quote.quote(name) + " is not the name of a unit",
          "NAME.TYPE, or NAME.TYPE.d/ with drop-ins; TYPE is one of " + HostUnitRules.TYPES,
          "");
    } else if (HostUnitRules.isOurs(unit)) {
      repository.error(
          Code.BB207,
          entry.path(),
          Quote.quote(unit) + " is a unit of BitBuilder itself",
          "another name",
          "what can be said about it is said in .gitops/config.yaml and the registry");
    } else if (directory) {
      dropIns(entry);
    } else {
      text(entry).ifPresent(text -> parsed(entry, text));
    }
  }

  private void dropIns(Entry folder) throws IOException {
    for (Entry entry : repository.directory(folder)) {
      if (entry.name().equals(HostUnits.PORTABLE_DROP_IN)) {
        repository.error(
            Code.BB207,
            entry.path(),
            Quote.quote(entry.name()) + " takes a portable service out of its image",
            "another name",
            "BitBuilder writes the one that is called so");
      } else if (DROP_IN.matcher(entry.name()).matches()) {
        text(entry).ifPresent(text -> parsed(entry, text));
      } else {
        repository.error(
            Code.BB207,
            entry.path(),
            Quote.quote(entry.name()) + " is not the name of a drop-in",
            "NAME.conf",
            "");
      }
    }
  }

  /** systemd drops lines it cannot read with a warning nobody sees. */
  private void parsed(Entry entry, String text) {
    try {
      installed(entry, UnitFile.parse(text));
      units.put(entry.path().substring("units/".length()), text);
    } catch (IllegalArgumentException e) {
      Matcher line = LINE.matcher(String.valueOf(e.getMessage()));
      boolean placed = line.matches();
      int number = placed ? Integer.parseInt(line.group(1)) : 1;
      List<String> lines = text.lines().toList();
      String shown = lines.get(Math.min(number, lines.size()) - 1);
      repository.add(
          new Diagnostic(
              Code.BB106,
              Quote.escape(placed ? line.group(2) : e.getMessage() + "", 300),
              new Location(
                  repository.tree().repository(),
                  repository.at(entry.path()).commit(),
                  entry.path(),
                  new Span(number, 1, Math.max(1, shown.codePointCount(0, shown.length()))),
                  "",
                  shown.length() > 2000 ? "" : shown),
              "sections of `Key=value` (systemd.syntax(7))",
              "",
              List.of()));
    }
  }

  private void installed(Entry entry, UnitFile file) {
    for (HostUnitRules.Wrong wrong : HostUnitRules.links(file)) {
      repository.error(Code.BB207, entry.path(), wrong.message(), wrong.expected(), "");
    }
    for (String alias : HostUnitRules.installed(file, "Alias")) {
      if (aliases.put(alias, entry) != null) {
        twice(entry, alias);
      }
    }
  }

  /** An alias is a link beside the units. */
  private void aliases() {
    aliases.forEach((alias, entry) -> {
      if (units.containsKey(alias)) {
        twice(entry, alias);
      }
    });
  }

  private void twice(Entry entry, String alias) {
    repository.error(
        Code.BB305,
        entry.path(),
        "there are two of " + Quote.quote(alias),
        "names of one unit",
        "");
  }

  private void generator(Entry entry) throws IOException {
    String name = entry.name();
    if (!GENERATOR.matcher(name).matches()
        || name.equals("tenant-generator")
        || name.equals("mount-generator")) {
      repository.error(
          Code.BB207,
          entry.path(),
          Quote.quote(name) + " cannot be the name of a generator here",
          "letters, digits, `_`, `.` and `-`, and no name BitBuilder uses",
          "");
      return;
    }
    if (!Scripts.canRun(repository, entry)) {
      return;
    }
    text(entry).ifPresent(text -> generators.put(name, text));
  }

  private void images() throws IOException {
    List<Entry> extensions = files("extensions");
    List<Entry> services = files("services");
    for (Entry entry : extensions) {
      image(entry, EXTENSION, "NAME.sysext.raw for /usr or NAME.confext.raw for /etc");
    }
    for (Entry entry : services) {
      image(entry, PORTABLE, "NAME.portable.raw");
    }
    long together = bytes(extensions) + bytes(services);
    if (images.size() > IMAGES || together > IMAGE_BYTES) {
      repository.error(
          Code.BB308,
          bytes(services) > bytes(extensions) ? "services" : "extensions",
          images.size() + " images with " + together + " bytes together",
          "at most " + IMAGES + " with " + IMAGE_BYTES + " bytes in extensions/ and services/",
          "");
    }
  }

  private static long bytes(List<Entry> entries) {
    return entries.stream().mapToLong(Entry::size).sum();
  }

  private void image(Entry entry, Pattern form, String expected) {
    Matcher name = form.matcher(entry.name());
    if (!name.matches()
        || HostUnitRules.isOurs(
            form == PORTABLE ? HostUnits.prefix(entry.name()) : name.group(1))) {
      repository.error(
          Code.BB207,
          entry.path(),
          Quote.quote(entry.name()) + " cannot be the name of an image here",
          expected + "; " + NAME,
          "");
    } else if (repository.isFile(entry)) {
      if (entry.size() > IMAGE_LIMIT || entry.size() < IMAGE_LEAST) {
        repository.error(
            Code.BB103,
            entry.path(),
            "the image has " + entry.size() + " bytes",
            "between " + IMAGE_LEAST + " and " + IMAGE_LIMIT + " bytes",
            entry.size() < IMAGE_LEAST ? "commit the image itself: Git LFS is not asked" : "");
      } else {
        images.put(entry.name(), entry.id());
      }
    }
  }

  /** Not more than is read at each reload, nor than fits into memory. */
  private Optional<String> text(Entry entry) throws IOException {
    files++;
    bytes += entry.size();
    if (files > FILES || bytes > BYTES) {
      if (!full) {
        full = true;
        repository.error(
            Code.BB308,
            entry.path(),
            "too many files for the host, or too large ones",
            "at most " + FILES + " files with " + BYTES + " bytes together",
            "");
      }
      return Optional.empty();
    }
    return repository.text(entry, LIMIT);
  }
}
