package io.bitbuilder.hypervisor.host;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The service manager of this host: Varlink where it has a method, {@code systemctl} for jobs and
 * states.
 */
public final class LocalSystemd implements Systemd {
  /** A manager that starts a thousand units answers late, and it does no good to give up then. */
  private static final Duration QUESTION = Duration.ofMinutes(2);

  /** A generator that hangs is ended after 90 seconds (systemd.generator(7)). */
  private static final Duration RELOAD = Duration.ofMinutes(3);

  private static final int AF_INET = 2;
  private static final int MESSAGE_LIMIT = 4096;

  /** Names in one call of systemctl, far below the limit of an argument list. */
  private static final int NAMES_AT_ONCE = 1000;

  private static final String PROPERTIES =
      "Id,LoadState,ActiveState,SubState,Result,InvocationID,NRestarts,StateChangeTimestamp,"
          + "ExecMainStatus,StatusText,Job,StateChangeTimestampMonotonic";

  private static final List<String> NO_BLOCK = List.of("--no-block");
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Commands commands;
  private final Varlink manager;
  private final Varlink machines;
  private final RollCall<Map<String, String>> properties = new RollCall<>(this::show);

  /**
   * The service manager behind a root directory.
   *
   * @param root the directory the host's files are under
   */
  public LocalSystemd(Path root, Commands commands) {
    this.commands = commands;
    this.manager = new Varlink(root.resolve("run/systemd/io.systemd.Manager"));
    this.machines = new Varlink(root.resolve("run/systemd/machine/io.systemd.Machine"));
  }

  @Override
  public SortedMap<String, String> portableUnits(Path image, String prefix) throws IOException {
    return new Portabled(commands).units(image, prefix);
  }

  @Override
  public void daemonReload() throws IOException {
    try {
      manager.call("io.systemd.Manager.Reload", Map.of(), RELOAD);
    } catch (ConnectException | Varlink.Refused _) {
      // Before 260 the interface is not there or has no such method.
      Commands.Result result = commands.run(List.of("systemctl", "daemon-reload"), RELOAD);
      if (!result.ok()) {
        throw new IOException("systemctl daemon-reload: " + result.err().strip());
      }
    }
  }

  @Override
  public Done run(Verb verb, Collection<String> units, Duration limit) throws IOException {
    if (units.isEmpty()) {
      return Done.OK;
    }
    return switch (verb) {
      case START -> start(units, limit);
      case BEGIN, BEGIN_STOP, BEGIN_RESTART -> systemctl(verb, NO_BLOCK, units, limit);
      default -> systemctl(verb, List.of(), units, limit);
    };
  }

  private Done systemctl(Verb verb, List<String> options, Collection<String> units, Duration limit)
      throws IOException {
    List<String> words = new ArrayList<>(List.of("systemctl", "--no-ask-password", "--quiet"));
    words.addAll(options);
    words.add(
        switch (verb) {
          case START, RUN, BEGIN -> "start";
          case STOP, BEGIN_STOP -> "stop";
          case RESTART, BEGIN_RESTART -> "restart";
          case TRY_RESTART -> "try-restart";
          case RELOAD_OR_START -> "reload-or-restart";
          case RESET_FAILED -> "reset-failed";
        });
    words.add("--");
    words.addAll(units);
    Commands.Result result = commands.run(words, limit);
    String message = result.err().strip();
    return new Done(
        result.ok(),
        result.timedOut(),
        message.substring(0, Math.min(message.length(), MESSAGE_LIMIT)));
  }

  /**
   * A systemctl that waits is told of every job of every unit, so the manager's work would grow
   * with the square of the tenants that start. It is only asked to begin, and all that wait look
   * together.
   */
  private Done start(Collection<String> units, Duration limit) throws IOException {
    long begun = TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
    long end = System.nanoTime() + limit.toNanos();
    Done begins = systemctl(Verb.START, NO_BLOCK, units, limit);
    if (!begins.ok()) {
      return begins;
    }
    while (true) {
      Map<String, Map<String, String>> all = properties.of(units);
      if (all.values().stream().noneMatch(unit -> number(unit, "Job") > 0)) {
        String failed =
            all.values().stream()
                .filter(unit -> !hasRun(unit, begun))
                .map(LocalSystemd::failure)
                .collect(Collectors.joining("\n"));
        return failed.isEmpty() ? Done.OK : new Done(false, false, failed);
      }
      if (System.nanoTime() - end >= 0) {
        return new Done(false, true, "");
      }
      Pace.LOCAL.pause(PAUSE);
    }
  }

  /**
   * Whether a unit is up, or was after we asked and ended well; what never began changed nothing.
   */
  private static boolean hasRun(Map<String, String> unit, long begun) {
    UnitState state = state(unit);
    boolean ended = state.active().equals("inactive") && state.result().equals("success");
    return state.isActive() || (ended && number(unit, "StateChangeTimestampMonotonic") >= begun);
  }

  private static String failure(Map<String, String> unit) {
    UnitState state = state(unit);
    return switch (state.active()) {
      case "inactive" -> state.unit() + " did not start, for something it needs did not";
      default -> state.unit() + " is " + state.active() + ": " + state.result();
    };
  }

