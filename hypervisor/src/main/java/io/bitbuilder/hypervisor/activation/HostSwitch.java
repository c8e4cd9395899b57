package io.bitbuilder.hypervisor.activation;

import io.bitbuilder.hypervisor.diagnostic.Quote;
import io.bitbuilder.hypervisor.generation.HostStore;
import io.bitbuilder.hypervisor.host.Pace;
import io.bitbuilder.hypervisor.host.Systemd;
import io.bitbuilder.hypervisor.host.UnitState;
import io.bitbuilder.hypervisor.model.HostUnits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Switches the host's own units from one generation to another, and watches those that start.
 * Whatever was done may be done again.
 */
public final class HostSwitch {
  private static final Duration STOP_LIMIT = Duration.ofMinutes(2);
  private static final Duration RESET_LIMIT = Duration.ofSeconds(30);

  /** Gives systemd the extensions of the generation that counts, and tells what it says of them. */
  public static final String EXTENSIONS = "bitbuilder-extensions.service";

  private static final Duration MERGE_LIMIT = Duration.ofMinutes(3);

  /** What breaks at once breaks within this time; a service of Type=simple is up before it ran. */
  private static final Duration SETTLED = Duration.ofSeconds(3);

  private static final Duration LOOK = Duration.ofMillis(250);

  /** Where else systemd finds units (systemd.unit(5), "Unit File Load Path"). */
  private static final List<String> ELSEWHERE =
      List.of(
          "etc/systemd/system",
          "run/systemd/system",
          "usr/local/lib/systemd/system",
          "usr/lib/systemd/system");

  private final Path root;
  private final HostStore store;
  private final Systemd systemd;
  private final Pace pace;

  /**
   * Prepares it.
   *
   * @param root the directory the host's files are under
   */
  public HostSwitch(Path root, HostStore store, Systemd systemd, Pace pace) {
    this.root = root;
    this.store = store;
    this.systemd = systemd;
    this.pace = pace;
  }

  /**
   * Goes from one generation to another.
   *
   * @param deadline until which everything has to be up
   * @return why it is not well; empty when it is
   * @throws IOException when systemd or the store cannot be reached
   */
  public Optional<String> carryOut(int from, int to, Duration deadline) throws IOException {
    Duration end = pace.elapsed().plus(deadline);
    HostUnits before = units(from);
    HostUnits after = units(to);
    HostChanges changes = HostChanges.between(before, after);
    List<String> gone =
        changes.removed().stream()
            .filter(unit -> !isElsewhere(unit))
            .map(HostChanges::pattern)
            .toList();
    systemd.run(Systemd.Verb.STOP, gone, STOP_LIMIT);
    // One that failed and is gone would be listed as failed for ever.
    systemd.run(Systemd.Verb.RESET_FAILED, gone, RESET_LIMIT);
    store.select(to);
    if (!before.extensions().equals(after.extensions())) {
      // First, for what they bring may be what units run.
      Optional<String> trouble = merge();
      if (trouble.isPresent()) {
        return trouble;
      }
    }
    systemd.daemonReload();
    return settle(changes, end);
  }

  private Optional<String> merge() throws IOException {
    Systemd.Done done = systemd.run(Systemd.Verb.RESTART, List.of(EXTENSIONS), MERGE_LIMIT);
    if (done.ok()) {
      return Optional.empty();
    }
    UnitState state = systemd.states(List.of(EXTENSIONS)).get(EXTENSIONS);
    String why = state == null ? "" : state.status();
    return Optional.of(Quote.escape(why.isEmpty() ? done.message() : why, 300));
  }

  private HostUnits units(int number) throws IOException {
    return store.generation(number).map(HostStore.Made::units).orElse(HostUnits.NONE);
  }

  /** The distribution's own is there again when what stood in front of it is gone. */
  private boolean isElsewhere(String unit) {
    return ELSEWHERE.stream()
        .anyMatch(
            place -> Files.exists(root.resolve(place).resolve(unit), LinkOption.NOFOLLOW_LINKS));
  }

  private Optional<String> settle(HostChanges changes, Duration end) throws IOException {
    TreeSet<String> again = new TreeSet<>(changes.changed());
    changes.removed().stream().filter(this::isElsewhere).forEach(again::add);
    List<String> patterns = again.stream().map(HostChanges::pattern).toList();
    SortedMap<String, UnitState> before = states(patterns);
    List<String> failed =
        before.values().stream().filter(UnitState::hasFailed).map(UnitState::unit).toList();
    systemd.run(Systemd.Verb.RESET_FAILED, failed, RESET_LIMIT);
    List<String> up =
        before.values().stream()
            .filter(state -> !state.isDown())
            .map(UnitState::unit)
            .filter(HostChanges::restarts)
            .toList();
    List<String> start = wanted(changes, before);
    Systemd.Done restarted = systemd.run(Systemd.Verb.RESTART, up, left(end));
    Systemd.Done started = systemd.run(Systemd.Verb.RUN, start, left(end));
    List<String> watched = new ArrayList<>(up);
    watched.addAll(start);
    Optional<String> trouble = watch(watched);
    if (trouble.isPresent()) {
      return trouble;
    }
    for (Systemd.Done done : List.of(restarted, started)) {
      if (!done.ok()) {
        String said = done.message().lines().findFirst().orElse("");
        return Optional.of(
            done.timedOut() ? "not up within the deadline" : Quote.escape(said, 300));
      }
    }
    return Optional.empty();
  }

  /** What is new or another, starts by itself, and whoever wants it is up. */
  private List<String> wanted(HostChanges changes, SortedMap<String, UnitState> before)
      throws IOException {
    TreeSet<String> by = new TreeSet<>();
    changes.wanted().values().forEach(by::addAll);
    SortedMap<String, UnitState> wanting = states(by);
    List<String> start = new ArrayList<>();
    changes
        .wanted()
        .forEach((unit, who) -> {
          boolean isNew =
              changes.changed().contains(unit) || changes.changed().contains(template(unit));
          boolean down = Optional.ofNullable(before.get(unit)).map(UnitState::isDown).orElse(true);
          boolean due =
              who.stream().anyMatch(one -> wanting.containsKey(one) && wanting.get(one).isActive());
          if (isNew && down && due) {
            start.add(unit);
          }
        });
    return start;
  }

  private static String template(String unit) {
    int at = unit.indexOf('@');
    return at < 0 ? unit : unit.substring(0, at + 1) + unit.substring(unit.lastIndexOf('.'));
  }

  private Optional<String> watch(Collection<String> units) throws IOException {
    if (units.isEmpty()) {
      return Optional.empty();
    }
    Duration settled = pace.elapsed().plus(SETTLED);
    while (true) {
      boolean last = pace.elapsed().compareTo(settled) >= 0;
      for (UnitState state : states(units).values()) {
        if (state.hasFailed()) {
          return Optional.of(state.unit() + " failed: " + state.result());
        }
        if (last && state.sub().equals("auto-restart")) {
          return Optional.of(state.unit() + " does not stay up: " + state.result());
        }
      }
      if (last) {
        return Optional.empty();
      }
      pace.pause(LOOK);
    }
  }

  private SortedMap<String, UnitState> states(Collection<String> units) throws IOException {
    return units.isEmpty() ? new TreeMap<>() : systemd.states(units);
  }

  private Duration left(Duration end) {
    Duration left = end.minus(pace.elapsed());
    return left.isNegative() ? Duration.ofSeconds(1) : left;
  }
}
