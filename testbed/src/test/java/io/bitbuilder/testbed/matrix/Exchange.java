package io.bitbuilder.testbed.matrix;

import io.bitbuilder.testbed.Host;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Sends all probes at once, everybody listening, and gathers what was seen. */
public final class Exchange {
  /** Where {@link #script()} lies, on hosts and in containers. */
  public static final String PROBE = "/srv/probe.py";

  private static final String DIRECTORY = "/run/probe";

  /** {@code enter ENTRY... -- WORD...} as the last command of a subshell. */
  private static final String ENTER =
      """
      cd /run/probe
      enter() {
        case $1 in
        machine)
          leader=$(machinectl show -P Leader "$2")
          shift 2
          set -- nsenter --target "$leader" --all --no-fork --join-cgroup --root --wdns=/ --setuid 0 --setgid 0 \\
            env -i PATH=/usr/sbin:/usr/bin "$@" ;;
        netns)
          name=$2
          shift 2
          set -- ip netns exec "$name" "$@" ;;
        here) shift ;;
        esac
        exec "$@"
      }
      """;

  private static final String LISTEN =
      ENTER
          + """
          # shellcheck disable=SC2086
          while read -r name mode links entry; do
            (enter $entry python3 /srv/probe.py listen "$mode" $(echo "$links" | tr , ' ')) \\
              </dev/null >"$name.seen" 2>"$name.error" &
            echo $! >"$name.pid"
          done <observers
          tries=0
          while read -r name rest; do
            until grep -q ready "$name.seen"; do
              tries=$((tries + 1))
              [ "$tries" -lt 400 ] || { cat "$name.error"; exit 1; }
              sleep 0.05
            done
          done <observers\
          """;

  private static final String SEND =
      ENTER
          + """
          while read -r name mode links entry; do
            [ -e "$name.probes" ] || continue
            (enter $entry python3 /srv/probe.py send) <"$name.probes" >"$name.sent" 2>>"$name.error" &
          done <observers
          wait\
          """;

  private static final String COLLECT =
      """
      cd /run/probe
      while read -r name rest; do kill -TERM "$(cat "$name.pid")"; done <observers
      tries=0
      while read -r name rest; do
        until grep -q '^lost' "$name.seen"; do
          tries=$((tries + 1))
          [ "$tries" -lt 400 ] || { echo "$name does not end"; cat "$name.error"; exit 1; }
          sleep 0.05
        done
        for part in seen sent error; do
          [ ! -e "$name.$part" ] || sed "s/^/$name $part /" "$name.$part"
        done
      done <observers\
      """;

  private final Map<Host, Set<Observer>> observers = new LinkedHashMap<>();

  private Exchange(Collection<Party> parties) {
    for (Party party : parties) {
      observers
          .computeIfAbsent(party.observer().host(), host -> new LinkedHashSet<>())
          .add(party.observer());
    }
  }

  /** The tool for sending and listening. */
  public static String script() {
    try (InputStream in = Exchange.class.getResourceAsStream("/probe.py")) {
      if (in == null) {
        throw new IllegalStateException("probe.py is not among the test's resources");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends; gives what each observer has seen. */
  public static Map<Observer, Seen> of(Collection<Party> parties, List<Probe> probes) {
    Exchange exchange = new Exchange(parties);
    exchange.prepare(probes);
    exchange.observers.keySet().forEach(host -> host.sh(LISTEN));
    exchange.send();
    return exchange.collect();
  }

  private void prepare(List<Probe> probes) {
    Map<Observer, List<String>> lines = new HashMap<>();
    for (Probe probe : probes) {
      lines
          .computeIfAbsent(probe.from().observer(), one -> new ArrayList<>())
          .addAll(probe.lines());
    }
    observers.forEach((host, here) -> {
      Map<String, String> files = new HashMap<>();
      StringBuilder list = new StringBuilder();
      for (Observer one : here) {
        list.append(
            "%s %s %s %s\n"
                .formatted(one.name(), one.mode(), String.join(",", one.links()), one.entry()));
        List<String> sent = lines.get(one);
        if (sent != null) {
          files.put(one.name() + ".probes", String.join("\n", sent) + "\n");
        }
      }
      files.put("observers", list.toString());
      host.sh("rm -rf \"$1\"", DIRECTORY);
      push(host, files);
    });
  }

  /** All hosts at the same time. */
  private void send() {
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (Host host : observers.keySet()) {
      Thread thread = Thread.ofVirtual().unstarted(() -> host.sh(SEND));
      thread.setUncaughtExceptionHandler((t, failure) -> {
        synchronized (failures) {
          failures.add(failure);
        }
      });
      thread.start();
      threads.add(thread);
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
    if (!failures.isEmpty()) {
      throw new AssertionError("a host did not send", failures.getFirst());
    }
  }

  private Map<Observer, Seen> collect() {
    Map<Observer, Seen> all = new HashMap<>();
    observers.forEach((host, here) -> {
      Map<String, StringBuilder> outputs = new HashMap<>();
      for (String line : host.sh(COLLECT).lines().toList()) {
        String[] words = line.split(" ", 3);
        if (words[1].equals("error")) {
          throw new AssertionError(line);
        }
        outputs.computeIfAbsent(words[0], name -> new StringBuilder()).append(words[2] + "\n");
      }
      for (Observer one : here) {
        Seen seen = new Seen();
        seen.add(outputs.getOrDefault(one.name(), new StringBuilder()).toString());
        all.put(one, seen);
      }
    });
    return all;
  }

  private static void push(Host host, Map<String, String> files) {
    try {
      Path directory = Files.createTempDirectory("testbed");
      try {
        for (Map.Entry<String, String> file : files.entrySet()) {
          Files.writeString(directory.resolve(file.getKey()), file.getValue());
        }
        host.push(directory, DIRECTORY);
      } finally {
        try (Stream<Path> all = Files.walk(directory)) {
          for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(path);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