  @Override
  public SortedMap<String, UnitState> states(Collection<String> units) throws IOException {
    // What a pattern matches only its own answer tells.
    boolean patterns = units.stream().anyMatch(unit -> unit.contains("*"));
    SortedMap<String, UnitState> states = new TreeMap<>();
    (patterns ? show(units) : properties.of(units))
        .values().stream()
            .map(LocalSystemd::state)
            .forEach(state -> states.put(state.unit(), state));
    return Collections.unmodifiableSortedMap(states);
  }

  private Map<String, Map<String, String>> show(Collection<String> units) throws IOException {
    Map<String, Map<String, String>> all = new HashMap<>();
    List<String> names = List.copyOf(units);
    for (int from = 0; from < names.size(); from += NAMES_AT_ONCE) {
      show(names.subList(from, Math.min(names.size(), from + NAMES_AT_ONCE)), all);
    }
    return all;
  }

  private void show(List<String> names, Map<String, Map<String, String>> all) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of("systemctl", "show", "--timestamp=unix", "--property=" + PROPERTIES, "--"));
    words.addAll(names);
    Commands.Result result = patient(words);
    if (!result.ok()) {
      throw new IOException(
          "systemctl show: "
              + (result.timedOut() ? "no answer within " + QUESTION : result.err().strip()));
    }
    Map<String, String> unit = new HashMap<>();
    for (String line : (result.out() + "\n").split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        unit.put(line.substring(0, equals), line.substring(equals + 1));
      } else if (!unit.isEmpty()) {
        all.put(unit.getOrDefault("Id", ""), Map.copyOf(unit));
        unit.clear();
      }
    }
  }

  /** A question to a manager that may be busy for longer than D-Bus waits for an answer. */
  private Commands.Result patient(List<String> words) throws IOException {
    long end = System.nanoTime() + QUESTION.toNanos();
    while (true) {
      Commands.Result result = commands.run(words, QUESTION);
      boolean busy = !result.ok() && result.err().contains("timed out");
      if (!busy || System.nanoTime() - end >= 0) {
        return result;
      }
    }
  }

  private static UnitState state(Map<String, String> properties) {
    String active = properties.getOrDefault("ActiveState", "");
    String sub = properties.getOrDefault("SubState", "");
    boolean waits = number(properties, "Job") > 0;
    if (waits && (active.equals("inactive") || active.equals("failed"))) {
      // Between a failure and the next try by itself it is down for a moment, with a job to come.
      active = "activating";
      sub = "start-queued";
    }
    return new UnitState(
        properties.getOrDefault("Id", ""),
        properties.getOrDefault("LoadState", ""),
        active,
        sub,
        properties.getOrDefault("Result", ""),
        properties.getOrDefault("InvocationID", ""),
        Math.toIntExact(number(properties, "NRestarts")),
        time(properties.getOrDefault("StateChangeTimestamp", "")),
        Math.toIntExact(number(properties, "ExecMainStatus")),
        properties.getOrDefault("StatusText", ""));
  }

  private static long number(Map<String, String> properties, String name) {
    try {
      return Long.parseLong(properties.getOrDefault(name, ""));
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  /** {@code @1732480902}, or nothing. */
  private static Optional<Instant> time(String text) {
    if (!text.startsWith("@")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.ofEpochSecond(Long.parseLong(text.substring(1))));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  @Override
  public SortedMap<String, Machine> machines() throws IOException {
    SortedMap<String, Machine> found = new TreeMap<>();
    // Graceful: a machine that is just ending has no addresses any more and is no error.
    machines.callMore(
        "io.systemd.Machine.List",
        Map.of("acquireMetadata", "graceful"),
        QUESTION,
        reply -> {
          Machine machine = machine(reply);
          if (!machine.name().equals(".host")) {
            found.put(machine.name(), machine);
          }
        });
    return Collections.unmodifiableSortedMap(found);
  }

  @Override
  public Optional<Machine> machine(String name) throws IOException {
    List<Machine> found = new ArrayList<>();
    try {
      machines.callMore(
          "io.systemd.Machine.List",
          Map.of("name", name, "acquireMetadata", "graceful"),
          QUESTION,
          reply -> found.add(machine(reply)));
    } catch (Varlink.Refused e) {
      if (!e.error().equals("io.systemd.Machine.NoSuchMachine")) {
        throw e;
      }
    }
    return found.stream().findFirst();
  }

  private static Machine machine(Map<String, @Nullable Object> reply) {
    List<String> ipv4 = new ArrayList<>();
    List<String> ipv6 = new ArrayList<>();
    for (Object item : Values.list(reply, "addresses")) {
      Map<String, @Nullable Object> address = Values.map(item);
      boolean isIpv4 = Values.number(address, "family") == AF_INET;
      address(Values.list(address, "address")).ifPresent((isIpv4 ? ipv4 : ipv6)::add);
    }
    ipv4.addAll(ipv6);
    return new Machine(
        Values.text(reply, "name"),
        Values.text(reply, "unit"),
        Values.number(Values.map(reply.get("leader")), "pid"),
        ipv4);
  }

  private static Optional<String> address(List<?> octets) {
    byte[] bytes = new byte[octets.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = octets.get(i) instanceof Long octet ? octet.byteValue() : 0;
    }
    try {
      InetAddress address = InetAddress.getByAddress(bytes);
      return address.isLinkLocalAddress() || address.isLoopbackAddress()
          ? Optional.empty()
          : Optional.of(address.getHostAddress());
    } catch (java.net.UnknownHostException _) {
      return Optional.empty();
    }
  }
}
