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
import org.jspecify.annotations.Nullable;

/**
 * The service manager of this host: Varlink where it has a method, {@code systemctl} for jobs and
 * states.
 */
public final class LocalSystemd implements Systemd {
  private static final Duration QUESTION = Duration.ofSeconds(30);

  /** A generator that hangs is ended after 90 seconds (systemd.generator(7)). */
  private static final Duration RELOAD = Duration.ofMinutes(3);

  private static final int AF_INET = 2;
  private static final int MESSAGE_LIMIT = 4096;

  /** Names in one call of systemctl, far below the limit of an argument list. */
  private static final int NAMES_AT_ONCE = 1000;

  private static final String PROPERTIES =
      "Id,LoadState,ActiveState,SubState,Result,InvocationID,NRestarts,StateChangeTimestamp,"
          + "ExecMainStatus,StatusText,Job";

  private final Commands commands;
  private final Varlink manager;
  private final Varlink machines;

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
    List<String> words = new ArrayList<>(List.of("systemctl", "--no-ask-password", "--quiet"));
    words.add(
        switch (verb) {
          case START -> "start";
          case STOP -> "stop";
          case RESTART -> "restart";
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

  @Override
  public SortedMap<String, UnitState> states(Collection<String> units) throws IOException {
    SortedMap<String, UnitState> states = new TreeMap<>();
    List<String> names = List.copyOf(units);
    for (int from = 0; from < names.size(); from += NAMES_AT_ONCE) {
      states(names.subList(from, Math.min(names.size(), from + NAMES_AT_ONCE)), states);
    }
    return Collections.unmodifiableSortedMap(states);
  }

  private void states(List<String> names, SortedMap<String, UnitState> states) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of("systemctl", "show", "--timestamp=unix", "--property=" + PROPERTIES, "--"));
    words.addAll(names);
    Commands.Result result = commands.run(words, QUESTION);
    if (!result.ok()) {
      throw new IOException("systemctl show: " + result.err().strip());
    }
    Map<String, String> properties = new HashMap<>();
    for (String line : (result.out() + "\n").split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        properties.put(line.substring(0, equals), line.substring(equals + 1));
      } else if (!properties.isEmpty()) {
        UnitState state = state(properties);
        states.put(state.unit(), state);
        properties.clear();
      }
    }
  }

  private static UnitState state(Map<String, String> properties) {
    String active = properties.getOrDefault("ActiveState", "");
    String sub = properties.getOrDefault("SubState", "");
    boolean waits = number(properties.getOrDefault("Job", "")) > 0;
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
        number(properties.getOrDefault("NRestarts", "")),
        time(properties.getOrDefault("StateChangeTimestamp", "")),
        number(properties.getOrDefault("ExecMainStatus", "")),
        properties.getOrDefault("StatusText", ""));
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
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
