package io.bitbuilder.hypervisor.host;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

/**
 * A service manager that knows the units of tenants: it loads what is selected when it is told to,
 * and remembers what each container was started from. It keeps a log of what it was asked to do.
 */
public final class FakeSystemd implements Systemd {
  private final Path current;
  private final SortedMap<String, String> loaded = new TreeMap<>();
  private final SortedMap<String, List<String>> wants = new TreeMap<>();
  private final Map<String, Running> running = new HashMap<>();
  private final Set<String> failed = new TreeSet<>();
  private final Set<String> exited = new TreeSet<>();
  private final List<String> log = new ArrayList<>();
  private final Map<String, CountDownLatch> held = new HashMap<>();
  private Runnable before = () -> {};
  private Predicate<String> broken = _ -> false;
  private boolean reloadFails;
  private int invocations;

  /**
   * A service manager of a host that has just booted.
   *
   * @param root the directory the host's files are under
   */
  public FakeSystemd(Path root) {
    this.current = root.resolve("var/lib/bitbuilder/generations/current");
  }

  /** What a unit was started from, and when. */
  public record Running(String definition, int invocation) {}

  /** Called before and after each thing it does; may throw an Error. */
  public synchronized FakeSystemd before(Runnable action) {
    before = action;
    return this;
  }

  /** Containers whose definition is so do not start. */
  public synchronized void breaks(Predicate<String> definition) {
    broken = definition;
  }

  /** Lets every reload fail, or none. */
  public synchronized void failReload(boolean fails) {
    reloadFails = fails;
  }

  /** What runs in this unit ends with 0. */
  public synchronized void exit(String unit) {
    running.remove(unit);
    exited.add(unit);
  }

  /** The start of this unit takes until it is released. */
  public synchronized CountDownLatch hold(String unit) {
    CountDownLatch latch = new CountDownLatch(1);
    held.put(unit, latch);
    return latch;
  }

  /** What it was asked to do since the last time this was asked. */
  public synchronized List<String> takeLog() {
    List<String> taken = List.copyOf(log);
    log.clear();
    return taken;
  }

  /** What runs, by unit. */
  public synchronized SortedMap<String, Running> running() {
    return new TreeMap<>(running);
  }

  /** The containers that run, with what they were started from. */
  public synchronized SortedMap<String, String> containers() {
    SortedMap<String, String> containers = new TreeMap<>();
    running.forEach((unit, state) -> {
      if (unit.startsWith("tenant-container@")) {
        containers.put(unit, state.definition());
      }
    });
    return containers;
  }

  /** As after a power loss: everything is down, then what is selected starts. */
  public synchronized void reboot() {
    running.clear();
    failed.clear();
    exited.clear();
    load();
    wants.getOrDefault("tenants.target", List.of()).forEach(this::startOne);
  }

  private void load() {
    loaded.clear();
    wants.clear();
    Path units = current.resolve("units");
    for (String name : names(units)) {
      if (name.endsWith(".wants")) {
        wants.put(name.substring(0, name.length() - 6), names(units.resolve(name)));
      } else if (name.endsWith(".d")) {
        loaded.put(name.substring(0, name.length() - 2), definition(units.resolve(name)));
      }
    }
  }

  private static String definition(Path directory) {
    StringBuilder text = new StringBuilder();
    try {
      for (String name : names(directory)) {
        text.append(Files.readString(directory.resolve(name)));
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return text.toString();
  }

  private static List<String> names(Path directory) {
    String[] names = directory.toFile().list();
    if (names == null) {
      return List.of();
    }
    Arrays.sort(names);
    return List.of(names);
  }

  private void around() {
    Runnable action;
    synchronized (this) {
      action = before;
    }
    action.run();
  }

  @Override
  public SortedMap<String, String> portableUnits(Path image, String prefix) {
    throw new AssertionError("nobody asked for this");
  }

  @Override
  public void daemonReload() throws IOException {
    around();
    synchronized (this) {
      log.add("daemon-reload");
      if (reloadFails) {
        throw new IOException("the service manager does not answer");
      }
      load();
    }
    around();
  }

  @Override
  public Done run(Verb verb, Collection<String> units, Duration limit) throws IOException {
    if (units.isEmpty()) {
      return Done.OK;
    }
    around();
    synchronized (this) {
      log.add(verb.name().toLowerCase(java.util.Locale.ROOT) + " " + String.join(" ", units));
    }
    boolean ok = true;
    for (String unit : units) {
      ok &= run(verb, unit);
    }
    around();
    return ok ? Done.OK : new Done(false, false, "Job for a unit failed.\nSee the journal.");
  }

  private boolean run(Verb verb, String unit) throws IOException {
    return switch (verb) {
      case START, RUN, BEGIN, RELOAD_OR_START -> {
        awaitRelease(unit);
        synchronized (this) {
          yield startOne(unit);
        }
      }
      case STOP, BEGIN_STOP -> {
        synchronized (this) {
          stop(unit);
        }
        yield true;
      }
      case RESTART, BEGIN_RESTART, TRY_RESTART -> {
        synchronized (this) {
          boolean was = running.containsKey(unit);
          stop(unit);
          yield (verb == Verb.TRY_RESTART && !was) || startOne(unit);
        }
      }
      case RESET_FAILED -> {
        synchronized (this) {
          failed.remove(unit);
          yield true;
        }
      }
    };
  }

  private void awaitRelease(String unit) throws InterruptedIOException {
    CountDownLatch latch;
    synchronized (this) {
      latch = held.get(unit);
    }
    try {
      if (latch != null) {
        latch.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException("interrupted");
      failure.initCause(e);
      throw failure;
    }
  }

  private boolean startOne(String unit) {
    if (running.containsKey(unit)) {
      return pull(unit);
    }
    String definition = loaded.getOrDefault(unit, "");
    if (broken.test(definition)) {
      failed.add(unit);
      return false;
    }
    failed.remove(unit);
    exited.remove(unit);
    running.put(unit, new Running(definition, ++invocations));
    return pull(unit);
  }

  /** What a target of a tenant requires and wants. */
  private boolean pull(String unit) {
    if (!unit.startsWith("tenant@")) {
      return true;
    }
    String tenant = unit.substring("tenant@".length(), unit.length() - ".target".length());
    startOne("setup-tenant@" + tenant + ".service");
    startOne("tenant-network@" + tenant + ".service");
    // A target does not fail with what it wants.
    for (String wanted : wants.getOrDefault(unit, List.of())) {
      startOne(wanted);
    }
    return true;
  }

  private void stop(String unit) {
    running.remove(unit);
    failed.remove(unit);
  }

  @Override
  public synchronized SortedMap<String, UnitState> states(Collection<String> units) {
    SortedMap<String, UnitState> states = new TreeMap<>();
    for (String unit : units) {
      Running state = running.get(unit);
      boolean hasFailed = failed.contains(unit);
      states.put(
          unit,
          new UnitState(
              unit,
              "loaded",
              state != null ? "active" : hasFailed ? "failed" : "inactive",
              state != null ? "running" : hasFailed ? "failed" : "dead",
              hasFailed ? "exit-code" : "success",
              state != null ? "i" + state.invocation() : exited.contains(unit) ? "i0" : "",
              0,
              Optional.empty(),
              hasFailed ? 1 : 0,
              ""));
    }
    return states;
  }

  @Override
  public SortedMap<String, Machine> machines() {
    return new TreeMap<>();
  }
}
