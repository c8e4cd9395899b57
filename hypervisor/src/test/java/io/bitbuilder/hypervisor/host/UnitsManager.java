package io.bitbuilder.hypervisor.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A service manager of the host's own units: it loads those that count when it is told to, and a
 * unit whose text has the word broken fails when it starts. Its service of extensions merges those
 * that count, all or none of them, and takes none that has the word broken in it. In an image of a
 * portable service it finds one service with the image's text, unless that is no-service.
 */
public final class UnitsManager implements Systemd {
  private static final String EXTENSIONS = "bitbuilder-extensions.service";

  private final Path units;
  private final SortedMap<String, String> merged = new TreeMap<>();
  private final SortedMap<String, String> loaded = new TreeMap<>();
  private final SortedMap<String, String> running = new TreeMap<>();
  private final Set<String> failed = new TreeSet<>();
  private final List<String> log = new ArrayList<>();
  private Runnable before = () -> {};

  /**
   * A manager that has just booted.
   *
   * @param state /var/lib/bitbuilder
   */
  public UnitsManager(Path state) {
    this.units = state.resolve("generations/system/current/units");
    running.put("multi-user.target", "");
  }

  /** Called before each thing it does; may throw an Error. */
  public void before(Runnable action) {
    before = action;
  }

  /** What runs, and what it was started from. */
  public SortedMap<String, String> running() {
    SortedMap<String, String> services = new TreeMap<>(running);
    services.remove("multi-user.target");
    return services;
  }

  /** What is merged, by name. */
  public SortedMap<String, String> merged() {
    return new TreeMap<>(merged);
  }

  /** What failed, and was not forgotten. */
  public Set<String> failed() {
    return Set.copyOf(failed);
  }

  /** What it was asked to do since the last time this was asked. */
  public List<String> takeLog() {
    List<String> taken = List.copyOf(log);
    log.clear();
    return taken;
  }

  @Override
  public SortedMap<String, String> portableUnits(Path image, String prefix) throws IOException {
    before.run();
    String text = Files.readString(image);
    if (text.equals("no-service")) {
      throw new NotPortable("Couldn't find any matching unit files");
    }
    String install = "[Install]\nWantedBy=multi-user.target\n";
    return new TreeMap<>(Map.of(prefix + ".service", "# " + text + "\n" + install));
  }

  @Override
  public void daemonReload() throws IOException {
    before.run();
    loaded.clear();
    if (!Files.isDirectory(units)) {
      return;
    }
    try (Stream<Path> all = Files.walk(units.toRealPath())) {
      for (Path path :
          all.filter(one -> Files.isRegularFile(one, LinkOption.NOFOLLOW_LINKS))
              .sorted()
              .toList()) {
        String relative = units.toRealPath().relativize(path).toString();
        String unit =
            relative.contains("/") ? relative.substring(0, relative.indexOf(".d/")) : relative;
        loaded.merge(unit, Files.readString(path), String::concat);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public Done run(Verb verb, Collection<String> names, Duration limit) {
    if (names.isEmpty()) {
      return Done.OK;
    }
    before.run();
    log.add(verb + " " + String.join(" ", names));
    boolean ok = true;
    for (String unit : names) {
      switch (verb) {
        case STOP -> running.remove(unit);
        case RESET_FAILED -> failed.remove(unit);
        default -> ok &= unit.equals(EXTENSIONS) ? merge() : start(unit);
      }
    }
    return ok ? Done.OK : new Done(false, false, "a job failed");
  }

  private boolean merge() {
    failed.remove(EXTENSIONS);
    SortedMap<String, String> found = new TreeMap<>();
    Path extensions = units.resolveSibling("extensions");
    try (Stream<Path> all =
        Files.isDirectory(extensions) ? Files.list(extensions) : Stream.empty()) {
      for (Path path : all.filter(one -> !one.toString().endsWith(".portable.raw")).toList()) {
        found.put(String.valueOf(path.getFileName()), Files.readString(path));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (found.values().stream().anyMatch(image -> image.contains("broken"))) {
      failed.add(EXTENSIONS);
      return false;
    }
    merged.clear();
    merged.putAll(found);
    return true;
  }

  private boolean start(String unit) {
    running.remove(unit);
    String text = loaded.get(unit);
    if (text == null || text.contains("broken")) {
      failed.add(unit);
      return false;
    }
    running.put(unit, text);
    return true;
  }

  @Override
  public SortedMap<String, UnitState> states(Collection<String> names) {
    SortedMap<String, UnitState> states = new TreeMap<>();
    for (String unit : names) {
      String active =
          failed.contains(unit) ? "failed" : running.containsKey(unit) ? "active" : "inactive";
      states.put(
          unit,
          new UnitState(
              unit,
              loaded.containsKey(unit) || running.containsKey(unit) ? "loaded" : "not-found",
              active,
              "",
              active.equals("failed") ? "exit-code" : "success",
              "",
              0,
              Optional.empty(),
              0,
              unit.equals(EXTENSIONS) && failed.contains(unit) ? "not an image" : ""));
    }
    return states;
  }

  @Override
  public SortedMap<String, Machine> machines() {
    return new TreeMap<>();
  }
}
