package io.bitbuilder.hypervisor.discovery;

import io.bitbuilder.hypervisor.diagnostic.Code;
import io.bitbuilder.hypervisor.diagnostic.Diagnostic;
import io.bitbuilder.hypervisor.diagnostic.Location;
import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.diagnostic.Report;
import io.bitbuilder.hypervisor.diagnostic.Span;
import io.bitbuilder.hypervisor.document.Document;
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
 * units/ and generators/ of the system repository: what the operator runs on the host. What they do
 * is the operator's business; that systemd takes them for what they look like is ours.
 */
final class HostUnitsFolder {
  /** Bytes a unit may have, and a generator; systemd reads lines of up to 1 MiB. */
  private static final long LIMIT = 256 << 10;

  /** Files there may be of each: systemd reads all of them whenever it loads units. */
  private static final int FILES = 1000;

  private static final String TYPES =
      "service, socket, timer, path, mount, automount, swap, target, slice";

  /** A name with its type, as unit_name_is_valid() of systemd has it. */
  private static final Pattern UNIT =
      Pattern.compile(
          "[A-Za-z0-9:_.\\\\-]+(@[A-Za-z0-9:_.\\\\-]*)?\\.(" + TYPES.replace(", ", "|") + ")");

  private static final Pattern DROP_IN = Pattern.compile("[A-Za-z0-9:_.@-]+\\.conf");
  private static final Pattern GENERATOR = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");

  /** Names of units that are the product's, or become a tenant's. */
  private static final Pattern OURS =
      Pattern.compile(
          "(bitbuilder|tenants?|setup-tenant|run-tenants|var-lib-tenants|run-bitbuilder|var-lib-bitbuilder)([-@.].*)?");

  private static final Pattern LINE = Pattern.compile("line (\\d+): (.*)", Pattern.DOTALL);

  private final Repository repository;
  private final Report report;
  private final SortedMap<String, String> units = new TreeMap<>();
  private final SortedMap<String, String> generators = new TreeMap<>();

  private HostUnitsFolder(Repository repository, Report report) {
    this.repository = repository;
    this.report = report;
  }

  /** What is there; findings of the repository when something of it is not as it must be. */
  static HostUnits read(Repository repository, Report report) throws IOException {
    HostUnitsFolder folder = new HostUnitsFolder(repository, report);
    for (Entry entry : folder.files("units")) {
      folder.unit(entry);
    }
    for (Entry entry : folder.files("generators")) {
      folder.generator(entry);
    }
    folder.limit("units", folder.units.size());
    folder.limit("generators", folder.generators.size());
    return new HostUnits(folder.units, folder.generators);
  }

  private List<Entry> files(String folder) throws IOException {
    Optional<Entry> entry = repository.tree().find(folder);
    return entry.isEmpty()
        ? List.of()
        : repository.directory(entry.get()).stream()
            .filter(one -> !Repository.isExtra(one))
            .toList();
  }

  private void limit(String folder, int count) {
    if (count > FILES) {
      repository.error(Code.BB308, folder, count + " files", "at most " + FILES, "");
    }
  }

  private void unit(Entry entry) throws IOException {
    String name = entry.name();
    boolean directory = name.endsWith(".d");
    String unit = directory ? name.substring(0, name.length() - 2) : name;
    if (!UNIT.matcher(unit).matches()) {
      repository.error(
          Code.BB207,
          entry.path(),
          Quote.quote(name) + " is not the name of a unit",
          "NAME.TYPE, or NAME.TYPE.d/ with drop-ins; TYPE is one of " + TYPES,
          "");
    } else if (isOurs(unit)) {
      repository.error(
          Code.BB207,
          entry.path(),
          Quote.quote(unit) + " is a unit of BitBuilder itself",
          "another name",
          "what can be said about it is said in .gitops/config.yaml and the registry");
    } else if (directory) {
      dropIns(entry);
    } else {
      text(entry, LIMIT).ifPresent(text -> parsed(entry, text));
    }
  }

  private void dropIns(Entry folder) throws IOException {
    for (Entry entry : repository.directory(folder)) {
      if (DROP_IN.matcher(entry.name()).matches()) {
        text(entry, LIMIT).ifPresent(text -> parsed(entry, text));
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

  /** What becomes names of links has to be a name. */
  private void installed(Entry entry, UnitFile file) {
    for (String key : List.of("WantedBy", "RequiredBy", "UpheldBy", "Alias")) {
      for (String value : file.values("Install", key)) {
        for (String unit : value.strip().split("\\s+", -1)) {
          boolean fine = unit.isEmpty() || (UNIT.matcher(unit).matches() && !isOurs(unit));
          if (!fine) {
            repository.error(
                Code.BB207,
                entry.path(),
                Quote.quote(unit) + " in " + key + "= is not the name of a unit of the host",
                "NAME.TYPE; TYPE is one of " + TYPES,
                "");
          }
        }
      }
    }
  }

  private static boolean isOurs(String unit) {
    return OURS.matcher(unit).matches();
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
    text(entry, LIMIT).ifPresent(text -> generators.put(name, text));
  }

  private Optional<String> text(Entry entry, long limit) throws IOException {
    if (!repository.isFile(entry)) {
      return Optional.empty();
    }
    if (entry.size() > limit) {
      repository.error(
          Code.BB103,
          entry.path(),
          "the file has " + entry.size() + " bytes",
          "at most " + limit + " bytes",
          "");
      return Optional.empty();
    }
    Document.Source source = repository.source(entry);
    Optional<String> text = Document.text(source, repository.tree().read(entry, limit), report);
    repository.failedIf(text.isEmpty());
    return text;
  }
}
